"""The legal order of a Realtime session. Everything about legality is in this file, and it knows no "we".

What the table does not list is a violation. It is as lax as real servers are: deltas after `response.done`,
transcripts at any time, rate limits or none, a second response without the end of the first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from twiliobridge.realtime.client_events import (
    CLIENT_EVENTS,
    CancelResponse,
    ClearOutput,
    ClientEvent,
    CreateResponse,
)
from twiliobridge.realtime.errors import LocalProtocolError, is_fatal
from twiliobridge.realtime.response_events import ResponseCreated, ResponseDone
from twiliobridge.realtime.server_event import ServerEvent, Unknown
from twiliobridge.realtime.server_events import (
    SERVER_EVENTS,
    ConversationCreated,
    Error,
    SessionCreated,
)


class Role(Enum):
    CLIENT = "client"
    SERVER = "server"


class Phase(Enum):
    NEW = "new"
    "The socket is open, the session is not."
    OPEN = "open"
    RESPONDING = "responding"
    "The conversation's own response is being made."
    TRANSCRIBING = "transcribing"
    "The session is one that writes down what it hears, for as long as it lasts: it has no responses."
    CLOSED = "closed"
    "An error has ended the session; the socket closes next."


class OutOfBand:
    """Not an event but a kind of some: a response, or a wish for one, beside the active response."""


class TranscriptionCreated:
    """Not an event but a kind of one: `session.created` of a session that only transcribes."""


class FatalError:
    """Not an event but a kind of one: an `error` after which the session is of no more use."""


Event = ClientEvent | ServerEvent | Unknown
Kind = type[Any]


@dataclass(frozen=True)
class Position:
    """How far a session has come."""

    phase: Phase = Phase.NEW
    active_response: str | None = None
    "The id of the conversation's own response, while RESPONDING."


def wire_name(kind: Kind) -> str:
    """The event's `type`; for kinds that are no single event, the name given here."""
    config = getattr(kind, "__struct_config__", None)
    return str(config.tag) if config is not None and config.tag is not None else f"({kind.__name__})"


RESPONSES: tuple[Kind, ...] = (CreateResponse, CancelResponse, OutOfBand)
"What a client may wish of responses."

# A WebSocket server refuses ClearOutput at all times: it holds no output buffer.
WISHES: tuple[Kind, ...] = (*(event for event in CLIENT_EVENTS if event is not ClearOutput), OutOfBand)
NEWS: tuple[Kind, ...] = (
    *(event for event in SERVER_EVENTS if event is not SessionCreated),
    Unknown,
    OutOfBand,
)
RESPONSE_NEWS = frozenset(
    kind for kind in NEWS if kind is OutOfBand or wire_name(kind).startswith("response.")
)

TRANSITIONS: dict[Phase, dict[Role, dict[Kind, Phase]]] = {
    Phase.NEW: {
        Role.CLIENT: {},
        Role.SERVER: {
            Unknown: Phase.NEW,
            ConversationCreated: Phase.NEW,  # xAI says it first
            SessionCreated: Phase.OPEN,
            TranscriptionCreated: Phase.TRANSCRIBING,
            Error: Phase.CLOSED,  # instead of session.created: bad key, no such model
            FatalError: Phase.CLOSED,
        },
    },
    Phase.OPEN: {
        Role.CLIENT: dict.fromkeys(WISHES, Phase.OPEN),
        Role.SERVER: dict.fromkeys(NEWS, Phase.OPEN)
        | {ResponseCreated: Phase.RESPONDING, FatalError: Phase.CLOSED},
    },
    Phase.RESPONDING: {
        Role.CLIENT: {wish: Phase.RESPONDING for wish in WISHES if wish is not CreateResponse},
        # ResponseCreated again: services that cancel without response.done must not cost the call.
        Role.SERVER: dict.fromkeys(NEWS, Phase.RESPONDING)
        | {ResponseDone: Phase.OPEN, FatalError: Phase.CLOSED},
    },
    Phase.TRANSCRIBING: {
        Role.CLIENT: {wish: Phase.TRANSCRIBING for wish in WISHES if wish not in RESPONSES},
        Role.SERVER: {news: Phase.TRANSCRIBING for news in NEWS if news not in RESPONSE_NEWS}
        | {FatalError: Phase.CLOSED},
    },
    Phase.CLOSED: {
        Role.CLIENT: {},
        # What was under way when the session ended still arrives.
        Role.SERVER: dict.fromkeys((*NEWS, FatalError), Phase.CLOSED),
    },
}


def kind_of(event: Event, position: Position) -> Kind:
    """The row of the table that an event stands in: mostly its class."""
    distinguish = DISTINCTIONS.get(type(event))
    return type(event) if distinguish is None else distinguish(event, position)


def of_wish(event: CreateResponse, position: Position) -> Kind:
    del position  # a wish says itself where it belongs
    aside = event.response is not None and event.response.conversation == "none"
    return OutOfBand if aside else CreateResponse


def of_beginning(event: ResponseCreated, position: Position) -> Kind:
    del position  # likewise
    return OutOfBand if event.response.conversation_id is None else ResponseCreated


def of_end(event: ResponseDone, position: Position) -> Kind:
    return ResponseDone if event.response.id == position.active_response else OutOfBand


def of_session(event: SessionCreated, position: Position) -> Kind:
    del position  # a session says itself what it is
    return TranscriptionCreated if event.session.type == "transcription" else SessionCreated


def of_error(event: Error, position: Position) -> Kind:
    del position  # fatal is fatal at any time
    return FatalError if is_fatal(event.error) else Error


DISTINCTIONS: dict[Kind, Callable[[Any, Position], Kind]] = {
    CreateResponse: of_wish,
    ResponseCreated: of_beginning,
    ResponseDone: of_end,
    Error: of_error,
    SessionCreated: of_session,
}


STILL: dict[Phase, dict[Role, frozenset[Kind]]] = {
    phase: {
        role: frozenset(kind for kind, after in row.items() if after is phase and kind not in DISTINCTIONS)
        for role, row in rows.items()
    }
    for phase, rows in TRANSITIONS.items()
}
"Events that leave a session where it stands, all audio among them: `step` need not be asked."


def step(position: Position, sender: Role, event: Event) -> Position:
    """Where the session stands after `sender` said `event`. Raises LocalProtocolError if it may not."""
    kind = kind_of(event, position)
    phase = TRANSITIONS[position.phase][sender].get(kind)
    if phase is None:
        raise violation(position, sender, kind)
    if kind is ResponseCreated and phase is Phase.RESPONDING:
        return Position(phase, event.response.id)  # type: ignore[union-attr]  # the kind is the class
    return position if phase is position.phase else Position(phase)


ONLY_ON_WEBRTC = "output_audio_buffer.clear is only available in WebRTC and SIP sessions."
"Live, a WebSocket's list of what is supported leaves it out, and the code is that of an unsupported value."
NO_RESPONSES = "Responses are not available in a transcription session."


def violation(position: Position, sender: Role, kind: Kind) -> LocalProtocolError:
    if kind is CreateResponse and position.active_response is not None:
        return LocalProtocolError(
            f"Conversation already has an active response in progress: {position.active_response}. "
            "Wait until the response is finished before creating a new one.",
            code="conversation_already_has_active_response",
        )
    if kind is ClearOutput:
        return LocalProtocolError(ONLY_ON_WEBRTC, code="invalid_value", param="type")
    if kind in RESPONSES and position.phase is Phase.TRANSCRIBING:
        return LocalProtocolError(NO_RESPONSES, code="invalid_value", param="type")
    return LocalProtocolError(
        f"{wire_name(kind)} from the {sender.value} is not legal while {position.phase.value}."
    )


ROWS: tuple[tuple[Role, tuple[Kind, ...]], ...] = (
    (Role.CLIENT, (*WISHES, ClearOutput)),
    (Role.SERVER, (SessionCreated, TranscriptionCreated, *NEWS, FatalError)),
)


def as_markdown() -> str:
    """The table for people: a row for each sender and event, a column for each phase before it."""
    phases = tuple(Phase)
    head = ["sender", "event", *(phase.value for phase in phases)]
    rows = [head, ["---"] * len(head)]
    for sender, kinds in ROWS:
        for kind in kinds:
            after = (TRANSITIONS[phase][sender].get(kind) for phase in phases)
            rows.append([sender.value, wire_name(kind), *(phase.value if phase else "" for phase in after)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
