"""An agent whom speech is not to interrupt."""

from dataclasses import replace

from exchange import AGENT, Exchange

from twiliobridge.mediastream.events import Clear, Dtmf
from twiliobridge.realtime.events import CancelResponse, TruncateItem
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
