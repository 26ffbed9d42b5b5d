"""The ledger of marks: how many milliseconds of which item did the caller hear?

Positions are milliseconds of audio handed to Twilio since the last interruption. No two marks of a call have
the same name, and an interruption forgets the pending ones, because Twilio returns cleared marks exactly as
it returns played ones.

What was heard at a time t is estimated in four steps:

1. start from the last anchor: a position that was certainly reached, and when; or, where nothing waits for a
   mark, the end of what was sent, if it should have been heard before more was sent;
2. let it run at one millisecond per millisecond;
3. never past the next mark that has not come back: a stalled line would run ahead otherwise;
4. never past the audio sent, and never back behind a mark that came back.

Clocks alone mislead because audio arrives faster than it plays and several items queue; marks alone lag by up
to their distance. Source: Twilio docs, Media Streams > mark and clear; OpenAI docs,
`conversation.item.truncate`.
"""

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import msgspec

from twiliobridge.realtime.events import PartEvent

MARK_EVERY_MS = 100.0
"Marks closer than this tell nothing that the clock does not: the estimate is bounded by the next one."

TWILIO_BUFFER_MS = 600_000.0
"Twilio discards what would exceed ten minutes (warning 31931); it would then never be heard."

MARKS_LOST_AFTER = 5.0
"Seconds after all that was queued should have been heard. A phone that returns no mark by then returns none."

MOST_SEGMENTS = 4096
"Changes of part within what is queued. A response has one or two parts."

MOST_GROWING = 64
"Parts without an end that are remembered after they were heard. The service generates one at a time."


_NAME = re.compile("m([1-9][0-9]{0,8})")
"Of a mark of ours: its number, counted from the beginning of the call."


class Part(msgspec.Struct, frozen=True):
    """One content part of one item: what a truncation names."""

    response_id: str
    item_id: str
    content_index: int

    @classmethod
    def of(cls, event: PartEvent) -> "Part":
        return cls(event.response_id, event.item_id, event.content_index)


WAITING = Part("bridge_waiting", "bridge_waiting", 0)
"The sound of waiting: it has its place in the queue, but nobody has said it, and nobody is told of it."


@dataclass(frozen=True, slots=True)
class Unheard:
    """A part that was cut: the caller heard `heard_ms` of the `sent_ms` that had been sent.

    Both may be the same: all that was sent was heard, and more was being generated.
    """

    part: Part
    heard_ms: int
    sent_ms: float


@dataclass(slots=True)
class _Length:
    ms: float = 0.0
    "Sent so far."
    growing: bool = True
    "The model has not said that this was all."


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
    __slots__ = (
        "_anchor",
        "_lengths",
        "_marked",
        "_marks_made",
        "_pending",
        "_played",
        "_segments",
        "_sent",
        "ends",
    )

    def __init__(self) -> None:
        self._marks_made = 0
        self._begin()

    def _begin(self) -> None:
        self._segments: list[_Segment] = []
        self._lengths: dict[Part, _Length] = {}
        self._pending = array("d")
        "Positions of the marks that have not come back, the last of them that of the last mark made."
        self._sent = 0.0
        self._played = 0.0
        self._marked = 0.0
        self._set_anchor(0.0, -inf)

    @property
    def drained(self) -> bool:
        """All that was sent is known to have been played."""
        return self._played >= self._sent

    @property
    def unmarked(self) -> bool:
        """Some audio at the end has no mark behind it."""
        return self._marked < self._sent

    @property
    def items(self) -> frozenset[str]:
        """Of which something may still be played, or is still to come."""
        return frozenset(part.item_id for part in self._lengths)

    @property
    def growing(self) -> bool:
        """Of some part that was sent, more is to come."""
        return any(length.growing for length in self._lengths.values())

    def parts_of(self, response_id: str) -> Iterable[Part]:
        """Those of which the caller has heard something, or is about to."""
        return [part for part in self._lengths if part.response_id == response_id]

    def has_room(self, duration_ms: float, now: float) -> bool:
        """Whether Twilio's buffer takes so much more."""
        fits = self._sent - self._played + duration_ms <= TWILIO_BUFFER_MS or self._overdue(now)
        return fits and len(self._segments) < MOST_SEGMENTS and len(self._lengths) < MOST_SEGMENTS

    def sent(self, part: Part, duration_ms: float, now: float) -> bool:
        """So much audio of a part went out. Whether a mark is due."""
        if now >= self.ends:
            self._resume(now)
        length = self._lengths.get(part)
        if length is None:
            length = self._lengths[part] = _Length()
        length.growing = True
        if not self._segments or self._segments[-1].part != part:
            self._segments.append(_Segment(part, length.ms, self._sent, self._sent))
        self._sent = self._segments[-1].end = self._sent + duration_ms
        self.ends += duration_ms / 1000.0
        length.ms += duration_ms
        return self._sent - self._marked >= MARK_EVERY_MS

    def ended(self, response_id: str, part: Part | None = None) -> None:
        """No more audio of a part, or of all parts of a response, is to come."""
        for known, length in self._lengths.items():
            if known == part or (part is None and known.response_id == response_id):
                length.growing = False

    def mark(self) -> str:
        """The name of a mark to send now, behind all audio sent so far."""
        self._marks_made += 1
        self._pending.append(self._sent)
        self._marked = self._sent
        return f"m{self._marks_made}"

    def mark_returned(self, name: str, now: float) -> None:
        """Marks from before an interruption, and names that are not ours, change nothing."""
        passed = len(self._pending) - 1 - (self._marks_made - _number(name))
        if not 0 <= passed < len(self._pending):
            return
        self._played = max(self._played, self._pending[passed])
        del self._pending[: passed + 1]
        self._set_anchor(self._played, now)
        while self._segments and self._segments[0].end <= self._played:
            del self._segments[0]

    def position(self, now: float) -> float:
        """Milliseconds heard by now since the last interruption, as estimated above."""
        if self._overdue(now):
            return self._sent
        reached, since = self._anchor
        bound = self._pending[0] if self._pending else self._sent
        return max(self._played, min(reached + (now - since) * 1000.0, bound, self._sent))

    def plays(self, response_id: str, now: float) -> bool:
        """Whether something of a response is still to be heard."""
        position = self.position(now)
        return any(each.end > position and each.part.response_id == response_id for each in self._segments)

    def unheard(self, now: float) -> tuple[Unheard, ...]:
        """What the caller has not heard to its end, in the order of play."""
        position, lengths = self.position(now), self._lengths
        # What grows is not heard to its end even where all that was sent was: the model has made more of it.
        heard = {part: length.ms for part, length in lengths.items() if length.growing}
        for segment in reversed(self._segments):
            if segment.end > position:
                heard[segment.part] = segment.heard(position)
        heard.pop(WAITING, None)
        return tuple(Unheard(p, int(heard[p]), lengths[p].ms) for p in lengths if p in heard)

    def interrupt(self, now: float) -> tuple[Unheard, ...]:
        """Forgets everything. Returns what is then cut: see `unheard`."""
        cut = self.unheard(now)
        self._begin()
        return cut

    def _set_anchor(self, reached: float, now: float) -> None:
        self._anchor = (reached, now)
        self.ends = now + (self._sent - reached) / 1000.0
        "When all that was sent will have been heard, if the line does not stall."

    def _resume(self, now: float) -> None:
        """More is sent after the time at which all before it should have been heard."""
        if self.drained or self._overdue(now):
            self._rest(now)
        elif not self._pending:  # the model paused before a mark was due
            self._set_anchor(self._sent, now)

    def _overdue(self, now: float) -> bool:
        return now >= self.ends + MARKS_LOST_AFTER

    def _rest(self, now: float) -> None:
        """All that was sent counts as heard; what is sent next is heard from now on."""
        self._played = self._marked = self._sent
        self._set_anchor(self._sent, now)
        self._pending = array("d")
        self._segments.clear()
        growing = [(part, length) for part, length in self._lengths.items() if length.growing]
        self._lengths = dict(growing[-MOST_GROWING:])


def _number(name: str) -> int:
    """Which mark of ours has this name; 0 if none can have."""
    named = _NAME.fullmatch(name)
    return int(named[1]) if named else 0
