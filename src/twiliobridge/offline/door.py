"""Who may come in. The service refuses after the handshake, by an `error` and a close code, not by HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from werkzeug.datastructures import Headers

from twiliobridge.realtime.errors import CLOSE_CODES, RemoteProtocolError
from twiliobridge.realtime.session import MODELS

SUBPROTOCOL = "realtime"
BROWSER_KEY = "openai-insecure-api-key."
"Browsers cannot set headers; they offer the key as a second subprotocol."


@dataclass(frozen=True)
class Guest:
    """What a handshake tells of the client. Source: OpenAI API reference, Realtime > WebSocket."""

    model: str | None = None
    key: str | None = None
    beta: bool = False
    "Sends the `OpenAI-Beta` header, whose shapes of events are no longer understood."
    subprotocol: str | None = None
    "To be selected; None where `realtime` was not offered."

    @classmethod
    def of(cls, query: Mapping[str, str], headers: Headers, offered: Sequence[str]) -> Self:
        keys = (name.removeprefix(BROWSER_KEY) for name in offered if name.startswith(BROWSER_KEY))
        bearer = headers.get("Authorization", "").removeprefix("Bearer ")
        return cls(
            model=query.get("model") or None,
            key=bearer or next(keys, None),
            beta="OpenAI-Beta" in headers,
            subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None,
        )


@dataclass(frozen=True)
class Door:
    """The bounds and the manners of the socket server."""

    refused_keys: frozenset[str] = frozenset()
    "API keys that are answered with `invalid_api_key`. Any other key will do, and so will none."
    models: frozenset[str] | None = MODELS
    "Names of models that there are; None: every name is one."
    refuse_by_http: bool = False
    "Refuse with HTTP 401 at the handshake instead, as gateways do."
    ping_interval: float = 20.0
    "Seconds between the server's WebSocket pings, as seen live."
    most_sessions: int = 100
    "At once; one more gets HTTP 503."

    def refusal(self, guest: Guest) -> RemoteProtocolError | None:
        if guest.key in self.refused_keys:
            return RemoteProtocolError("Incorrect API key provided.", code="invalid_api_key")
        if guest.beta:
            return RemoteProtocolError(
                "The beta API is gone; leave out the OpenAI-Beta header.", code="beta_api_shape_disabled"
            )
        if guest.model is None:
            return RemoteProtocolError(
                "A `model` is required in the query.", code="missing_model", param="model"
            )
        if self.models is not None and guest.model not in self.models:
            return RemoteProtocolError(
                f"Model {guest.model[:100]!r} does not exist.", code="invalid_model", param="model"
            )
        return None


def farewell(fault: RemoteProtocolError) -> tuple[int, str]:
    """The close code and the reason with which the service takes its leave."""
    return CLOSE_CODES[fault.code], f"invalid_request_error.{fault.code}"
