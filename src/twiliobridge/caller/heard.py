"""What the caller heard, as it was played: cleared audio never gets here."""

import math
from dataclasses import dataclass, field
from itertools import pairwise

from twiliobridge.audio import FRAME_MS
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import AgentStartsBeingHeard, AgentStopsBeingHeard
from twiliobridge.caller.speech import KEPT_BYTES
from twiliobridge.mediastream.playback import Played

KEPT_MARKS = 1000
"Bound on the names of marks that are remembered: ten a second are usual, and one of the last is asked for."

_SAME_MOMENT = 1e-6  # seconds; packet times are sums of floats


@dataclass
class Stretch:
    """Audio heard without a gap."""

    began: float
    "Seconds."
    audio: bytearray = field(default_factory=bytearray)
    "mu-law, whole packets of 160 bytes; emptied once more than an hour was heard since."
    packets: int = 0

    @property
    def ended(self) -> float:
        """When the last packet is over, in seconds."""
        return self.began + self.heard_ms / 1000

    @property
    def heard_ms(self) -> int:
        return self.packets * FRAME_MS


class Heard:
    """All stretches of a call, in order. A new one begins after each gap, however short, and after each
    `clear`.
    """

    def __init__(self, journal: Journal) -> None:
        self.stretches: list[Stretch] = []
        self.cuts = 0
        "How often it was cut."
        self.first_after_cut = 0
        "Index of the first stretch that begins after the last cut."
        self._journal = journal
        self._current: Stretch | None = None
        self._cut = False
        self._kept = 0
        self._marks: dict[str, float] = {}
        self._oldest = 0  # index of the first stretch that still has its audio

    def hear(self, packet: Played) -> None:
        stretch = self._current
        if stretch is None or self._cut or packet.at - stretch.ended > _SAME_MOMENT:
            self.fall_silent()
            stretch = self._begin(packet.at)
        stretch.audio += packet.audio
        stretch.packets += 1
        self._forget(len(packet.audio))

    def cut(self) -> None:
        """The buffer was cleared: the packet that has left is still heard, and what follows is something
        else.
        """
        self._cut = self._current is not None
        self.cuts += 1
        self.first_after_cut = len(self.stretches)

    def fall_silent(self) -> None:
        """Nothing follows the packet heard last."""
        if self._current is not None:
            self._journal.note(self._current.ended, AgentStopsBeingHeard(self._current.heard_ms))
        self._current = None
        self._cut = False

    def ends_at(self) -> float:
        """When the packet heard last is over, in seconds; `inf` if that was told already."""
        return math.inf if self._current is None else self._current.ended

    def heard_at(self, ms: float, first: int = 0) -> float:
        """When `ms` milliseconds of the stretches from index `first` on were heard, in seconds; `inf` if
        not yet.
        """
        for stretch in self.stretches[first:]:
            if ms <= stretch.heard_ms:
                return stretch.began + ms / 1000
            ms -= stretch.heard_ms
        return math.inf

    def gaps_ms(self, first: int, after: int) -> tuple[float, ...]:
        """Milliseconds of silence between the stretches from index `first` up to `after`; where a `clear`
        was followed at once there was none.
        """
        pairs = pairwise(self.stretches[first:after])
        silences = ((then.began - before.ended) * 1000 for before, then in pairs)
        return tuple(round(each, 3) for each in silences if each > _SAME_MOMENT * 1000)

    def reach(self, mark: str, at: float) -> None:
        """All audio before `mark` was played at that time, in seconds."""
        self._marks.pop(mark, None)
        self._marks[mark] = at
        if len(self._marks) > KEPT_MARKS:
            del self._marks[next(iter(self._marks))]

    def reached(self, mark: str, since: float) -> bool:
        """Whether `mark` was played, since that time in seconds."""
        return self._marks.get(mark, -math.inf) >= since

    def _begin(self, at: float) -> Stretch:
        self._current = Stretch(at)
        self.stretches.append(self._current)
        self._journal.note(at, AgentStartsBeingHeard())
        return self._current

    def _forget(self, size: int) -> None:
        self._kept += size
        while self._kept > KEPT_BYTES and self._oldest < len(self.stretches) - 1:
            self._kept -= len(self.stretches[self._oldest].audio)
            self.stretches[self._oldest].audio.clear()
            self._oldest += 1
