"""A model that is lost for good, or falls silent: what is queued is heard, and the call ends in a bound."""

import pytest
from exchange import PCMU_BOTH_WAYS, Exchange

from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.mediastream.events import Dtmf
from twiliobridge.realtime import events as model


def test_what_is_queued_is_heard_when_no_session_can_be_had():
    """Then the call goes back to TwiML."""
    call = Exchange().open()
    call.response("r", 8000)
    call.wait(0.5)
    call.lose_for_good()
    assert call.ending is None
    call.wait(9)
    assert call.ending.ending is Ending.MODEL_LOST
    assert call.heard_ms("r") == 8000


def test_three_attempts_are_made_for_another_session():
    """Within fifteen seconds; with nothing queued the call then ends at once."""
    call = Exchange().open()
    call.wait(1)
    call.lose_for_good()
    assert len(call.dialled_at) == 3
    assert call.now - 1 < 15
    assert call.ending.ending is Ending.MODEL_LOST


def test_an_attempt_that_hangs_is_given_up():
    """A handshake that is never answered counts as a failed attempt."""
    call = Exchange().open()
    call.lose_model()
    call.wait(15)
    assert len(call.dialled_at) == 3
    assert call.ending.ending is Ending.MODEL_UNREACHABLE


def test_a_key_after_the_last_attempt_ends_the_call():
    """The caller silenced the last words; there is nothing left to wait for."""
    call = Exchange().open()
    call.response("r", 9000)
    call.lose_for_good()
    call.phone(Dtmf(digit="1"))
    assert call.ending.ending is Ending.MODEL_LOST


@pytest.mark.parametrize("code", ["insufficient_quota", "invalid_api_key", "account_deactivated"])
def test_a_fatal_error_ends_the_call_at_once(code):
    """Another session would fare no better."""
    call = Exchange().open()
    call.model(model.Error(error=model.ErrorDetail(code=code, message="no")))
    assert call.ending.ending is Ending.MODEL_LOST
    assert code in call.ending.detail
    assert not call.dialled_at


def test_a_race_is_no_failure():
    """An error that a late cancel or truncation earns changes nothing."""
    call = Exchange().open()
    for code in ("response_cancel_not_active", "invalid_value"):
        call.model(model.Error(error=model.ErrorDetail(code=code, message="already shorter than")))
    assert call.ending is None
    assert not call.sent(model.CreateResponse)


def test_a_model_that_owes_an_answer_and_gives_no_sign_of_life_is_replaced():
    """It is asked for one after three seconds, and has a second and a half."""
    call = Exchange().open()
    call.phone(Dtmf(digit="1"))
    call.phone(Dtmf(digit="#"))
    call.wait(3.1)
    assert isinstance(call.to_model[-1], model.UpdateSession)
    assert not call.dialled_at
    call.wait(1.5)
    assert len(call.dialled_at) == 1
    call.open_again()
    assert isinstance(call.to_model[-1], model.CreateResponse)


def test_dead_air_has_a_bound():
    """A caller who is owed an answer hears one, or TwiML, within eight seconds."""
    call = Exchange().open()
    call.phone(Dtmf(digit="1"))
    call.phone(Dtmf(digit="#"))
    for _ in range(79):
        call.wait(0.1)
        if not call.dialled_at:  # after five seconds another is, which says nothing at all
            call.model(model.RateLimitsUpdated())  # it lives, but says nothing to the point
    assert call.ending is None
    call.wait(0.2)
    assert call.ending.ending is Ending.MODEL_SILENT


def test_a_quiet_model_is_asked_for_a_sign_of_life():
    """One that answers goes on; one that does not is replaced."""
    call = Exchange(limits=Limits(model_silence=20)).open()
    call.wait(20)
    probe = call.to_model[-1]
    assert isinstance(probe, model.UpdateSession)
    call.model(model.SessionUpdated(session=PCMU_BOTH_WAYS))
    call.wait(39)
    assert not call.dialled_at
    call.wait(2)
    assert len(call.dialled_at) == 1
    assert call.ending is None
