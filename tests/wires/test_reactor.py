"""Who watches a socket is called when it can be read, whatever becomes of the others."""

import socket
from contextlib import ExitStack
from contextvars import ContextVar
from functools import partial
from itertools import pairwise

import pytest
import trio
import trio.testing
from served import descriptors, settled, tasks

from twiliobridge.wires import reactor
from twiliobridge.wires.reactor import MOST_IN_A_TURN, notify_closing, watch


class Ears:
    """A socket, what came there, and how often one was called for it."""

    def __init__(self, stack, words=1 << 30):
        here, there = socket.socketpair()
        self.socket, self.mouth = stack.enter_context(here), stack.enter_context(there)
        self.heard, self.calls, self.words = b"", 0, words

    def step(self):
        """One byte a call, until there were so many."""
        self.calls += 1
        self.heard += self.socket.recv(1)
        return len(self.heard) < self.words

    async def watch(self):
        await watch(self.socket, self.step)


@pytest.fixture(params=["epoll", "without"])
def ears(request, monkeypatch):
    """Makes ears; the second way is that of a system without epoll."""
    if request.param == "without":
        monkeypatch.setattr(reactor, "HAS_EPOLL", False)
    with ExitStack() as stack:
        yield partial(Ears, stack)


async def test_one_is_called_for_all_that_comes_and_until_one_wants_no_more(ears):
    ear = ears(words=5)
    ear.mouth.send(b"hello there")
    await ear.watch()
    assert (ear.heard, ear.calls) == (b"hello", 5)
    await trio.testing.wait_all_tasks_blocked()
    assert ear.calls == 5


async def test_nobody_is_called_for_another_s_socket(ears):
    quiet, loud = ears(), ears(words=3)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(quiet.watch)
        await trio.testing.wait_all_tasks_blocked()
        loud.mouth.send(b"abc")
        await loud.watch()
        nursery.cancel_scope.cancel()
    assert quiet.calls == 0


async def test_what_is_raised_is_the_watcher_s_own(ears):
    good, bad = ears(words=1), ears()

    def fail():
        raise LookupError("mine")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(good.watch)
        bad.mouth.send(b"x")
        with pytest.raises(LookupError, match="mine"):
            await watch(bad.socket, fail)
        good.mouth.send(b"y")
    assert good.heard == b"y"


async def test_who_ends_itself_is_still_heard(ears):
    """A fault of a step that has cancelled its own task is not lost, and without one it is just cancelled."""
    ear = ears()

    def leave():
        scope.cancel()
        return ear.step()

    def leave_and_fail():
        scope.cancel()
        raise LookupError("mine")

    ear.mouth.send(b"xy")
    with trio.CancelScope() as scope:
        await watch(ear.socket, leave)
    assert scope.cancelled_caught
    assert ear.calls == 1
    with pytest.raises(LookupError, match="mine"), trio.CancelScope() as scope:
        await watch(ear.socket, leave_and_fail)


async def test_cancelled_one_is_called_no_more_and_may_begin_anew(ears):
    ear = ears(words=2)
    with trio.move_on_after(0):
        await ear.watch()
    ear.mouth.send(b"ab")
    await trio.testing.wait_all_tasks_blocked()
    assert ear.calls == 0
    await ear.watch()
    assert ear.heard == b"ab"


async def test_whose_watch_is_ended_by_a_neighbour_in_the_same_turn_is_not_called(ears):
    """Whoever of the two is first."""
    pair = ears(), ears()
    for ear in pair:
        ear.mouth.send(b"x")
    async with trio.open_nursery() as nursery:

        def end_both():
            nursery.cancel_scope.cancel()
            return called.append("one") is None

        called = []
        for ear in pair:
            nursery.start_soon(watch, ear.socket, end_both)
    assert called == ["one"]


async def test_the_context_is_that_of_the_watcher(ears):
    variable = ContextVar("variable", default="nobody's")
    seen = []

    def look():
        return seen.append(variable.get()) is not None

    async def watch_as(name):
        variable.set(name)
        ear = ears()
        ear.mouth.send(b"x")
        await watch(ear.socket, look)

    for name in ("first", "second"):
        await watch_as(name)
    assert seen == ["first", "second"]


async def test_closing_is_told_to_the_watcher(ears):
    ear = ears()
    async with trio.open_nursery() as nursery:

        async def listen():
            with pytest.raises(trio.ClosedResourceError):
                await ear.watch()

        nursery.start_soon(listen)
        await trio.testing.wait_all_tasks_blocked()
        notify_closing(ear.socket)


async def test_two_cannot_watch_one_socket(ears):
    ear = ears()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ear.watch)
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(trio.BusyResourceError):
            await ear.watch()
        nursery.cancel_scope.cancel()


async def test_who_never_falls_silent_does_not_keep_others_from_their_turn(ears):
    """At most so many calls without a checkpoint."""
    ear = ears(words=4 * MOST_IN_A_TURN)
    ear.mouth.send(bytes(4 * MOST_IN_A_TURN))
    seen = []

    async def count():
        while True:
            seen.append(ear.calls)
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(count)
        await ear.watch()
        nursery.cancel_scope.cancel()
    steps = [after - before for before, after in pairwise(seen)]
    assert max(steps) <= 2 * MOST_IN_A_TURN
    assert len(seen) > 2


async def test_without_watchers_nothing_is_left(ears):
    ear = ears()
    before = descriptors(), tasks()
    for _ in range(3):
        with trio.move_on_after(0.001):
            await ear.watch()
    assert await settled(lambda: (descriptors(), tasks()), before) == before
