"""Percentiles, medians, and the search for the point at which a bridge breaks. No clock, no sockets."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed: the nearest rank.

    Raises ValueError for no values, because no latency is not a latency of 0.
    """
    if not values:
        raise ValueError("a percentile needs at least one value")
    rank = math.ceil(round(share * len(values), 9))
    return sorted(values)[max(rank, 1) - 1]


@dataclass(frozen=True)
class Spread:
    """Latencies of one direction, in milliseconds."""

    p50: float
    p99: float
    longest: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread | None":
        """None where nothing arrived."""
        if not seconds:
            return None
        ordered = sorted(seconds)
        return cls(
            p50=percentile(ordered, 0.5) * 1000,
            p99=percentile(ordered, 0.99) * 1000,
            longest=ordered[-1] * 1000,
            count=len(ordered),
        )


def middle(values: Sequence[float | None]) -> float | None:
    """The median of those rounds that have a figure; None where none has."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


class BreakPoint:
    """How many calls a bridge holds: upwards in steps until it fails, then halving the gap.

    Ask `ask`, measure, `tell`; until `ask` is None. `calls` is then the largest number that held.
    """

    def __init__(self, first: int, growth: float = 1.2, exact: float = 0.05, most: int = 100_000) -> None:
        """Begins at `first`; ends once the gap is within `exact` of what held, or `most` held."""
        self._first, self._growth, self._exact, self._most = max(first, 1), growth, exact, most
        self.calls = 0
        self.failed: int | None = None
        "The smallest number that did not hold. None: the search met its bound first."

    @property
    def ask(self) -> int | None:
        if self.failed is None:
            return self._higher()
        gap = self.failed - self.calls
        if gap <= max(1, int(self.calls * self._exact)):
            return None
        if self.calls == 0:
            return max(1, int(self.failed / self._growth**2))
        return self.calls + gap // 2

    def _higher(self) -> int | None:
        if self.calls >= self._most:
            return None
        higher = max(self.calls + 1, round(self.calls * self._growth)) if self.calls else self._first
        return min(higher, self._most)

    def tell(self, calls: int, *, held: bool) -> None:
        if held:
            self.calls = max(self.calls, calls)
        else:
            self.failed = calls if self.failed is None else min(self.failed, calls)
