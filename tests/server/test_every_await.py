"""As tests/call/test_every_await.py, on real sockets and at fewer points; descriptors are counted too."""

from contextlib import suppress

import pytest
import trio
from every_await import at_every_await
from peers import GONE, STOP
from served import bridge, descriptors, drop, settled, tasks

from twiliobridge.conversation import Ending
from twiliobridge.wires import Unreachable

EVERY = {"auto": 5, "quart": 9}
"Not each point: a call over sockets takes milliseconds, and has some hundred points."


class Scene:
    def __init__(self, served):
        self.served = served
        self.phone = None
        self.call_scope = None
        self.calls = 0

    async def play(self):
        self.call_scope = trio.CancelScope()
        with trio.fail_after(10), self.call_scope, suppress(Unreachable):
            async with self.served.phone() as phone:
                self.phone = phone
                with suppress(*GONE):
                    phone.call()
                    await phone.hear_speech()
                    phone.frame()
                    phone.say(STOP)
                await phone.hear_the_end()

    def phone_is_cancelled(self):
        self.call_scope.cancel()

    def phone_drops(self):
        if self.phone and self.phone.wire._socket.fileno() >= 0:
            drop(self.phone)

    def model_vanishes(self):
        if self.served.models.models:
            self.served.models.model.wire.vanish()


@pytest.mark.parametrize(
    ("act", "possible"),
    [
        ("phone_is_cancelled", {Ending.CALLER_HUNG_UP, Ending.PHONE_LOST}),
        ("phone_drops", {Ending.CALLER_HUNG_UP, Ending.PHONE_LOST}),
        ("model_vanishes", {Ending.CALLER_HUNG_UP, Ending.MODEL_LOST}),
    ],
)
async def test_at_many_awaits(act, possible, lane):
    async with bridge() as served:
        scene = Scene(served)
        await scene.play()
        baseline = await settled_state(scene)
        times = await at_every_await(scene.play, getattr(scene, act), EVERY[lane])
        assert await settled(state, baseline) == baseline
        assert times >= 10
        assert {summary.ending for summary in served.ended} <= possible
        assert served.models.open == 0


def state():
    return descriptors(), tasks()


async def settled_state(scene):
    """Of the server without a call, its first being over."""
    await scene.served.endings(1)
    await trio.sleep(0.1)
    return state()
