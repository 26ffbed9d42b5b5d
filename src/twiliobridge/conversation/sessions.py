"""The sessions with the model that a call has, one after another: their stages, and all ways between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from twiliobridge.conversation.limits import Limits

PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
"Seconds before an attempt to dial, by the number of those that have failed on end."

LASTS = 10.0
"""Seconds after which a session that took another's place counts as opened. A service that takes each, and
drops it at once, would be dialled for ever."""


class Stage(Enum):
    """Of the model's session. The text completes "the model was lost while ..."."""

    DIALLING = "it was being dialled"
    OPENED = "it described itself"
    "`session.created` was seen."
    DESCRIBED = "the session was being described to it"
    READY = "the session stood"
    AWAY = "it was about to be dialled again"
    GIVEN_UP = "nobody was dialling it"


class Move(Enum):
    DIAL = "dial"
    CREATED = "session.created"
    DESCRIBE = "session.update"
    CONFIRMED = "session.updated"
    LOST = "lost, or left"
    GIVE_UP = "give up"


READY = Stage.READY
"Looked up once, as those of `Phase` are."

TRANSITIONS: Mapping[Stage, Mapping[Move, Stage]] = {
    Stage.DIALLING: {Move.CREATED: Stage.OPENED, Move.LOST: Stage.AWAY, Move.GIVE_UP: Stage.GIVEN_UP},
    Stage.OPENED: {Move.DESCRIBE: Stage.DESCRIBED, Move.LOST: Stage.AWAY, Move.GIVE_UP: Stage.GIVEN_UP},
    Stage.DESCRIBED: {Move.CONFIRMED: Stage.READY, Move.LOST: Stage.AWAY, Move.GIVE_UP: Stage.GIVEN_UP},
    Stage.READY: {Move.LOST: Stage.AWAY, Move.GIVE_UP: Stage.GIVEN_UP},
    Stage.AWAY: {Move.DIAL: Stage.DIALLING, Move.GIVE_UP: Stage.GIVEN_UP},
    Stage.GIVEN_UP: {Move.GIVE_UP: Stage.GIVEN_UP},
}


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session with the model, or one attempt at it. Times are seconds since the call began."""

    dialled_at: float
    ready_at: float | None
    "None: it never stood."
    ended_at: float | None
    "None: the call ended first."
    why: str
    "Why it was left; empty where the call ended first."


class Sessions:
    """Times are those of the caller of its methods; `began` is when the call did."""

    __slots__ = (
        "_began",
        "_dialled",
        "_failures",
        "_ready",
        "_records",
        "_tried_since",
        "expires",
        "lost_at",
        "redial_at",
        "stage",
    )

    def __init__(self, began: float) -> None:
        self._began = began
        self.stage = Stage.DIALLING
        "Changed by `move` alone."
        self._dialled = self._tried_since = began
        self._ready: float | None = None
        self._failures = 0
        "Attempts on end that led to no session, or to one that did not last."
        self._records: list[SessionRecord] = []
        self.lost_at: float | None = None
        "When the model was lost that another session is to take the place of."
        self.redial_at = 0.0
        self.expires: float | None = None
        "When the service ends the session in force."

    @property
    def ready(self) -> bool:
        return self.stage is READY

    @property
    def ready_at(self) -> float | None:
        """When the session in force stood; None while there is none."""
        return self._ready if self.ready else None

    @property
    def last_failure(self) -> str:
        """Why the last session was left; empty where none was."""
        return self._records[-1].why if self._records else ""

    @property
    def records(self) -> Sequence[SessionRecord]:
        if self.stage in {Stage.AWAY, Stage.GIVEN_UP}:
            return tuple(self._records)
        return (*self._records, self._record(None, ""))

    def move(self, move: Move) -> None:
        self.stage = TRANSITIONS[self.stage][move]

    def dialled(self, now: float) -> None:
        self.move(Move.DIAL)
        self._dialled = self._tried_since = now
        self._ready = self.expires = None

    def describable(self, now: float) -> None:
        """Twilio's `start` is in, without which no session can be described: an attempt counts from now."""
        self._tried_since = now

    def confirmed(self, now: float) -> None:
        self.move(Move.CONFIRMED)
        self._ready, self.lost_at = now, None
        if not self._has_stood:
            self._failures = 0

    def left(self, why: str, now: float, at_least: float = 0.0) -> None:
        """The session in force is of no more use; the next is dialled after a pause of `at_least` so long."""
        if self._ready is not None and now - self._ready >= LASTS:
            self._failures = 0
        elif self._ready is None or self._has_stood:
            self._failures += 1
        self._records.append(self._record(now, why))
        self.lost_at = now if self.lost_at is None else self.lost_at
        self.redial_at = now + max(at_least, PAUSES[min(self._failures, len(PAUSES) - 1)])
        self.move(Move.LOST)

    def give_up(self, why: str, now: float) -> None:
        if self.stage not in {Stage.AWAY, Stage.GIVEN_UP}:
            self._records.append(self._record(now, why))
        self.move(Move.GIVE_UP)

    @property
    def _has_stood(self) -> bool:
        """An earlier session did."""
        return any(record.ready_at is not None for record in self._records)

    def may_go_on(self, limits: Limits, *, call_stands: bool) -> bool:
        """Whether the attempt that is due at `redial_at` is within the bounds."""
        if not call_stands:
            return self.redial_at < self._began + limits.model_ready_within
        assert self.lost_at is not None  # the session was left
        in_time = self.redial_at < self.lost_at + limits.resume_within
        return in_time and self._failures < limits.resume_attempts

    def attempt_until(self, limits: Limits) -> float:
        return self._tried_since + limits.attempt_within

    def _record(self, ended: float | None, why: str) -> SessionRecord:
        return SessionRecord(
            self._dialled - self._began,
            None if self._ready is None else self._ready - self._began,
            None if ended is None else ended - self._began,
            why,
        )
