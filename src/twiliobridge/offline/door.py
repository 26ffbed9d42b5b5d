"""Who may come in. The service refuses after the handshake, by an `error` and a close code, not by HTTP.

Source: OpenAI API reference, Realtime > WebSocket; messages and codes as seen live where that is said.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Self

from werkzeug.datastructures import Headers

from twiliobridge.offline.handshake import Refusal
from twiliobridge.offline.keys import model_of
from twiliobridge.offline.knock import Knock
from twiliobridge.offline.refusals import refusal
from twiliobridge.realtime.audio_settings import TRANSCRIPTION_MODELS
from twiliobridge.realtime.errors import CLOSE_CODES, RemoteProtocolError
from twiliobridge.realtime.session import MODELS, SessionUpdate
from twiliobridge.wires.wire import Wire

PATH = "/v1/realtime"
AZURE = "/openai"
AZURE_PATH = f"{AZURE}{PATH}"
"Of Azure's GA service. There `model` names a deployment, which may have any name."

SUBPROTOCOL = "realtime"
BROWSER_KEY = "openai-insecure-api-key."
"Browsers cannot set headers; they offer the key as a second subprotocol."
BETA = "openai-beta."
"The browser's form of the `OpenAI-Beta` header; `openai-beta.realtime-v1` in full."

TRANSCRIPTION = "transcription"
TRANSCRIBING = SessionUpdate(type="transcription")
REFUSED = 4000
"The close code of a refusal for which no other was seen."


@dataclass(frozen=True)
class Guest:
    """What a handshake tells of the client."""

    model: str | None = None
    call_id: str | None = None
    "Of a call by WebRTC or SIP, to listen in on."
    intent: str | None = None
    "`transcription`: no conversation. Other values mean nothing."
    key: str | None = None
    beta: bool = False
    "Asks for the beta's shapes of events, which are no longer understood."
    deployment: bool = False
    "Came by Azure's path."
    subprotocol: str | None = None
    "To be selected; None where `realtime` was not offered."
    update: SessionUpdate | None = None
    "What the client secret says of the session."

    @classmethod
    def of(cls, path: str, query: Mapping[str, str], headers: Headers, offered: Sequence[str]) -> Self:
        return cls(
            model=query.get("model") or None,
            call_id=query.get("call_id") or None,
            intent=query.get("intent") or None,
            key=key_of(headers) or _browser_key(offered),
            beta="OpenAI-Beta" in headers or any(name.startswith(BETA) for name in offered),
            deployment=path == AZURE_PATH,
            subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None,
        )

    @property
    def transcribes(self) -> bool:
        return self.intent == TRANSCRIPTION

    @property
    def first(self) -> SessionUpdate | None:
        """What its session begins with beside the defaults."""
        return TRANSCRIBING if self.transcribes and self.update is None else self.update

    def with_secret(self, update: SessionUpdate | None) -> Self:
        """What a client secret says of the session comes first: it is what its maker allowed.

        Which of two models counts where they differ was not seen.
        """
        if update is None:
            return self
        if update.type == TRANSCRIPTION:
            return replace(self, update=update, intent=TRANSCRIPTION, model=None)
        return replace(self, update=update, intent=None, model=model_of(update) or self.model)

    def __str__(self) -> str:
        """For a line of the log: no key, and nothing that could be a line of its own."""
        asked = {"model": self.model, "call_id": self.call_id, "intent": self.intent}
        return ", ".join(f"{name} {value[:100]!r}" for name, value in asked.items() if value) or "nothing"


def key_of(headers: Headers) -> str | None:
    """The API key of a request: OpenAI's header, or Azure's."""
    return headers.get("Authorization", "").removeprefix("Bearer ") or headers.get("api-key") or None


def _browser_key(offered: Sequence[str]) -> str | None:
    keys = (name.removeprefix(BROWSER_KEY) for name in offered if name.startswith(BROWSER_KEY))
    return next(keys, None)


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

    def knocked(self, knock: Knock) -> None:
        """Is told of everybody who comes, before anything is answered."""

    def turned_away(self, knock: Knock, why: Refusal) -> None:
        """Is told of everybody who stays outside. A status of 101: the refusal was said on the WebSocket."""

    def let_in(self, knock: Knock, wire: Wire) -> AbstractAsyncContextManager[Wire]:
        """The model's end of the wire to whoever is let in, for as long as the session lasts."""
        return nullcontext(wire)

    async def answered(self) -> Refusal | None:
        """How a handshake is refused by HTTP, before anything else is asked; None: it goes on."""
        return None

    def refusal(self, guest: Guest) -> RemoteProtocolError | None:
        """Why this guest stays outside; None: it may come in."""
        if guest.key in self.refused_keys:
            return bad_key()
        if guest.beta:
            return refusal(
                "beta_api_shape_disabled",
                "The beta API is gone; leave out the OpenAI-Beta header and the openai-beta subprotocol.",
            )
        if guest.call_id is not None:
            # No refusal of this kind was seen; the code is a guess.
            return refusal("invalid_value", "There is no such call: no WebRTC and no SIP here.", "call_id")
        if guest.transcribes:
            # The service wants none. LiveKit's plugins name the one that transcribes at any host but its own,
            # because gateways go by it.
            named = guest.model is None or guest.model in TRANSCRIPTION_MODELS
            return None if named else _model_for_transcription()
        return self._refused_model(guest)

    def _refused_model(self, guest: Guest) -> RemoteProtocolError | None:
        name = guest.model
        if name is None:
            return refusal("missing_model", "You must provide a model parameter.", "model")
        if name in TRANSCRIPTION_MODELS:
            return refusal(
                "invalid_model",
                f"Model {name} is a transcription model and cannot be used as the realtime session model. "
                "Pass this transcription model as audio.input.transcription.model instead.",
            )
        if guest.deployment or self.models is None or name in self.models:
            return None
        return refusal("invalid_model", f'Model "{name[:100]}" is not supported in realtime mode.', "model")


def bad_key() -> RemoteProtocolError:
    return refusal("invalid_api_key", "Incorrect API key provided.")


def _model_for_transcription() -> RemoteProtocolError:
    return refusal("invalid_model", "You must not provide a model parameter for transcription sessions.")


def farewell(fault: RemoteProtocolError) -> tuple[int, str]:
    """The close code and the reason with which the service takes its leave."""
    return CLOSE_CODES.get(fault.code, REFUSED), f"invalid_request_error.{fault.code}"
