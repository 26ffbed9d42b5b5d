"""Sessions that write down what they hear, and say nothing."""

import msgspec
import pytest
from offline_driver import ADDED, Driver, quiet, speech, types

from twiliobridge.realtime.events import (
    CommitAudio,
    Error,
    InputTranscriptCompleted,
    SessionCreated,
    SessionUpdated,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
]
WORDS = [
    "conversation.item.input_audio_transcription.delta*",
    "conversation.item.input_audio_transcription.completed",
]
MODEL = {"model": "gpt-4o-transcribe"}


def transcribing():
    return Driver(update=SessionUpdate(type="transcription"))


def configured(driver, kind="transcription", **heard):
    heard = {"format": {"type": "audio/pcmu"}, **heard}
    update = {"type": kind, "audio": {"input": heard}}
    return driver.say(UpdateSession(session=msgspec.convert(update, SessionUpdate)))


def test_such_a_session_is_reported_as_what_it_is():
    """No voice, no tools, and of turn detection nothing that is about responses."""
    (created,) = transcribing().of(SessionCreated)
    told = msgspec.to_builtins(created)["session"]
    assert set(told) == {"type", "object", "id", "expires_at", "audio", "include"}
    assert (told["type"], told["object"]) == ("transcription", "realtime.transcription_session")
    assert set(told["audio"]) == {"input"}
    assert told["audio"]["input"]["transcription"] is None
    assert set(told["audio"]["input"]["turn_detection"]) == {
        "type",
        "threshold",
        "prefix_padding_ms",
        "silence_duration_ms",
    }


def test_a_turn_is_written_down_and_not_answered():
    driver = transcribing()
    assert types(configured(driver, transcription=MODEL)) == ["session.updated"]
    heard = driver.hear(quiet(500) + speech(700) + quiet(600)) + driver.wait(10)
    assert types(heard) == [*TURN, *ADDED, *WORDS]
    assert driver.of(InputTranscriptCompleted)[0].usage["type"] in {"duration", "tokens"}


def test_what_the_client_commits_is_written_down():
    driver = transcribing()
    configured(driver, transcription=MODEL, turn_detection=None)
    driver.hear(speech(700))
    assert types(driver.say(CommitAudio()) + driver.wait(10)) == [TURN[-1], *ADDED, *WORDS]


def test_without_a_model_nothing_is_written_down():
    driver = transcribing()
    configured(driver, turn_detection=None)
    driver.hear(speech(700))
    assert types(driver.say(CommitAudio()) + driver.wait(10)) == [TURN[-1], *ADDED]


@pytest.mark.parametrize(("driver", "told"), [(transcribing(), "realtime"), (Driver(), "transcription")])
def test_a_session_stays_of_its_kind(driver, told):
    configured(driver, kind=told)
    (error,) = driver.of(Error)
    assert error.error.code == "invalid_parameter"
    assert error.error.message.startswith(f"Passing a {told} session update event to a ")
    assert not driver.of(SessionUpdated)


def test_a_model_that_knows_no_turns_takes_none_and_turns_them_off():
    driver = transcribing()
    configured(driver, transcription={"model": "gpt-realtime-whisper"}, turn_detection={"type": "server_vad"})
    assert driver.of(Error)[0].error.param == "session.audio.input.turn_detection"
    configured(driver, transcription={"model": "gpt-realtime-whisper"})
    assert driver.of(SessionUpdated)[0].session.turn_rules is None
