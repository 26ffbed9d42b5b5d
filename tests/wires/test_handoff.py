"""From a real thread to a task, under either event loop."""

from threading import Thread

import anyio
import pytest

from twiliobridge.wires.handoff import Handoff

BACKENDS = pytest.mark.parametrize("backend", ["trio", "asyncio"])


@BACKENDS
def test_everything_offered_arrives_in_order(backend):
    """While the task keeps up, nothing is dropped."""

    async def main():
        handoff = Handoff(1000)
        thread = Thread(target=lambda: [handoff.offer(number) for number in range(1000)])
        thread.start()
        with anyio.fail_after(5):
            received = [await handoff.receive() for _ in range(1000)]
        thread.join()
        return received, handoff.dropped

    assert anyio.run(main, backend=backend) == (list(range(1000)), 0)


@BACKENDS
def test_what_finds_no_room_is_dropped_and_counted(backend):
    """The oldest stay: they are next."""

    async def main():
        handoff = Handoff(3)
        thread = Thread(target=lambda: [handoff.offer(number) for number in range(10)])
        thread.start()
        thread.join()
        return list(iter(handoff.receive_nowait, None)), handoff.dropped

    assert anyio.run(main, backend=backend) == ([0, 1, 2], 7)


@BACKENDS
def test_a_waiting_task_is_woken_and_a_cancelled_one_takes_nothing(backend):
    async def main():
        handoff = Handoff(3)
        with anyio.move_on_after(0.01) as scope:
            await handoff.receive()
        assert scope.cancelled_caught
        Thread(target=handoff.offer, args=("late",)).start()
        with anyio.fail_after(5):
            return await handoff.receive()

    assert anyio.run(main, backend=backend) == "late"


@BACKENDS
def test_a_thread_may_outlive_the_event_loop(backend):
    """Offering is then without effect, and no error."""

    async def main():
        return Handoff(3)

    handoff = anyio.run(main, backend=backend)
    handoff.offer("nobody is there")
