"""The output items of one response in order: waiting, open, or done. At most one is open."""

from twiliobridge.offline.parts import Events, OutputPart, SpokenPart
from twiliobridge.realtime.events import Item, Status


class Output:
    def __init__(self) -> None:
        self._waiting: list[OutputPart] = []
        self._opened: list[OutputPart] = []
        self.current: OutputPart | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """Those that were opened, as they are now."""
        return tuple(part.entry.item for part in self._opened)

    @property
    def audio_ms(self) -> float:
        return sum(part.entry.length_ms for part in self._opened)

    @property
    def exhausted(self) -> bool:
        return self.current is None and not self._waiting

    @property
    def starved(self) -> bool:
        """Whether the open item can neither grow nor end: its speech is still being made."""
        return self.current is not None and not self.current.ready and not self.current.finished

    def add(self, part: OutputPart) -> None:
        self._waiting.append(part)

    def open_next(self) -> Events:
        """Nothing where none waits."""
        if not self._waiting:
            return []
        self.current = self._waiting.pop(0)
        self._opened.append(self.current)
        return self.current.open()

    def close(self, status: Status) -> Events:
        """Ends the open item; nothing where none is."""
        part, self.current = self.current, None
        return part.close(status) if part else []

    def abandon(self) -> Events:
        """Cuts the open item short; those that wait never begin."""
        self._waiting.clear()
        return self.close("incomplete")

    def straggle(self, most: int) -> Events:
        """Up to `most` further deltas of speech that has begun."""
        events: Events = []
        for _ in range(most):
            part = self.current
            if isinstance(part, SpokenPart) and part.ready and part.entry.length:
                events += part.grow()[0]
        return events

    def listener(self, item_id: str) -> SpokenPart | None:
        """The item that this speech is for, if it has not ended."""
        for part in (self.current, *self._waiting):
            if isinstance(part, SpokenPart) and part.entry.item_id == item_id:
                return part
        return None
