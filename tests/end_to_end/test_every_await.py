"""A whole call that is cancelled, or whose phone or model drops, at any await of the bridge: nothing is left.

The parts of this law that need no model are in tests/call; here everything is real but the sockets.
"""

from contextlib import suppress
from pathlib import Path

import pytest
import trio
from every_await import OfTheBridge
from msgspec.structs import replace
from numbered_speech import say, speech
from whole_call import Call, orator

from twiliobridge.caller import CallerError
from twiliobridge.conversation import Agent, Ending, Limits, Tool
from twiliobridge.conversation.agent import DEFAULT_TURN_DETECTION
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.knobs import Knobs

KEPT = 4
SILENT_FRAME = '"payload":"////////'
DESCRIPTORS = Path("/proc/self/fd")


async def look_up(arguments, call):
    await trio.sleep(0.01)
    return "1250 dollars"


BRISK = Agent(
    instructions="Be brief.",
    greeting="Hello.",
    turn_detection=replace(DEFAULT_TURN_DETECTION, silence_duration_ms=40),
    tools=(Tool("look_up", "Looks.", look_up),),
)
REPLIES = (say(1, 60), CallTool("look_up")), (say(2, 200),), (say(3, 60), CallTool("end_call"))


class Sparing:
    """Loses silent frames, but for the first of each silence: they would be most of what the bridge does."""

    def __init__(self):
        self.silent = KEPT

    def __call__(self, text):
        self.silent = self.silent + 1 if SILENT_FRAME in text else 0
        return self.silent > KEPT


class Scene:
    """A greeting, a tool, an answer that is interrupted, a goodbye that hangs up: in half a second."""

    async def play(self):
        tasks, descriptors = trio.lowlevel.current_statistics().tasks_living, open_descriptors()
        self.scope = trio.CancelScope()
        self.call = Call(orator(*REPLIES, knobs=Knobs(latency=0, speed=20)), lag=0, backlog=1 << 20)
        self.call.phone.lost = Sparing()
        with trio.fail_after(60):
            async with trio.open_nursery() as self.nursery:
                self.nursery.start_soon(self.bridge)
                with suppress(CallerError):
                    async with self.call.client as client:
                        await self.converse(client)
        for end in (self.call.bridge, self.call.phone):
            assert end.left
        assert not self.call.dials or all(session.left for session in self.call.sessions)
        assert trio.lowlevel.current_statistics().tasks_living == tasks
        assert open_descriptors().items() <= descriptors.items()

    async def bridge(self):
        with self.scope:
            await self.call.run(None, BRISK, Limits())

    async def converse(self, client):
        await client.initiate_call_flow()
        await client.wait_until_heard(80)
        await client.line.say_all(speech(50, 80))
        await client.wait_for_hangup(5)

    def cancel(self):
        self.scope.cancel()

    def phone_drops(self):
        self.nursery.start_soon(self.drop)

    async def drop(self):
        with suppress(RuntimeError):  # not connected yet
            await self.call.client.drop()

    def model_drops(self):
        self.call.end_session(1006)


def open_descriptors():
    """What each is, so that a failure says what was left."""
    found = {}
    for each in DESCRIPTORS.iterdir() if DESCRIPTORS.exists() else ():
        with suppress(FileNotFoundError):  # the one by which we look
            found[each.name] = str(each.readlink())
    return found


@pytest.mark.parametrize(
    ("act", "possible"),
    [
        ("cancel", {None, Ending.AGENT_HUNG_UP}),
        ("phone_drops", {Ending.PHONE_LOST, Ending.AGENT_HUNG_UP}),
        ("model_drops", {Ending.AGENT_HUNG_UP}),
    ],
)
async def test_nothing_is_left(autojump_clock, act, possible):
    scene, step, endings = Scene(), 1, set()
    while True:
        instrument = OfTheBridge(step, getattr(scene, act))
        trio.lowlevel.add_instrument(instrument)
        await scene.play()
        trio.lowlevel.remove_instrument(instrument)
        endings.add(scene.call.summary.ending if scene.call.summary else None)
        if not instrument.happened:
            break
        step += 1
    assert step > 80
    assert endings - {Ending.CALLER_HUNG_UP} == possible  # it may drop while the caller hangs up
