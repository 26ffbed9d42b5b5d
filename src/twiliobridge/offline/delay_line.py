"""What was said and is on its way back: messages in order, each as late as the knobs say. Pure."""

from collections import deque

from twiliobridge.offline.jobs import Close
from twiliobridge.offline.knobs import Knobs


class DelayLine:
    def __init__(self, knobs: Knobs) -> None:
        self._back = knobs.back
        self._under_way: deque[tuple[float, str | Close]] = deque()

    def put(self, message: str | Close, now: float, held: float = 0.0) -> None:
        """Said `now`, or `held` back. Nothing overtakes: what is said after it waits as long."""
        ahead = self._under_way[-1][0] if self._under_way else now
        self._under_way.append((max(ahead, now + held + self._back), message))

    def deadline(self) -> float | None:
        return self._under_way[0][0] if self._under_way else None

    def due(self, now: float) -> list[str | Close]:
        due: list[str | Close] = []
        while self._under_way and self._under_way[0][0] <= now:
            due.append(self._under_way.popleft()[1])
        return due
