"""What is known of a call, while it runs and when it is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.relay import Leg
from twiliobridge.conversation.sessions import SessionRecord
from twiliobridge.conversation.transcript import Line
from twiliobridge.mediastream import StreamStatistics
from twiliobridge.realtime import Statistics


class Watch(Protocol):
    """Is told every event of a call, in the order in which they were dealt with. It must not wait or fail."""

    def __call__(self, leg: Leg, direction: Literal["in", "out"], event: object, now: float) -> None: ...


@dataclass(frozen=True)
class CallSummary:
    """A call that is over."""

    call_sid: str
    "Empty if `start` never came; so is stream_sid."
    stream_sid: str
    ending: Ending
    detail: str
    "One line; may be empty."
    duration: float
    "Seconds from the open socket to the closed one."
    transcript: Sequence[Line]
    phone: StreamStatistics
    model: Statistics
    "Of all sessions together."
    sessions: Sequence[SessionRecord] = ()
    "Each session with the model, and each attempt at one, in order."


def total(each: Iterable[Statistics]) -> Statistics:
    """The events of several sessions together."""
    counts = [(one.sent, one.received, one.unknown, one.faults) for one in each]
    return Statistics(*map(sum, zip(*counts, strict=True))) if counts else Statistics(0, 0, 0, 0)
