"""When the socket of a session is lost, and what is said last."""

from collections.abc import Sequence
from random import Random

from twiliobridge.offline import refusals
from twiliobridge.offline.faults import Loss
from twiliobridge.offline.incidents import Incident, Moment
from twiliobridge.offline.jobs import DROPPED, EXPIRED, QUIET, Action, Close
from twiliobridge.offline.moments import Moments
from twiliobridge.realtime.errors import error_event
from twiliobridge.realtime.events import ServerEvent

ENDINGS: dict[Loss, Close] = {
    Loss.DROPPED: Close(DROPPED),
    Loss.FAILED: Close(1011, "The server had an error while processing your request."),
    Loss.RESTARTED: Close(1012, "service restart"),
    Loss.QUIET: Close(QUIET),
}


def ending_of(loss: Loss) -> list[Action]:
    """What a session says and does last."""
    return expired() if loss is Loss.EXPIRED else [ENDINGS[loss]]


def expired() -> list[Action]:
    fault = refusals.expired()
    return [error_event(fault), Close(EXPIRED, str(fault))]


class Losing:
    """Watches what goes out. `loss` is this session's, if it has one; `most` events are sent, if so many."""

    def __init__(self, loss: Incident[Loss] | None, most: int | None, seed: str) -> None:
        self._loss = loss
        self._left = most
        anywhere = Random(f"{seed}/lose").choice(tuple(Moment))  # noqa: S311 -- an accident, no secret
        self._moment = loss and (loss.at or anywhere)
        self.moments = Moments()

    def cut(self, actions: Sequence[Action]) -> list[Action]:
        """What goes out: all of it, or up to the loss, and that."""
        for place, action in enumerate(actions, 1):
            last = [] if isinstance(action, Close) else self._after(action)
            if last:
                return [*actions[:place], *last]
        return [*actions]

    def _after(self, action: Action) -> list[Action]:
        if self._left is not None and isinstance(action, ServerEvent):
            self._left -= 1
            if self._left <= 0:
                return ending_of(Loss.DROPPED)
        return self._at(self.moments.reached(action))

    def deadline(self) -> float | None:
        return self.moments.deadline()

    def wake(self, now: float) -> list[Action]:
        return self._at(self.moments.wake(now))

    def _at(self, moment: Moment | None) -> list[Action]:
        due = self._loss is not None and moment is self._moment
        return ending_of(self._loss.what) if due and self._loss else []
