"""A model that is lost, silent or fails: what is queued is heard; the call goes on, or ends, in a bound."""

from exchange import PCMU_BOTH_WAYS, Exchange

from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.mediastream.events import Dtmf
from twiliobridge.realtime import events as model


def test_what_is_queued_is_heard_when_the_model_is_lost():
    """Then the call goes back to TwiML."""
    call = Exchange().open()
    call.response("r", 2000, done=False)
    call.wait(0.5)
    call.lose_model()
    call.wait(1.4)
    assert call.ending is None
    call.wait(0.2)
    assert call.ending.ending is Ending.MODEL_LOST
    assert call.heard_ms("r") == 2000


def test_with_nothing_queued_a_lost_model_ends_the_call_at_once():
    """Dead air helps nobody."""
    call = Exchange().open()
    call.lose_model()
    assert call.ending.ending is Ending.MODEL_LOST


def test_a_key_after_the_model_is_lost_ends_the_call():
    """The caller silenced the last words; there is nothing left to wait for."""
    call = Exchange().open()
    call.response("r", 2000, done=False)
    call.lose_model()
    call.phone(Dtmf(digit="1"))
    assert call.ending.ending is Ending.MODEL_LOST


def test_a_fatal_error_is_a_lost_model():
    """The session is of no more use, whether or not the socket closes."""
    call = Exchange().open()
    call.model(model.Error(error=model.ErrorDetail(code="session_expired", message="60 minutes")))
    assert call.ending.ending is Ending.MODEL_LOST


def test_a_race_is_no_failure():
    """An error that a late cancel or truncation earns changes nothing."""
    call = Exchange().open()
    for code in ("response_cancel_not_active", "invalid_value"):
        call.model(model.Error(error=model.ErrorDetail(code=code, message="already shorter than")))
    assert call.ending is None
    assert not call.sent(model.CreateResponse)


def test_a_failed_response_is_tried_once_more():
    """The second failure in a row hands the call back."""
    call = Exchange().open()
    status = model.StatusDetails(error=model.ResponseFault(code="server_error", message="busy"))
    call.response("r1", done=False)
    call.response_done("r1", "failed", status_details=status)
    assert len(call.sent(model.CreateResponse)) == 1
    call.response("r2", done=False)
    call.response_done("r2", "failed", status_details=status)
    assert call.ending.ending is Ending.MODEL_LOST
    assert "server_error: busy" in call.ending.detail


def test_a_response_that_failed_for_lack_of_quota_is_not_tried_again():
    """It would fail again."""
    call = Exchange().open()
    status = model.StatusDetails(error=model.ResponseFault(code="insufficient_quota", message="pay"))
    call.response("r1", done=False)
    call.response_done("r1", "failed", status_details=status)
    assert call.ending.ending is Ending.MODEL_LOST


def test_a_model_that_owes_an_answer_and_is_silent_is_lost():
    """Twenty seconds of dead air are the most."""
    call = Exchange(limits=Limits(model_silence=20)).open()
    call.phone(Dtmf(digit="1"))
    call.phone(Dtmf(digit="#"))
    call.wait(19.9)
    assert call.ending is None
    call.wait(0.2)
    assert call.ending.ending is Ending.MODEL_SILENT


def test_a_quiet_model_is_asked_for_a_sign_of_life():
    """One that answers goes on; one that does not is lost."""
    call = Exchange(limits=Limits(model_silence=20)).open()
    call.wait(20)
    probe = call.to_model[-1]
    assert isinstance(probe, model.UpdateSession)
    call.model(model.SessionUpdated(session=PCMU_BOTH_WAYS))
    call.wait(39)
    assert call.ending is None
    call.wait(2)
    assert call.ending.ending is Ending.MODEL_SILENT
