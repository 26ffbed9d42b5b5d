"""One Media Stream as a state machine without a socket, for either end."""

from typing import Generic, Literal, TypeVar, overload

import msgspec

from twiliobridge.mediastream.codec import Heard, decode_server, decode_twilio, encode_server, encode_twilio
from twiliobridge.mediastream.errors import LocalProtocolError, RemoteProtocolError, StreamCode, clip
from twiliobridge.mediastream.events import (
    Connected,
    Event,
    Media,
    ServerEvent,
    Start,
    Track,
    TwilioEvent,
    Unknown,
)
from twiliobridge.mediastream.state import TRANSITIONS, UNIDIRECTIONAL, Phase, Role

Ours = TypeVar("Ours", bound=Event)
Theirs = TypeVar("Theirs", bound=Event)


class StreamStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """What was received so far."""

    messages: int
    "All of them: events, unknown events and faults."
    unknown: int
    faults: int
    "Messages that were a RemoteProtocolError."
    sequence_gaps: int
    "Times a sequence number was not its predecessor plus one: Twilio dropped or reordered. Never fatal."


class MediaStream(Generic[Ours, Theirs]):
    """The conversation between Twilio and a server over one socket, seen from `our_role`.

    `bidirectional=False` is a stream started by <Start><Stream>, on which a server only listens. On the wire
    that shows only if its tracks are other than inbound; then `start` alone makes it unidirectional.
    """

    __slots__ = (
        "_chunks",
        "_faults",
        "_gaps",
        "_messages",
        "_next",
        "_ours",
        "_phase",
        "_read",
        "_role",
        "_sent",
        "_stream_sid",
        "_table",
        "_theirs",
        "_unknown",
    )

    @overload
    def __init__(
        self: "MediaStream[ServerEvent, TwilioEvent | Unknown]",
        our_role: Literal[Role.SERVER],
        *,
        bidirectional: bool = True,
    ) -> None: ...
    @overload
    def __init__(
        self: "MediaStream[TwilioEvent, ServerEvent]",
        our_role: Literal[Role.TWILIO],
        *,
        bidirectional: bool = True,
    ) -> None: ...
    def __init__(self, our_role: Role, *, bidirectional: bool = True) -> None:
        self._role = our_role
        self._read = decode_twilio if our_role is Role.SERVER else decode_server
        self._table = TRANSITIONS if bidirectional else UNIDIRECTIONAL
        self._stream_sid = ""
        self._sent = 0
        self._chunks: dict[Track, int] = {"inbound": 0, "outbound": 0}
        self._next: int | None = 1
        "The number of the peer's next message, if that can be told; `start` is number 1."
        self._messages = self._unknown = self._faults = self._gaps = 0
        self._enter(Phase.NEW)

    @property
    def phase(self) -> Phase:
        return self._phase

    @property
    def stream_sid(self) -> str:
        """MZ and 32 hex digits, from `start`; empty before it."""
        return self._stream_sid

    @property
    def bidirectional(self) -> bool:
        """Whether the server may speak; settled once `start` was said."""
        return self._table is TRANSITIONS

    def statistics(self) -> StreamStatistics:
        return StreamStatistics(
            messages=self._messages, unknown=self._unknown, faults=self._faults, sequence_gaps=self._gaps
        )

    def send(self, event: Ours) -> str:
        """The text that says `event`, to be sent as one text frame.

        LocalProtocolError if it may not be said now or if the peer would refuse it; then nothing has changed.
        """
        phase = self._ours.get(type(event))
        if phase is None:
            raise LocalProtocolError(self._refusal(self._role, event))
        text = (
            encode_server(event, self._stream_sid)  # type: ignore[arg-type]  # the table has no other
            if self._role is Role.SERVER
            else self._number(event)
        )
        if phase is not self._phase:
            self._follow(event, phase)
        return text

    def receive(self, text: str | bytes) -> Theirs:
        """The event that the peer's frame says; bytes are a binary frame.

        RemoteProtocolError, and nothing else, if it says none or may not say it now. The phase is then what
        it was, and the caller may go on, as Twilio does.
        """
        self._messages += 1
        try:
            heard = self._read(text)
            sequence = heard.sequence
            if sequence is not None:
                if sequence != self._next and self._next is not None:
                    self._gaps += 1
                self._next = sequence + 1
            event = heard.event
            phase = self._theirs.get(type(event))
            if phase is None:
                return self._not_in_table(event)
            if heard.stream_sid != self._stream_sid:
                self._check_sid(heard)
        except RemoteProtocolError as fault:
            self._count(fault)
            raise
        if phase is not self._phase:
            self._follow(event, phase)
        return event  # type: ignore[return-value]  # the table has only what they may say

    def _number(self, event: Event) -> str:
        """The text of Twilio's next message."""
        sid = event.stream_sid if isinstance(event, Start) else self._stream_sid
        chunk = self._chunks[event.track] + 1 if isinstance(event, Media) else 0
        text = encode_twilio(event, sid, self._sent + 1, chunk)  # type: ignore[arg-type]  # likewise
        if isinstance(event, Media):
            self._chunks[event.track] = chunk
        if not isinstance(event, Connected):  # the only message without a number
            self._sent += 1
        return text

    def _count(self, fault: RemoteProtocolError) -> None:
        if self._role is Role.SERVER:
            fault.code = None  # Twilio logs a server's faults, not its own
        self._faults += 1
        self._next = None  # a refused message had a number too: it is no gap

    def _not_in_table(self, event: Event) -> Theirs:
        if isinstance(event, Unknown):
            self._unknown += 1
            return event  # type: ignore[return-value]  # only of those who may hear one
        code = StreamCode.INVALID_MESSAGE if self.bidirectional else StreamCode.PROTOCOL
        raise RemoteProtocolError(self._refusal(self._role.peer, event), code)

    def _check_sid(self, heard: Heard) -> None:
        expected = heard.event.stream_sid if isinstance(heard.event, Start) else self._stream_sid
        if heard.stream_sid is not None and heard.stream_sid != expected:
            raise RemoteProtocolError(
                f"streamSid must be {clip(repr(expected))}, was {clip(repr(heard.stream_sid))}",
                StreamCode.INVALID_MESSAGE,
            )

    def _follow(self, event: Event, phase: Phase) -> None:
        if isinstance(event, Start):
            self._stream_sid = event.stream_sid
            if "outbound" in event.tracks:  # <Connect><Stream> carries the inbound track only
                self._table = UNIDIRECTIONAL
        self._enter(phase)

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._ours = self._table[phase][self._role]
        self._theirs = self._table[phase][self._role.peer]

    def _refusal(self, sender: Role, event: Event) -> str:
        allowed = ", ".join(kind.__name__ for kind in self._table[self._phase][sender])
        stream = "" if self.bidirectional else " of a unidirectional stream"
        return (
            f"{type(event).__name__} from {sender.value} in phase {self._phase.name}{stream}; "
            f"allowed: {allowed or 'nothing'}"
        )
