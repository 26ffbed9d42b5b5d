"""What is settled in a session stays; the update that would change it is refused, with all that it says."""

import pytest
from offline_driver import Driver

from twiliobridge.offline.brain import Say
from twiliobridge.offline.settled import check_update
from twiliobridge.realtime import RemoteProtocolError
from twiliobridge.realtime.events import CreateResponse, Error, ResponseParams, UpdateSession
from twiliobridge.realtime.merge import default_transcription
from twiliobridge.realtime.session import Audio, AudioInput, ServerVad, SessionUpdate, Transcription
from twiliobridge.realtime.tools import Reasoning, TracingDetails

LIVE = Transcription(model="gpt-live-transcribe")


def updated(**settings):
    return UpdateSession(session=SessionUpdate(type="realtime", **settings))


@pytest.fixture
def driver():
    return Driver((Say("one"),))


def test_tracing_stays_as_it_was_turned_on(driver):
    """It may be turned on at any time, and be said again; from then on it is settled."""
    on, other = updated(tracing="auto"), updated(tracing=TracingDetails(workflow_name="calls"))
    assert not errors(driver.say(on))
    assert not errors(driver.say(on))
    for change in (other, updated(tracing=None)):
        (refusal,) = driver.say(change)
        assert (refusal.error.code, refusal.error.param) == ("cannot_update_tracing", "session.tracing")
        assert refusal.error.message == "Cannot update a conversation's tracing once it is enabled."
    assert driver.session._requests.session.tracing == "auto"


def errors(events):
    return [event for event in events if isinstance(event, Error)]


def test_the_models_own_name_may_be_said_again(driver):
    assert not errors(driver.say(updated(model=driver.session._requests.session.model)))


REASONING = {
    "session": (updated(reasoning=Reasoning(effort="low")), "session.reasoning"),
    "response": (
        CreateResponse(response=ResponseParams(reasoning=Reasoning(effort="low"))),
        "response.reasoning",
    ),
}


@pytest.mark.parametrize(("event", "param"), REASONING.values(), ids=REASONING)
def test_only_a_model_that_reasons_can_be_told_how_much(event, param):
    for model, refused in (("gpt-realtime", True), ("gpt-realtime-2.1", False)):
        found = errors(Driver((Say("one"),), model=model).say(event))
        assert bool(found) is refused
        if refused:
            assert (found[0].error.code, found[0].error.param) == ("unsupported_parameter", param)
            assert found[0].error.message == (
                f"Unsupported parameter: '{param}' is not supported with this model."
            )


def transcribing(**heard):
    return SessionUpdate(type="transcription", audio=Audio(input=AudioInput(**heard)))


TURNS_REFUSED = {
    "at once": [transcribing(transcription=LIVE, turn_detection=ServerVad())],
    "later": [transcribing(transcription=LIVE), transcribing(turn_detection=ServerVad())],
}


@pytest.mark.parametrize("updates", TURNS_REFUSED.values(), ids=TURNS_REFUSED)
def test_some_models_transcribe_without_turns(updates):
    session = default_transcription("sess_1", 0)
    for update in updates[:-1]:
        session = check_update(session, update, heard=False)
        assert session.turn_rules is None
    with pytest.raises(RemoteProtocolError, match="Turn detection is not supported for this trans") as caught:
        check_update(session, updates[-1], heard=False)
    assert (caught.value.code, caught.value.param) == ("invalid_value", "session.audio.input.turn_detection")


def test_a_transcription_session_is_no_other():
    with pytest.raises(
        RemoteProtocolError, match="realtime session update event to a transcription"
    ) as caught:
        check_update(default_transcription("sess_1", 0), SessionUpdate(type="realtime"), heard=False)
    assert caught.value.code == "invalid_parameter"
