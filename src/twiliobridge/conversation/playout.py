"""The ledger of marks: how many milliseconds of which item did the caller hear?

Positions are milliseconds of audio handed to Twilio since the last interruption. No two marks of a call have
the same name, and an interruption forgets the pending ones, because Twilio returns cleared marks exactly as
it returns played ones.

What was heard at a time t is estimated in four steps:

1. start from the last anchor: a position that was certainly reached, and when;
2. let it run at one millisecond per millisecond;
3. never past the next mark that has not come back: a stalled line would run ahead otherwise;
4. never past the audio sent, and never back behind a mark that came back.

Clocks alone mislead because audio arrives faster than it plays and several items queue; marks alone lag by up
to their distance. Source: Twilio docs, Media Streams > mark and clear; OpenAI docs,
`conversation.item.truncate`.
"""

from collections import deque
from dataclasses import dataclass

from twiliobridge.audio.format import AudioFormat
from twiliobridge.realtime.events import PartEvent

MARK_EVERY_MS = 100.0
"Marks closer than this tell nothing that the clock does not: the estimate is bounded by the next one."

TWILIO_BUFFER_MS = 600_000.0
"Twilio discards what would exceed ten minutes (warning 31931); it would then never be heard."


@dataclass(frozen=True, slots=True)
class Part:
    """One content part of one item: what a truncation names."""

    response_id: str
    item_id: str
    content_index: int

    @classmethod
    def of(cls, event: PartEvent) -> "Part":
        return cls(event.response_id, event.item_id, event.content_index)


@dataclass(frozen=True, slots=True)
class Unheard:
    """A part that was cut: the caller heard `heard_ms` of the `sent_ms` that had been sent."""

    part: Part
    heard_ms: int
    sent_ms: float


@dataclass(slots=True)
class _Segment:
    part: Part
    part_start: float
    "Milliseconds of this part that were sent before the segment."
    start: float
    end: float

    def heard(self, position: float) -> float:
        return self.part_start + min(max(position - self.start, 0.0), self.end - self.start)


class Playout:
    def __init__(self) -> None:
        self._marks_made = 0
        self._begin()

    def _begin(self) -> None:
        self._segments: deque[_Segment] = deque()
        self._pending: deque[tuple[str, float]] = deque()
        self._sent = 0.0
        self._played = 0.0
        self._marked = 0.0
        self._anchor = (0.0, 0.0)

    @property
    def drained(self) -> bool:
        """All that was sent is known to have been played."""
        return self._played >= self._sent

    @property
    def unmarked(self) -> bool:
        """Some audio at the end has no mark behind it."""
        return self._marked < self._sent

    @property
    def overflows(self) -> bool:
        """Twilio's buffer is as full as it may get."""
        return self._sent - self._played >= TWILIO_BUFFER_MS

    @property
    def mark_due(self) -> bool:
        return self._sent - self._marked >= MARK_EVERY_MS

    def sent(self, part: Part, size: int, now: float) -> None:
        """`size` bytes of mu-law of a part went out."""
        if self.drained:
            self._anchor = (self._sent, now)
        start, self._sent = self._sent, self._sent + AudioFormat.PCMU.duration_ms(size)
        last = self._segments[-1] if self._segments else None
        if last is not None and last.part == part:
            last.end = self._sent
        else:
            self._segments.append(_Segment(part, self._sent_of(part), start, self._sent))

    def mark(self) -> str:
        """The name of a mark to send now, behind all audio sent so far."""
        self._marks_made += 1
        name = f"m{self._marks_made}"
        self._pending.append((name, self._sent))
        self._marked = self._sent
        return name

    def mark_returned(self, name: str, now: float) -> None:
        """Marks from before an interruption, and names that are not ours, change nothing."""
        if not any(name == pending for pending, _ in self._pending):
            return
        while self._pending:
            passed, position = self._pending.popleft()
            if passed == name:
                break
        self._played = max(self._played, position)
        self._anchor = (self._played, now)
        self._forget_heard()

    def position(self, now: float) -> float:
        """Milliseconds heard by now since the last interruption, as estimated above."""
        reached, since = self._anchor
        bound = self._pending[0][1] if self._pending else self._sent
        return max(self._played, min(reached + (now - since) * 1000.0, bound, self._sent))

    def queued_ms(self, now: float) -> float:
        return self._sent - self.position(now)

    def heard_ms(self, part: Part, now: float) -> float | None:
        """How much of a part was heard; None for a part that is not, or no longer, queued."""
        position = self.position(now)
        heard = [segment.heard(position) for segment in self._segments if segment.part == part]
        return max(heard) if heard else None

    def interrupt(self, now: float) -> tuple[Unheard, ...]:
        """Forgets everything. Returns what the caller did not hear to its end, in the order of play."""
        position = self.position(now)
        cut: dict[Part, Unheard] = {}
        for segment in self._segments:
            if segment.end > position and segment.part not in cut:
                heard = int(segment.heard(position))
                cut[segment.part] = Unheard(segment.part, heard, self._sent_of(segment.part))
        self._begin()
        return tuple(cut.values())

    def _sent_of(self, part: Part) -> float:
        for segment in reversed(self._segments):
            if segment.part == part:
                return segment.part_start + segment.end - segment.start
        return 0.0

    def _forget_heard(self) -> None:
        # The last segment stays: later audio of its part is measured from the part's first byte.
        while len(self._segments) > 1 and self._segments[0].end <= self._played:
            self._segments.popleft()
