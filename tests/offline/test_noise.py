"""Noise is taken for speech: what follows on the wire is a turn without words."""

import pytest
from offline_driver import Driver, quiet, speech, types

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.faults import Noise
from twiliobridge.offline.incidents import incidents
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import (
    AudioCommitted,
    CreateResponse,
    InputTranscriptCompleted,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
    SpeechStopped,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

LONG = (Say("one two three four five six seven eight nine ten " * 4),)
"12 s: 2.4 s in the making."


def disturbed(noise, *replies, hears=True, **rules):
    driver = Driver(*(replies or (LONG,)), knobs=Knobs(noise=incidents(Noise, noise)), hears=hears)
    driver.configure(**({"turn_detection": {"type": "server_vad", **rules}} if rules else {}))
    driver.hear(quiet(1000))
    driver.say(CreateResponse())
    for _ in range(60):
        driver.hear(quiet(100))
        driver.wait(0.1)
    return driver


@pytest.mark.parametrize("hears", [True, False])
def test_noise_cuts_the_answer_and_is_answered_itself(hears):
    driver = disturbed("greeting*1", hears=hears)
    names = types([event for _, event in driver.events])
    noise = names[names.index("input_audio_buffer.speech_started") :]
    turn = ("input_audio", "conversation.item.input", "response.created")
    assert [name for name in noise if name.startswith(turn)] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "response.created",
        "conversation.item.input_audio_transcription.completed",
    ]
    first, second = driver.of(ResponseDone)
    assert (first.response.status, first.response.status_details.reason) == ("cancelled", "turn_detected")
    assert second.response.status == "completed"


def test_the_turn_has_one_item_no_words_and_lasts_as_long_as_the_noise():
    driver = disturbed("greeting:800*1")
    (started,), (stopped,) = driver.of(SpeechStarted), driver.of(SpeechStopped)
    assert started.item_id == stopped.item_id == driver.of(AudioCommitted)[0].item_id
    assert driver.of(InputTranscriptCompleted)[0].transcript == ""
    assert stopped.audio_end_ms - started.audio_start_ms == pytest.approx(800 + 300, abs=120), (
        "with its padding"
    )


def test_noise_is_not_answered_where_the_client_answers_itself():
    driver = disturbed("greeting*1", create_response=False)
    assert driver.of(AudioCommitted)
    assert len(driver.of(ResponseCreated)) == 1


def test_noise_cuts_nothing_where_the_caller_may_not_interrupt():
    driver = disturbed("greeting*1", interrupt_response=False)
    assert driver.of(SpeechStarted)
    assert driver.of(ResponseDone)[0].response.status == "completed"


def test_where_turns_are_not_detected_there_is_no_noise():
    driver = Driver(LONG, knobs=Knobs(noise=incidents(Noise, "greeting")))
    driver.configure(turn_detection=None)
    driver.say(CreateResponse())
    driver.wait(10)
    assert not driver.of(SpeechStarted)


def test_a_caller_who_speaks_into_the_noise_has_one_turn_with_it():
    driver = Driver(LONG, knobs=Knobs(noise=incidents(Noise, "greeting:5000*1")))
    driver.configure()
    driver.hear(quiet(500))
    driver.say(CreateResponse())
    driver.wait(1.5)
    assert len(driver.of(SpeechStarted)) == 1
    driver.hear(quiet(200) + speech(500) + quiet(400))
    driver.wait(10)
    assert len(driver.of(SpeechStarted)) == len(driver.of(SpeechStopped)) == 1
    (heard,) = driver.of(InputTranscriptCompleted)
    assert heard.transcript != "", "the words count"


@pytest.mark.parametrize("where", ["tool", "silence"])
def test_noise_comes_where_it_is_told_to(where):
    driver = Driver(
        (CallTool("look"),) if where == "tool" else (Say("a"),), knobs=Knobs(noise=incidents(Noise, where))
    )
    driver.configure()
    driver.say(
        UpdateSession(session=SessionUpdate(type="realtime", tools=({"type": "function", "name": "look"},)))
    )
    driver.say(CreateResponse())
    driver.hear(quiet(500))
    driver.wait(3)
    names = types([event for _, event in driver.events])
    assert names.index("response.done") < names.index("input_audio_buffer.speech_started")


def test_noise_by_chance_is_the_same_twice():
    assert disturbed("answer%50,greeting%50").events == disturbed("answer%50,greeting%50").events
