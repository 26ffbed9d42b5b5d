"""What was measured, as a value."""

import math
from dataclasses import dataclass

SAMPLES_FOR_P50 = 5
"Under this many samples a range says all that they say."
SAMPLES_FOR_P95 = 20
"Under this many samples the 90th and 95th percentiles are the maximum by another name."


@dataclass(frozen=True, kw_only=True)
class Metric:
    name: str
    unit: str
    "ms, s, bytes, ratio"
    definition: str
    values: tuple[float, ...]
    "In the order in which they were measured; empty if it was withheld."
    withheld: str = ""
    "Why there are no values, although it was measured."

    @property
    def p50(self) -> float | None:
        """None under 5 samples."""
        return self._percentile(50, SAMPLES_FOR_P50)

    @property
    def p90(self) -> float | None:
        """None under 20 samples."""
        return self._percentile(90, SAMPLES_FOR_P95)

    @property
    def p95(self) -> float | None:
        """None under 20 samples."""
        return self._percentile(95, SAMPLES_FOR_P95)

    @property
    def minimum(self) -> float | None:
        return min(self.values, default=None)

    @property
    def maximum(self) -> float | None:
        return max(self.values, default=None)

    def _percentile(self, percent: int, least: int) -> float | None:
        """Nearest rank, always a value that was measured; None under `least` samples."""
        if len(self.values) < least:
            return None
        return sorted(self.values)[math.ceil(percent / 100 * len(self.values)) - 1]
