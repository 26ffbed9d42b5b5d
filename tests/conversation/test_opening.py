"""From two open sockets to the first words."""

from dataclasses import replace

import pytest
from exchange import AGENT, PCMU_BOTH_WAYS, START, Exchange, frame

from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.phase import Phase
from twiliobridge.mediastream.events import Dtmf
from twiliobridge.realtime import events as model
from twiliobridge.realtime.session import Session

GREETER = replace(AGENT, greeting="Good morning, Pinewood Bank.")
CREATED = model.SessionCreated(session=Session())
UPDATED = model.SessionUpdated(session=PCMU_BOTH_WAYS)


@pytest.mark.parametrize("order", ["phone first", "model first"])
def test_the_session_is_described_once_both_are_there(order):
    """Nothing goes to the model before `start` and `session.created`, in whichever order they come."""
    call = Exchange(GREETER)
    say = [lambda: call.phone(START), lambda: call.model(CREATED)]
    first, second = say if order == "phone first" else reversed(say)
    first()
    assert not call.to_model
    second()
    [update] = call.to_model
    assert isinstance(update, model.UpdateSession)
    assert update.session.instructions == "Be brief."


def test_the_greeting_waits_for_the_confirmed_session():
    """The words of the greeting are asked for once the session stands, and nothing was sent to the phone."""
    call = Exchange(GREETER)
    call.phone(START)
    call.model(CREATED)
    assert not call.sent(model.CreateResponse)
    call.model(UPDATED)
    [ask] = call.sent(model.CreateResponse)
    assert "Good morning, Pinewood Bank." in ask.response.instructions
    assert not call.to_phone


def test_the_agent_greets_once():
    """A later update of the session is not the opening of the call."""
    call = Exchange(GREETER).open()
    call.response("greeting", 100)
    call.model(UPDATED)
    call.wait(1)
    assert len(call.sent(model.CreateResponse)) == 1


def test_without_a_greeting_the_caller_speaks_first():
    """An agent that has nothing to say first is not made to."""
    assert not Exchange().open().sent(model.CreateResponse)


def test_what_the_caller_says_early_is_kept():
    """Frames from before the session arrive afterwards, in order, byte for byte."""
    call = Exchange()
    call.phone(START)
    frames = [frame(155 + 20 * k) for k in range(10)]
    for media in frames:
        call.phone(media)
    assert not call.sent(model.AppendAudio)
    call.model(CREATED)
    call.model(UPDATED)
    assert [event.audio for event in call.sent(model.AppendAudio)] == [media.payload for media in frames]


def test_early_audio_is_bounded_and_the_oldest_goes():
    """Five seconds are kept of ten."""
    call = Exchange()
    call.phone(START)
    for k in range(500):
        call.phone(frame(155 + 20 * k))
    call.model(CREATED)
    call.model(UPDATED)
    assert len(call.sent(model.AppendAudio)) == 250


def test_keys_pressed_early_wait_for_the_session():
    """Nothing goes to the model before the session stands; the keys are told then."""
    call = Exchange()
    call.phone(START)
    for digit in "42#":
        call.phone(Dtmf(digit=digit))
    assert not call.to_model
    call.model(CREATED)
    call.model(UPDATED)
    call.wait(2)
    [item] = call.sent(model.CreateItem)
    assert "42#" in item.item.content[0].text
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_stream_that_only_listens_is_refused():
    """<Start><Stream> takes no audio: an agent on it would be mute."""
    call = Exchange()
    call.phone(replace_tracks(START, ("inbound", "outbound")))
    assert "<Connect>" in call.ending.detail


def replace_tracks(start, tracks):
    return type(start)(
        stream_sid=start.stream_sid, call_sid=start.call_sid, account_sid=start.account_sid, tracks=tracks
    )


def test_parameters_reach_the_model_and_the_tools():
    """What TwiML said of the call stands in its instructions and in its CallInfo."""
    call = Exchange()
    start = type(START)(
        stream_sid="MZ1", call_sid="CA1", account_sid="AC1", custom_parameters={"name": "Ada"}
    )
    call.phone(start)
    call.model(CREATED)
    [update] = call.to_model
    assert "- name: Ada" in update.session.instructions
    assert call.relay.call_info(0).parameters == {"name": "Ada"}


def test_a_session_in_another_codec_is_no_session():
    """PCM played as mu-law is noise: the call goes back to TwiML instead."""
    call = Exchange()
    call.phone(START)
    call.model(CREATED)
    call.model(model.SessionUpdated(session=Session()))
    assert call.ending.ending is Ending.MODEL_REFUSED


def test_a_refused_session_ends_the_call():
    """An error before the session stands is about the session."""
    call = Exchange()
    call.phone(START)
    call.model(model.Error(error=model.ErrorDetail(code="invalid_api_key", message="no such key")))
    assert call.ending.ending is Ending.MODEL_REFUSED
    assert "invalid_api_key" in call.ending.detail


def test_start_comes_in_time_or_the_call_ends():
    """A stranger who opens the socket and says nothing is not waited for."""
    call = Exchange(limits=Limits(start_within=10))
    call.model(CREATED)
    call.wait(9.9)
    assert call.relay.phase is Phase.WAITING
    call.wait(0.1)
    assert call.ending.ending is Ending.PHONE_SILENT


def test_the_model_is_ready_in_time_or_the_call_ends():
    """The caller is not left in silence."""
    call = Exchange(limits=Limits(model_ready_within=10))
    call.phone(START)
    call.model(CREATED)
    call.wait(10)
    assert call.ending.ending is Ending.MODEL_UNREACHABLE
