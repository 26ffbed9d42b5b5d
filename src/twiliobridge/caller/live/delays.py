"""Delays of a long call, counted and not kept."""

from dataclasses import dataclass

_LONGEST_MS = 1000


@dataclass(frozen=True)
class Spread:
    """Milliseconds; all zero if nothing was measured."""

    median: float
    p99: float
    greatest: float


class Delays:
    """A histogram of 1 ms; a second and more is one bin."""

    def __init__(self) -> None:
        self._bins = [0] * (_LONGEST_MS + 1)
        self._greatest = 0.0

    def add(self, ms: float) -> None:
        self._bins[min(max(0, int(ms)), _LONGEST_MS)] += 1
        self._greatest = max(self._greatest, ms)

    def spread(self) -> Spread:
        return Spread(self._quantile(0.5), self._quantile(0.99), self._greatest)

    def _quantile(self, part: float) -> float:
        """The upper edge of its bin, but no more than the greatest."""
        wanted = part * sum(self._bins)
        passed = 0
        for ms, count in enumerate(self._bins):
            passed += count
            if count and passed >= wanted:
                return min(ms + 1.0, self._greatest)
        return 0.0
