"""What both sides said, in words: when they spoke, and for how long."""

import base64

import pytest

from twiliobridge.audio import silence
from twiliobridge.realtime import events as model
from twiliobridge.validate.model_session import ModelSession, Passed
from twiliobridge.validate.result import MomentKind
from twiliobridge.validate.said import words_of


def session(*passed):
    """(when, event) each, all from the model."""
    found = ModelSession(0.0)
    found.log += [Passed(at, event, by_bridge=False) for at, event in passed]
    return found


def told(*passed):
    moments = words_of([session(*passed)], lambda at: at - 10)
    return [(each.kind, each.text, each.time_s, each.duration_s) for each in moments]


def part(kind, item_id, **fields):
    return kind(event_id="e", response_id="r", item_id=item_id, output_index=0, content_index=0, **fields)


def test_a_turn_of_the_caller_is_told_where_it_was_spoken():
    """Its transcript comes a second after its end."""
    found = told(
        (12.0, model.SpeechStarted(event_id="e", audio_start_ms=0, item_id="i")),
        (13.5, model.SpeechStopped(event_id="e", audio_end_ms=0, item_id="i")),
        (14.5, model.InputTranscriptCompleted(event_id="e", item_id="i", transcript="Hello?")),
    )
    assert found == [(MomentKind.CALLER_SAYS, "Hello?", 2.0, 1.5)]


def test_an_item_of_the_agent_is_told_from_its_first_audio_for_as_long_as_it_is():
    """Its words may be complete long before it is heard to its end."""
    audio = base64.b64encode(silence(500)).decode()
    found = told(
        (12.0, part(model.OutputAudioDelta, "i", delta=audio)),
        (12.1, part(model.OutputAudioDelta, "i", delta=audio)),
        (12.2, part(model.OutputTranscriptDone, "i", transcript="Good morning.")),
    )
    assert found == [(MomentKind.AGENT_SAYS, "Good morning.", 2.0, pytest.approx(1.0))]


def test_words_without_speech_have_no_length():
    found = told((12.25, part(model.OutputTranscriptDone, "i", transcript="Good morning.")))
    assert found == [(MomentKind.AGENT_SAYS, "Good morning.", 2.25, None)]
