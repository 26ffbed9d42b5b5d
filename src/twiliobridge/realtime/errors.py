"""What can be wrong with what is said, and what the service says about it.

    ProtocolError
    ├── LocalProtocolError    we were about to say what is not allowed now; nothing was sent
    └── RemoteProtocolError   the peer said what cannot be read, or is not allowed now

Codes: OpenAI's, as documented or seen live. `error_event` is how a server answers a RemoteProtocolError: the
socket stays open and only the event in question is without effect.
"""

from typing import Self

from twiliobridge.realtime.responses import ErrorDetail, ResponseFault
from twiliobridge.realtime.server_events import Error

CLOSE_CODES = {
    "invalid_api_key": 3000,
    "missing_model": 4000,
    "invalid_model": 4000,
    "model_not_found": 4000,
    "beta_api_shape_disabled": 4000,
    "session_expired": 1001,
}
"The code with which the service closes the socket after an `error` that names this cause."

FATAL_CODES = frozenset(CLOSE_CODES) | {
    "account_deactivated",
    "billing_hard_limit_reached",
    "insufficient_quota",
}
"After these the session is of no more use, whether or not the socket is closed."

BENIGN_CODES = frozenset({"conversation_already_has_active_response", "response_cancel_not_active"})
"Two that spoke at the same moment; nothing is wrong."

TOO_LONG = "already shorter than"
"In the message about a truncation beyond the audio that there is; the code says only `invalid_value`."


class ProtocolError(Exception):
    def __init__(
        self,
        message: str,
        *,
        code: str = "invalid_event",
        param: str | None = None,
        event_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.param = param
        "Path of the field, such as `session.modalities`; None where the event as a whole is at fault."
        self.event_id = event_id
        "The client's own id of the event at fault, where it has one that can be read."

    @classmethod
    def like(cls, other: "ProtocolError", event_id: str | None) -> Self:
        """The same fault, seen from the other end."""
        return cls(str(other), code=other.code, param=other.param, event_id=event_id)


class LocalProtocolError(ProtocolError):
    """We were about to break the protocol: a bug on this side of the wire."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the protocol."""


def error_event(fault: ProtocolError) -> Error:
    """The server's answer to an event that it refuses."""
    return Error(
        error=ErrorDetail(
            type="invalid_request_error",
            code=fault.code,
            message=str(fault),
            param=fault.param,
            event_id=fault.event_id,
        )
    )


def is_fatal(error: ResponseFault) -> bool:
    return error.code in FATAL_CODES


def is_benign(error: ResponseFault) -> bool:
    """A race that a client runs into by design: late cancel, late create, truncation of what was heard."""
    return error.code in BENIGN_CODES or (error.code == "invalid_value" and TOO_LONG in error.message)
