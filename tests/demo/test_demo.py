"""The demo's call, with real speech and in virtual time: what it claims is what happened."""

import base64
import io
import json
from dataclasses import replace
from itertools import pairwise

import pytest
import trio
from rich.console import Console

from twiliobridge.agents import banking_agent
from twiliobridge.audio import read_wav, speech_ms
from twiliobridge.call import run_call
from twiliobridge.caller import AgentStopsBeingHeard, Cleared, MockTwilioClient, over_wire
from twiliobridge.caller.recordings import read_audio
from twiliobridge.conversation import Ending
from twiliobridge.demo.event_log import EventLog
from twiliobridge.demo.evidence import Evidence
from twiliobridge.demo.minutes import transcript_text
from twiliobridge.demo.narration import Narration
from twiliobridge.demo.run import Stage, write
from twiliobridge.demo.story import LINES, Caller, Said, recording
from twiliobridge.offline import OfflineModel, banking, open_offline_model
from twiliobridge.offline.loading import load_engines
from twiliobridge.realtime.events import Error as ModelError
from twiliobridge.realtime.events import ErrorDetail, OutputAudioDelta, TruncateItem
from twiliobridge.wires.memory import memory_wires


@pytest.fixture
def stage():
    return Stage(Narration(Console(file=io.StringIO(), soft_wrap=True)), Evidence(), EventLog())


def told(stage):
    return stage.narration._console.file.getvalue()


def model_with_ears():
    loaded = load_engines()
    if loaded.notice:
        pytest.skip(loaded.notice)
    # In virtual time a thread would be out of step.
    return OfflineModel(replace(loaded.engines, at_once=True), lambda: loaded.brain(banking()))


async def place_call(model, stage):
    """The demo's call over memory wires; returns the phone, which remembers it."""
    near, far = memory_wires(1 << 20)
    phone = MockTwilioClient("ws://in.process/", connect=over_wire(near), observe=stage.noted)

    async def answer():
        stage.ended(
            await run_call(far, lambda: open_offline_model(model), banking_agent(), watch=stage.passed)
        )

    async with trio.open_nursery() as nursery:
        nursery.start_soon(answer)
        async with phone:
            await Caller(phone, stage.said).call()
    return phone


async def test_the_call_shows_everything_it_promises(stage, tmp_path, autojump_clock):
    """Answers, an interruption, keys, tools, a goodbye, and the files that prove it."""
    phone = await place_call(model_with_ears(), stage)
    for finding in stage.evidence.findings():
        assert finding.holds, finding
    write(tmp_path, phone, stage)
    transcript = (tmp_path / "transcript.txt").read_text()
    assert "not heard:" in transcript
    assert "1,250 dollars" in transcript, "the tool's answer was spoken"
    assert "new gold card is on its way" in transcript, "a fact of one turn is used in a later one"
    stereo = read_wav((tmp_path / "call.wav").read_bytes())
    assert (stereo.channels, stereo.rate) == (2, 8000)
    assert 35 < len(stereo.samples()) / stereo.rate < 60
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert {"TruncateItem", "Clear", "KeyPressed", "ServerClosed"} <= {event["event"] for event in events}
    assert all(event["at"] <= later["at"] for event, later in pairwise(events))
    assert "truncate at" in told(stage)
    assert "marks came back unplayed" in told(stage)


def test_every_line_has_its_recording():
    """And each ends in silence, which is not counted as speech."""
    for line in LINES:
        audio = read_audio(recording(line))
        assert 500 < speech_ms(audio)[1] < len(audio) / 8 - 300


def full():
    """Evidence of a call in which everything happened."""
    return Evidence(
        latencies=[500.0] * 4,
        tools={"get_balance": "10 dollars", "replace_card": "done"},
        keyed="4271",
        cut_ms=[3000.0],
        heard_when_cut=[2000.0],
        truncations=[1980],
        ending=Ending.AGENT_HUNG_UP,
    )


LACKING = {
    "no answers": {"latencies": [500.0] * 3},
    "nothing cut": {"cut_ms": []},
    "told nothing": {"truncations": []},
    "told too much": {"truncations": [2061]},
    "refused": {"refusals": ["invalid_value: too long"]},
    "no keys": {"keyed": ""},
    "a tool did not run": {"tools": {"get_balance": "10 dollars"}},
    "a tool failed": {"tools": {"get_balance": "error: no", "replace_card": "done"}},
    "the caller hung up": {"ending": Ending.CALLER_HUNG_UP},
    "no end": {"ending": None},
}


@pytest.mark.parametrize("lack", LACKING.values(), ids=LACKING.keys())
def test_each_finding_can_fail(lack):
    """One thing missing, one finding that does not hold."""
    assert all(finding.holds for finding in full().findings())
    assert [finding.holds for finding in replace(full(), **lack).findings()].count(False) == 1


def test_what_was_heard_is_counted_from_the_cut(stage):
    """The stretch that ends after a clear is the one that was interrupted; an empty clear is none."""
    stage.noted(1.0, Cleared(0.0))
    stage.noted(1.1, AgentStopsBeingHeard(700))
    assert not stage.evidence.heard_when_cut
    stage.noted(2.0, Cleared(1500.0))
    stage.noted(2.1, AgentStopsBeingHeard(900))
    stage.noted(3.0, AgentStopsBeingHeard(400))
    assert stage.evidence.heard_when_cut == [900]


def test_refusals_of_the_model_are_evidence(stage):
    """A truncation that the model refuses is not a truncation."""
    stage.passed("model", "out", TruncateItem(item_id="i", content_index=0, audio_end_ms=5), 1.0)
    stage.passed("model", "in", ModelError(error=ErrorDetail(code="invalid_value", message="too long")), 1.1)
    assert stage.evidence.truncations == [5]
    assert stage.evidence.refusals == ["invalid_value: too long"]


def test_what_was_told_is_counted_from_the_beginning_of_the_response(stage):
    """It may have several items, of which the later ones are cut at nothing."""
    audio = base64.b64encode(bytes(8000)).decode()
    for item in ("one", "two", "three"):
        delta = OutputAudioDelta(response_id="r", item_id=item, output_index=0, content_index=0, delta=audio)
        stage.passed("model", "in", delta, 1.0)
    for item, end_ms in (("two", 300), ("three", 0)):
        stage.passed("model", "out", TruncateItem(item_id=item, content_index=0, audio_end_ms=end_ms), 1.1)
    assert stage.evidence.truncations == [1300]


def test_a_transcript_without_cuts_is_plain():
    """Brackets stand only where something was not heard."""
    assert transcript_text([]) == ""


def test_lines_are_told_with_their_words(stage):
    """What the caller says stands in the story when it is heard, not when it is planned."""
    stage.said(Said("Hello.", 500.0))
    assert told(stage) == ""
