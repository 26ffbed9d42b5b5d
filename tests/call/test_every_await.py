"""A call that is cancelled, or loses a peer, at any await: wires closed, no task left, the true ending."""

from contextlib import suppress

import pytest
import trio
from every_await import at_every_await
from peers import GONE, STOP, Exchange, Phone

from twiliobridge.call import run_call
from twiliobridge.conversation import Agent, Ending, Tool
from twiliobridge.wires import memory_wires


async def look_up(arguments, call):
    await trio.sleep(0.1)
    return "1250 dollars"


AGENT = Agent(instructions="Be brief.", greeting="Hello.", tools=(Tool("look_up", "Looks.", look_up),))


class Scene:
    """A call with a greeting, a tool, an answer and a goodbye, played again and again."""

    def __init__(self):
        self.endings = []

    async def play(self):
        baseline = trio.lowlevel.current_statistics().tasks_living
        near, far = memory_wires()
        self.phone, self.exchange = Phone(far), Exchange(tool_calls=[("look_up", "{}")])
        with trio.fail_after(60):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.bridge, near)
                nursery.start_soon(self.caller)
        assert self.exchange.open == 0
        with pytest.raises(trio.ClosedResourceError):
            near.send("the call closes its phone")
        assert trio.lowlevel.current_statistics().tasks_living == baseline

    async def bridge(self, near):
        with trio.CancelScope() as self.scope:
            summary = await run_call(near, self.exchange.dial, AGENT)
            self.endings.append(summary.ending)

    async def caller(self):
        self.phone.call()
        with trio.move_on_after(2), suppress(*GONE):
            await self.phone.hear_speech()
            self.phone.frame()
        self.phone.say(STOP)
        await self.phone.hear_the_end()

    def cancel(self):
        self.scope.cancel()

    def phone_vanishes(self):
        self.phone.wire.vanish()

    def model_vanishes(self):
        if self.exchange.models:
            self.exchange.model.wire.vanish()


@pytest.mark.parametrize(
    ("act", "possible"),
    [
        ("cancel", {Ending.CALLER_HUNG_UP}),
        ("phone_vanishes", {Ending.CALLER_HUNG_UP, Ending.PHONE_LOST}),
        ("model_vanishes", {Ending.CALLER_HUNG_UP}),
    ],
)
async def test_at_every_await(act, possible, autojump_clock):
    scene = Scene()
    times = await at_every_await(scene.play, lambda: hasattr(scene, "scope") and getattr(scene, act)())
    assert times > 40
    assert set(scene.endings) == possible
