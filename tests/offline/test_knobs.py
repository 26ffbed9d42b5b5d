"""Each knob does what it says, and nothing else changes."""

import pytest
from offline_driver import Driver, quiet, speech, types

from twiliobridge.offline.brain import Say
from twiliobridge.offline.jobs import Close, Foreign
from twiliobridge.offline.knobs import Knobs, Transcripts
from twiliobridge.realtime.events import (
    CreateResponse,
    Error,
    InputTranscriptCompleted,
    OutputAudioDelta,
    RateLimitsUpdated,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
)


def turn(**knobs):
    driver = Driver((Say("one two three"),), knobs=Knobs(**knobs))
    driver.configure()
    driver.hear(quiet(300) + speech(300) + quiet(300))
    driver.wait(5)
    return driver


def place(driver, kind):
    return next((place for place, (_, event) in enumerate(driver.events) if isinstance(event, kind)), None)


@pytest.mark.parametrize("when", Transcripts)
def test_the_transcript_comes_when_the_knob_says(when):
    driver = turn(transcripts=when)
    heard = place(driver, InputTranscriptCompleted)
    begun, over = place(driver, ResponseCreated), place(driver, ResponseDone)
    assert over is not None
    match when:
        case Transcripts.BEFORE:
            assert heard < begun
        case Transcripts.DURING:
            assert begun < heard < over
        case Transcripts.AFTER:
            assert over < heard
        case Transcripts.NEVER:
            assert heard is None


def test_rate_limits_follow_the_response_or_are_missing():
    driver = turn(rate_limits_after=0.04)
    moments = {type(event): moment for moment, event in driver.events}
    assert moments[RateLimitsUpdated] - moments[ResponseDone] == pytest.approx(0.04)
    assert not turn(rate_limits_after=None).of(RateLimitsUpdated)


@pytest.mark.parametrize("stragglers", [0, 1, 2])
def test_so_many_deltas_come_after_speech_has_cut_their_response(stragglers):
    driver = Driver((Say("one two three four five " * 5),), knobs=Knobs(stragglers=stragglers))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(0.3)
    cut = driver.hear(quiet(300) + speech(300))
    after = cut[[isinstance(event, SpeechStarted) for event in cut].index(True) :]
    assert sum(isinstance(event, OutputAudioDelta) for event in after) == stragglers


def test_a_session_expires_with_an_error_and_1001():
    driver = Driver(knobs=Knobs(session_seconds=60))
    driver.wait(59.9)
    assert driver.closed is None
    driver.wait(1)
    assert driver.of(Error)[0].error.code == "session_expired"
    assert driver.closed.code == 1001
    assert driver.session.deadline() is None


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_the_connection_is_dropped_after_so_many_events(count):
    driver = turn_until_closed(Knobs(drop_after=count))
    assert driver.closed == Close(1006)
    assert len(driver.events) == count


def turn_until_closed(knobs):
    driver = Driver((Say("one two three"),), knobs=knobs)
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(5)
    return driver


def test_unknown_event_types_come_between_the_others():
    driver = turn(unknown=True)
    assert driver.of(Foreign)
    known = [event for _, event in driver.events if not isinstance(event, Foreign)]
    assert types(known) == types([event for _, event in turn().events])


def test_two_sessions_of_one_seed_are_the_same_to_the_letter():

    assert turn().events == turn().events
