"""JSON text to events and back. What cannot be read is a RemoteProtocolError, and nothing else escapes."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, TypeVar

import msgspec

from twiliobridge.realtime.agreement import disagreement
from twiliobridge.realtime.client_events import (
    CLIENT_EVENTS,
    SESSION,
    ClearOutput,
    ClientEvent,
    CreateItem,
    CreateResponse,
    UpdateSession,
)
from twiliobridge.realtime.constraints import ByKind
from twiliobridge.realtime.errors import LocalProtocolError, RemoteProtocolError
from twiliobridge.realtime.inspection import conforms, inspected
from twiliobridge.realtime.letter import INPUT, ITEM
from twiliobridge.realtime.refusal import Complaint, noun
from twiliobridge.realtime.server_event import ServerEvent, Unknown
from twiliobridge.realtime.server_events import SERVER_EVENTS

NOT_JSON = (msgspec.DecodeError, UnicodeError, RecursionError)
"Malformed text; lone surrogates; brackets nested deeper than the interpreter's stack."

CANNOT_WRITE = (TypeError, ValueError, OverflowError, RecursionError)
"Values in free-form fields that JSON has no words for."

S = TypeVar("S", bound=msgspec.Struct)

LONGEST_ID = 512
"Characters of an `event_id` that an error repeats."

_encoder = msgspec.json.Encoder()
_plain = msgspec.json.Decoder()
_client: msgspec.json.Decoder[ClientEvent] = msgspec.json.Decoder(reduce(or_, CLIENT_EVENTS))
_server: msgspec.json.Decoder[ServerEvent] = msgspec.json.Decoder(reduce(or_, SERVER_EVENTS))
_BY_LETTER = frozenset({UpdateSession, CreateItem, CreateResponse})
"What has fields that differ by kind, which the decoder does not see. They are rare beside audio."


def kinds(events: Iterable[type[msgspec.Struct]]) -> ByKind:
    return ByKind("type", {str(event.__struct_config__.tag): event for event in events})


_SAID_BY_CLIENT = kinds(event for event in CLIENT_EVENTS if event is not ClearOutput)
_SAID_BY_SERVER = kinds(SERVER_EVENTS)


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
    except msgspec.ValidationError:
        raise fault(_SAID_BY_CLIENT, plain(text)) from None
    except NOT_JSON:
        raise unreadable() from None
    if type(event) in _BY_LETTER:
        hold_to_letter(event, text)
    return event


def read_server(text: str | bytes) -> ServerEvent | Unknown:
    """What the server said; Unknown for a type not known here. Raises RemoteProtocolError."""
    if not isinstance(text, str):
        raise binary()
    try:
        return _server.decode(text)
    except msgspec.ValidationError:
        value = plain(text)
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind in _SAID_BY_SERVER.kinds:
            raise fault(_SAID_BY_SERVER, value) from None
        return Unknown(type=kind)
    except NOT_JSON:
        raise unreadable() from None


def read_body(kind: type[S], text: str | bytes) -> S:
    """What is no event but the body of a request, refused likewise. Raises RemoteProtocolError."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        raise fault(kind, plain(text, "body"), "body") from None
    except NOT_JSON:
        raise unreadable("body") from None


def hold_to_letter(event: ClientEvent, text: str) -> None:
    """Raises RemoteProtocolError for what the decoder has let pass."""
    value = plain(text)
    assert isinstance(value, dict)  # the decoder has read an event
    held = all(conforms(kinds, part) for kinds, part in by_kind(event, value))
    complaint = (None if held else inspected(_SAID_BY_CLIENT, value)) or disagreement(event)
    if complaint:
        raise refused(complaint, event.event_id)


def by_kind(event: ClientEvent, value: dict[str, Any]) -> list[tuple[ByKind, object]]:
    """The parts of an event whose fields differ by kind. `value` is the event, as JSON alone."""
    match event:
        case CreateItem():
            return [(ITEM, value["item"])]
        case CreateResponse() if event.response is not None:
            return [(INPUT, each) for each in value["response"].get("input") or ()]
        case UpdateSession() if event.session.type == "transcription":
            return [(SESSION, value["session"])]
    return []


def plain(text: str | bytes, what: str = "event") -> object:
    """A message as JSON alone. Raises RemoteProtocolError where it is not even that."""
    try:
        return _plain.decode(text)
    except NOT_JSON:
        raise unreadable(what) from None


def fault(hint: object, value: object, what: str = "event") -> RemoteProtocolError:
    """What is wrong with a message that the decoder did not take."""
    if not isinstance(value, dict):
        return refused(Complaint.of(f"no {what}", "", got=noun(value)), None)
    event_id = value.get("event_id")
    known = isinstance(event_id, str) and len(event_id) <= LONGEST_ID
    complaint = inspected(hint, value) or Complaint.of("unreadable", "", what=what)
    return refused(complaint, event_id if known else None)


def refused(complaint: Complaint, event_id: str | None) -> RemoteProtocolError:
    return RemoteProtocolError(
        complaint.message, code=complaint.code, param=complaint.path or None, event_id=event_id
    )


def unreadable(what: str = "event") -> RemoteProtocolError:
    return refused(Complaint.of("unreadable", "", what=what), None)


def binary() -> RemoteProtocolError:
    return RemoteProtocolError("Expected a text WebSocket message; binary frames are not supported.")
