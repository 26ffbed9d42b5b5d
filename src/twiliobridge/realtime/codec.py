"""JSON text to events and back. What cannot be read is a RemoteProtocolError, and nothing else escapes."""

from functools import reduce
from operator import or_
from typing import Any

import msgspec

from twiliobridge.realtime.client_events import CLIENT_EVENTS, ClientEvent
from twiliobridge.realtime.errors import LocalProtocolError, RemoteProtocolError
from twiliobridge.realtime.letter import LETTERS
from twiliobridge.realtime.refusal import LONGEST, refusal
from twiliobridge.realtime.server_event import ServerEvent, Unknown
from twiliobridge.realtime.server_events import SERVER_EVENTS


class Envelope(msgspec.Struct):
    """What is left of an event that is none: enough to say which it was."""

    type: Any = None
    event_id: Any = None

    @property
    def client_id(self) -> str | None:
        return self.event_id if isinstance(self.event_id, str) else None


NOT_JSON = (msgspec.DecodeError, UnicodeError, RecursionError)
"Malformed text; lone surrogates; brackets nested deeper than the interpreter's stack."

CANNOT_WRITE = (TypeError, ValueError, OverflowError, RecursionError)
"Values in free-form fields that JSON has no words for."

_encoder = msgspec.json.Encoder()
_envelope = msgspec.json.Decoder(Envelope)
_client: msgspec.json.Decoder[ClientEvent] = msgspec.json.Decoder(reduce(or_, CLIENT_EVENTS))
_server: msgspec.json.Decoder[ServerEvent] = msgspec.json.Decoder(reduce(or_, SERVER_EVENTS))
_server_types = frozenset(event.__struct_config__.tag for event in SERVER_EVENTS)


def encode(event: ClientEvent | ServerEvent) -> str:
    """One line of JSON. Raises LocalProtocolError for a value that JSON has no words for."""
    try:
        return _encoder.encode(event).decode()
    except CANNOT_WRITE as error:
        raise LocalProtocolError(f"{type(event).__name__} cannot be written as JSON: {error}") from error


def read_client(text: str | bytes) -> ClientEvent:
    """What a client said. Raises RemoteProtocolError, also for what the service does not know."""
    if not isinstance(text, str):
        raise binary()
    try:
        event = _client.decode(text)
        if (letter := LETTERS.get(type(event))) is not None:
            letter.decode(text)
    except msgspec.ValidationError as error:
        raise refusal(error, opened(text).client_id) from None
    except NOT_JSON as error:
        raise not_json(error) from None
    return event


def read_server(text: str | bytes) -> ServerEvent | Unknown:
    """What the server said; Unknown for a type not known here. Raises RemoteProtocolError."""
    if not isinstance(text, str):
        raise binary()
    try:
        return _server.decode(text)
    except msgspec.ValidationError as error:
        envelope = opened(text)
        if envelope.type in _server_types:
            raise refusal(error, envelope.client_id) from None
        return Unknown(type=envelope.type)
    except NOT_JSON as error:
        raise not_json(error) from None


def binary() -> RemoteProtocolError:
    return RemoteProtocolError("Binary frames are not understood; send JSON as text.")


def opened(text: str) -> Envelope:
    """The envelope of a JSON object with a `type`. Raises RemoteProtocolError where it is not even that."""
    try:
        envelope = _envelope.decode(text)
    except msgspec.ValidationError:
        raise RemoteProtocolError("An event is a JSON object.") from None
    except NOT_JSON as error:
        raise not_json(error) from None
    if envelope.type is None:
        raise RemoteProtocolError("An event needs a `type`.", event_id=envelope.client_id)
    if not isinstance(envelope.type, str):
        raise RemoteProtocolError(
            "The `type` of an event is a string.",
            code="invalid_value",
            param="type",
            event_id=envelope.client_id,
        )
    return envelope


def not_json(error: Exception) -> RemoteProtocolError:
    return RemoteProtocolError(f"Not JSON: {str(error)[:LONGEST]}.", code="invalid_json")
