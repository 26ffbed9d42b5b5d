"""What is known of a call, while it runs and when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.transcript import Line
from twiliobridge.mediastream import StreamStatistics
from twiliobridge.realtime import Statistics

Leg = Literal["phone", "model"]


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
