"""The caller's words as the client is told of them, by the model that it has chosen."""

from itertools import pairwise

import pytest
from offline_driver import Driver, Unhearing, quiet, speech

from twiliobridge.offline.brain import Say
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import (
    InputTranscriptCompleted,
    InputTranscriptDelta,
    InputTranscriptFailed,
    OutputAudioDelta,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

TEXT = "Hello, it's I. Is it 12 o'clock?"


class Hears:
    def recognise(self, samples, rate):
        return TEXT


def told(model, **session):
    driver = Driver(recogniser=Hears())
    driver.configure(transcription={"model": model})
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", **session)))
    driver.hear(quiet(500) + speech(750) + quiet(300))
    driver.wait(1)
    (completed,) = driver.of(InputTranscriptCompleted)
    return driver.of(InputTranscriptDelta), completed


MODELS = {"gpt-realtime-whisper": f" {TEXT}", "gpt-4o-transcribe": TEXT, "gpt-4o-mini-transcribe": TEXT}


@pytest.mark.parametrize(("model", "joined"), MODELS.items())
def test_a_delta_is_a_word_or_a_mark(model, joined):
    """gpt-realtime-whisper begins with a blank, as recorded."""
    deltas, completed = told(model)
    assert "".join(delta.delta for delta in deltas) == joined
    assert completed.transcript == TEXT
    assert [delta.delta.strip() for delta in deltas[:4]] == ["Hello", ",", "it", "'s"]


def test_the_only_delta_of_whisper_1_is_the_whole_text():
    deltas, completed = told("whisper-1")
    assert [delta.delta for delta in deltas] == [completed.transcript] == [TEXT]


@pytest.mark.parametrize("model", ["whisper-1", "gpt-realtime-whisper"])
def test_whisper_is_billed_by_whole_seconds(model):
    _, completed = told(model)
    assert completed.usage == {"type": "duration", "seconds": 2}, "1.0 to 1.9 s with the padding"


def test_other_models_are_billed_by_tokens():
    deltas, completed = told("gpt-4o-transcribe")
    heard = completed.usage["input_token_details"]["audio_tokens"]
    assert heard in {12, 13}
    assert completed.usage == {
        "type": "tokens",
        "total_tokens": heard + len(deltas) + 2,
        "input_tokens": heard,
        "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
        "output_tokens": len(deltas) + 2,
    }


def test_the_probability_of_each_token_is_told_to_who_asks_for_it():
    deltas, completed = told("gpt-4o-transcribe", include=("item.input_audio_transcription.logprobs",))
    assert [entry["token"] for entry in completed.logprobs] == [delta.delta for delta in deltas]
    assert [delta.logprobs for delta in deltas] == [(entry,) for entry in completed.logprobs]
    for entry in completed.logprobs:
        assert bytes(entry["bytes"]).decode() == entry["token"]
        assert entry["logprob"] <= 0


def test_the_response_goes_on_between_the_words():
    """A client that takes a transcription for one piece finds out here."""
    driver = Driver((Say("one two three four five six"),), recogniser=Hears(), knobs=Knobs(word_gap=0.05))
    driver.configure(transcription={"model": "gpt-4o-transcribe"})
    driver.hear(quiet(500) + speech(750) + quiet(300))
    driver.wait(5)
    kinds = [type(event) for _, event in driver.events]
    first, last = kinds.index(InputTranscriptDelta), kinds.index(InputTranscriptCompleted)
    assert OutputAudioDelta in kinds[first:last]
    moments = [moment for moment, event in driver.events if isinstance(event, InputTranscriptDelta)]
    assert {round(after - before, 6) for before, after in pairwise(moments)} == {0.05}


def test_words_that_cannot_be_found_are_a_failure_of_the_transcription_alone():
    driver = Driver(recogniser=Unhearing())
    driver.configure(transcription={"model": "gpt-4o-transcribe"})
    driver.hear(quiet(500) + speech(750) + quiet(300))
    assert driver.of(InputTranscriptFailed)[0].error.code == "audio_unintelligible"
    assert not driver.of(InputTranscriptDelta)
