"""The output items of one response in order: waiting, open, or done."""

from twiliobridge.offline.items import Entry
from twiliobridge.offline.mcp.calls import McpCallPart
from twiliobridge.offline.parts import Events, OutputPart
from twiliobridge.offline.spoken_part import SpokenPart
from twiliobridge.realtime.events import Item


class Output:
    """`interleaved`: items are done once all have been made, the first one first, as recorded with
    gpt-realtime-2.1; otherwise each before the next one opens.
    """

    def __init__(self, *, interleaved: bool) -> None:
        self._interleaved = interleaved
        self._waiting: list[OutputPart] = []
        self._opened: list[OutputPart] = []
        self._open: list[OutputPart] = []
        self.current: OutputPart | None = None
        "The one that grows: the last that was opened."

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Those that were opened."""
        return tuple(part.entry for part in self._opened)

    @property
    def items(self) -> tuple[Item, ...]:
        """Those that were opened, as they are now."""
        return tuple(part.entry.item for part in self._opened)

    @property
    def audio_ms(self) -> float:
        return sum(part.entry.length_ms for part in self._opened)

    @property
    def tokens(self) -> int:
        """What has been said so far has cost."""
        return sum(part.tokens for part in self._opened)

    @property
    def on_the_last(self) -> bool:
        """Whether no item waits."""
        return not self._waiting

    @property
    def starved(self) -> bool:
        """Whether the current item can neither grow nor end: its speech is still being made."""
        return self.current is not None and not self.current.ready and not self.current.finished

    def add(self, part: OutputPart) -> None:
        self._waiting.append(part)

    def open_next(self) -> Events:
        """Nothing where none waits."""
        if not self._waiting:
            return []
        closing = [] if self._interleaved else self._close()
        self.current = self._waiting.pop(0)
        self._opened.append(self.current)
        self._open.append(self.current)
        return [*closing, *self.current.open()]

    def end(self) -> Events:
        """Ends what is open, what is not whole as incomplete; those that wait never begin."""
        self._waiting.clear()
        self.current = None
        return self._close()

    def _close(self) -> Events:
        parts, self._open = self._open, []
        return [event for part in parts for event in part.close("completed" if part.whole else "incomplete")]

    def straggle(self, most: int) -> Events:
        """Up to `most` further deltas of speech that has begun."""
        events: Events = []
        for _ in range(most):
            part = self.current
            if isinstance(part, SpokenPart) and part.ready and part.entry.length:
                events += part.grow()[0]
        return events

    def caller(self, item_id: str) -> McpCallPart | None:
        """The MCP call that this answer is for, if it has not ended."""
        part = self.current
        return part if isinstance(part, McpCallPart) and part.entry.item_id == item_id else None

    def listener(self, item_id: str) -> SpokenPart | None:
        """The item that this speech is for, if it has not ended."""
        for part in (self.current, *self._waiting):
            if isinstance(part, SpokenPart) and part.entry.item_id == item_id and not part.cut:
                return part
        return None
