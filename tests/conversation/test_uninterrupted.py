"""An agent whom speech is not to interrupt."""

from dataclasses import replace

import pytest
from exchange import AGENT, Exchange

from twiliobridge.mediastream.events import Clear, Dtmf
from twiliobridge.realtime.events import CancelResponse, CreateResponse, TruncateItem
from twiliobridge.realtime.session import ServerVad


def test_where_speech_is_not_to_interrupt_it_does_not():
    """With interrupt_response off nothing is cleared, cancelled or truncated."""
    agent = replace(AGENT, turn_detection=ServerVad(interrupt_response=False))
    call = Exchange(agent).open()
    call.response("r", 400, done=False)
    call.wait(0.1)
    call.caller_speaks()
    call.delta("r", 600)
    call.response_done("r")
    call.wait(1.5)
    assert call.heard_ms("r") == 1000
    assert not call.sent(Clear) + call.sent(CancelResponse) + call.sent(TruncateItem)


def test_keys_interrupt_all_the_same_and_the_service_is_told():
    """The service does not know of keys."""
    agent = replace(AGENT, turn_detection=ServerVad(interrupt_response=False))
    call = Exchange(agent).open()
    call.response("r", 400, done=False)
    call.wait(0.1)
    call.phone(Dtmf(digit="1"))
    assert call.sent(CancelResponse) == [CancelResponse(response_id="r")]
    assert call.sent(Clear)


def spoken_over(agent):
    """A call in which the caller has spoken while the response `r` was being generated, which is done now."""
    call = Exchange(agent).open()
    call.response("r", 400, done=False)
    call.wait(0.1)
    call.caller_speaks()
    call.caller_stops()
    call.delta("r", 600)
    call.response_done("r")
    return call


@pytest.mark.parametrize(
    "agent",
    [
        replace(AGENT, turn_detection=ServerVad(interrupt_response=False)),
        replace(AGENT, greeting="This call is recorded.", greeting_interruptible=False),
    ],
)
def test_what_was_said_during_a_response_is_answered_after_it(agent):
    """The service is given a moment to do so by itself, and then asked."""
    call = spoken_over(agent)
    asked = len(call.sent(CreateResponse))
    call.wait(0.9)
    assert len(call.sent(CreateResponse)) == asked
    call.wait(0.2)
    assert len(call.sent(CreateResponse)) == asked + 1
    call.response("s", 800)
    call.wait(20)
    assert len(call.sent(CreateResponse)) == asked + 1
    assert call.heard_ms("s") == 800


def test_a_service_that_answers_it_by_itself_is_not_asked():
    call = spoken_over(replace(AGENT, turn_detection=ServerVad(interrupt_response=False)))
    call.wait(0.3)
    call.response("s", 800)
    call.wait(20)
    assert not call.sent(CreateResponse)
