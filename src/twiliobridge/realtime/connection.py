"""One end of a Realtime session: text in, text out, and whether that was legal. No I/O, no clock."""

from dataclasses import dataclass

import msgspec

from twiliobridge.realtime.client_events import ClientEvent
from twiliobridge.realtime.codec import encode, read_client, read_server
from twiliobridge.realtime.errors import LocalProtocolError, RemoteProtocolError
from twiliobridge.realtime.ids import Ids
from twiliobridge.realtime.server_event import ServerEvent, Unknown
from twiliobridge.realtime.state import STILL, Event, Phase, Position, Role, step


@dataclass(frozen=True)
class Statistics:
    sent: int
    received: int
    "Events read, those of unknown type among them."
    unknown: int
    faults: int
    "Messages that were no legal event."


class RealtimeConnection:
    """The client's end or the server's, by role.

    `seed` tells the ids of a server's events from those of its other sessions; the same seed, the same ids.
    """

    __slots__ = (
        "_faults",
        "_ids",
        "_position",
        "_read",
        "_received",
        "_sent",
        "_still_ours",
        "_still_theirs",
        "_unknown",
        "our_role",
        "phase",
        "their_role",
    )

    def __init__(self, our_role: Role, seed: str = "") -> None:
        self.our_role = our_role
        self.their_role = Role.SERVER if our_role is Role.CLIENT else Role.CLIENT
        self._read = read_server if our_role is Role.CLIENT else read_client
        self._ids = Ids(seed) if our_role is Role.SERVER else None
        self._stand(Position())
        self._sent = self._received = self._unknown = self._faults = 0

    @property
    def active_response(self) -> str | None:
        """The id of the conversation's own response, while one is being made."""
        return self._position.active_response

    def send(self, event: ClientEvent | ServerEvent) -> str:
        """The text of our event; a server's gets an `event_id` where it has none.

        Raises LocalProtocolError where the event is not legal now, or cannot be written; the phase stays.
        """
        position = self._position
        if type(event) not in self._still_ours:
            position = step(position, self.our_role, event)
        if self._ids is not None and not event.event_id:
            event = msgspec.structs.replace(event, event_id=self._ids.new("event"))
        text = encode(event)
        if position is not self._position:
            self._stand(position)
        self._sent += 1
        return text

    def receive(self, text: str | bytes) -> Event:
        """The peer's event.

        Raises RemoteProtocolError, and nothing else; the phase stays, and the next message may be read.
        """
        try:
            event = self._read(text)
            if type(event) not in self._still_theirs:
                self._stand(step(self._position, self.their_role, event))
        except RemoteProtocolError:
            self._faults += 1
            raise
        except LocalProtocolError as error:
            self._faults += 1
            raise RemoteProtocolError.like(error, getattr(event, "event_id", None)) from None
        self._received += 1
        self._unknown += type(event) is Unknown
        return event

    def _stand(self, position: Position) -> None:
        self._position = position
        self.phase: Phase = position.phase
        "Changed by events alone."
        self._still_ours = STILL[position.phase][self.our_role]
        self._still_theirs = STILL[position.phase][self.their_role]

    def statistics(self) -> Statistics:
        return Statistics(self._sent, self._received, self._unknown, self._faults)
