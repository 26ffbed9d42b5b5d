import pytest

from twiliobridge.realtime import (
    BENIGN_CODES,
    CLOSE_CODES,
    FATAL_CODES,
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
    error_event,
    is_benign,
    is_fatal,
)
from twiliobridge.realtime.events import ErrorDetail


def test_a_refusal_is_answered_in_band():
    """All that the exception knows is in the event: what the client said and what was wrong with it."""
    fault = RemoteProtocolError(
        "Unknown parameter: 'x'.", code="unknown_parameter", param="x", event_id="mine"
    )
    assert error_event(fault).error == ErrorDetail(
        type="invalid_request_error",
        code="unknown_parameter",
        message="Unknown parameter: 'x'.",
        param="x",
        event_id="mine",
    )


def test_one_fault_from_two_ends():
    """Seen from the other end it is the same fault, under the other name."""
    local = LocalProtocolError("No.", code="c", param="p")
    remote = RemoteProtocolError.like(local, "mine")
    assert isinstance(remote, ProtocolError)
    assert not isinstance(remote, LocalProtocolError)
    assert (str(remote), remote.code, remote.param, remote.event_id) == ("No.", "c", "p", "mine")


@pytest.mark.parametrize(
    ("code", "closes_with"),
    [
        ("invalid_api_key", 3000),
        ("missing_model", 4000),
        ("invalid_model", 4000),
        ("beta_api_shape_disabled", 4000),
        ("session_expired", 1001),
        ("insufficient_quota", None),
        ("account_deactivated", None),
        ("billing_hard_limit_reached", None),
    ],
)
def test_fatal_codes(code, closes_with):
    """After these nothing more comes of the session; where the service closes, we know how."""
    assert is_fatal(ErrorDetail(code=code))
    assert not is_benign(ErrorDetail(code=code))
    assert CLOSE_CODES.get(code) == closes_with


@pytest.mark.parametrize("code", ["invalid_value", "unknown_parameter", "rate_limit_exceeded", None])
def test_other_codes_cost_only_the_event(code):
    """The session goes on after an ordinary refusal."""
    assert not is_fatal(ErrorDetail(code=code))
    assert not is_benign(ErrorDetail(code=code, message="Audio is missing."))


def test_benign_races():
    """A late cancel, a late create and a truncation beyond the audio are two who spoke at once."""
    assert is_benign(ErrorDetail(code="response_cancel_not_active"))
    assert is_benign(ErrorDetail(code="conversation_already_has_active_response"))
    too_long = "Audio content of 9250ms is already shorter than 57340ms"
    assert is_benign(ErrorDetail(code="invalid_value", message=too_long))
    assert not is_benign(ErrorDetail(code="other", message=too_long))


def test_no_code_is_both_fatal_and_benign():
    """What ends the session is never shrugged off."""
    assert not FATAL_CODES & BENIGN_CODES
