"""What comes back takes its time: all of it, in order, and only what comes back."""

import base64
import json
from functools import partial

import pytest
import trio
from offline_driver import ENGINES, Recited, quiet, speech

from twiliobridge.offline.brain import Say
from twiliobridge.offline.delay_line import DelayLine
from twiliobridge.offline.engines import Engines
from twiliobridge.offline.faults import Loss
from twiliobridge.offline.incidents import incidents
from twiliobridge.offline.jobs import Close
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import open_offline_model

PCMU = {"input": {"format": {"type": "audio/pcmu"}}}
UPDATE = {"type": "session.update", "session": {"type": "realtime", "audio": PCMU}}


def test_what_is_said_arrives_later_by_as_much_and_in_order():
    line = DelayLine(Knobs(back=0.25))
    for now, message in ((10.0, "a"), (10.5, "b"), (10.5, "c"), (11.0, Close(1001))):
        line.put(message, now)
    assert line.due(10.24) == []
    assert line.deadline() == 10.25
    assert line.due(10.25) == ["a"]
    assert line.due(12) == ["b", "c", Close(1001)]
    assert line.deadline() is None


def test_nothing_overtakes_what_is_held_back():
    line = DelayLine(Knobs(back=0.25))
    line.put("held", 10.0, held=1.5)
    line.put("behind", 10.1)
    assert line.due(11.74) == []
    assert line.due(11.75) == ["held", "behind"]


async def turn(**knobs):
    """The moments and the types of all that comes back to a client that does not wait, and of the end."""
    model = OfflineModel(ENGINES, lambda: Recited((Say("one two three"),)), Knobs(**knobs))
    found, begun = [], trio.current_time()
    async with open_offline_model(model) as wire:
        for message in (UPDATE, {"type": "response.create"}):
            wire.send(json.dumps(message))
        with trio.move_on_after(30):
            try:
                while True:
                    event = json.loads(await wire.receive())
                    found.append((round(trio.current_time() - begun, 6), event["type"]))
            except trio.EndOfChannel as end:
                found.append((round(trio.current_time() - begun, 6), str(end)))
    return found


async def test_a_whole_session_comes_back_late_its_close_too(autojump_clock):
    lost = incidents(Loss, "1001@silence")
    near, far = await turn(lose=lost), await turn(lose=lost, back=0.25)
    assert near[-1][1].startswith("closed with 1001")
    assert far == [(pytest.approx(moment + 0.25), what) for moment, what in near]


async def test_whoever_speaks_before_it_hears_anything_is_understood(autojump_clock):
    """What is legal is judged by what the server has said, not by what has arrived."""
    assert "error" not in [what for _, what in await turn(back=2.0)]


async def test_session_updated_is_held_back_and_nothing_overtakes_it(autojump_clock):
    moments = {what: moment for moment, what in reversed(await turn(session_updated_after=1.5))}
    assert moments["session.created"] == 0
    assert moments["session.updated"] == moments["response.created"] == 1.5


async def test_the_work_is_not_late(autojump_clock):
    """What the caller said is recognised while the news of it is still on its way."""
    heard = []

    class Ears:
        name = "ears"

        def recognise(self, samples, rate):
            heard.append(trio.current_time())
            return ""

    engines = Engines(voice=ENGINES.voice, recogniser=Ears(), at_once=True)
    begun = trio.current_time()
    async with open_offline_model(OfflineModel(engines, Recited, Knobs(back=5.0))) as wire:
        said = base64.b64encode(quiet(100) + speech(300)).decode()
        for message in (
            UPDATE,
            {"type": "input_audio_buffer.append", "audio": said},
            {"type": "input_audio_buffer.commit"},
        ):
            wire.send(json.dumps(message))
        await trio.sleep(1)
        assert heard == [begun]


async def test_a_session_is_open_once_it_was_dialled(autojump_clock):
    model = OfflineModel(ENGINES, partial(Recited), Knobs(dial=0.8, back=0.25))
    begun = trio.current_time()
    async with open_offline_model(model) as wire:
        assert trio.current_time() == pytest.approx(begun + 0.8)
        await wire.receive()
        assert trio.current_time() == pytest.approx(begun + 0.8 + 0.25)
