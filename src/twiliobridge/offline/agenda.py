"""Events that a session tells later, each at its moment."""

from heapq import heappop, heappush
from itertools import count

from twiliobridge.realtime.events import ServerEvent


class Agenda:
    """Seconds of the session's clock. Of two events at one moment the first that was added comes first."""

    def __init__(self) -> None:
        self._events: list[tuple[float, int, ServerEvent]] = []
        self._numbers = count()

    def add(self, moment: float, event: ServerEvent) -> None:
        heappush(self._events, (moment, next(self._numbers), event))

    def deadline(self) -> float | None:
        return self._events[0][0] if self._events else None

    def due(self, now: float) -> list[ServerEvent]:
        events = []
        while self._events and self._events[0][0] <= now:
            events.append(heappop(self._events)[2])
        return events
