"""An earlier report, and what has become worse since: for a build that fails when a bridge falls behind.

A figure has become worse only if it did so beyond both a ratio and a number of milliseconds, as a measurement
on a shared machine varies by either alone. Precedent for both bounds: streamdouble's comparison of two runs.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from statistics import median

import msgspec

from twiliobridge.validate.comparison import Change, Comparison
from twiliobridge.validate.metric import Metric
from twiliobridge.validate.result import Status, SuiteResult

WORSE_BY_RATIO = 0.25
WORSE_BY_MS = 50.0
MS = {"ms": 1.0, "s": 1000.0}
"Milliseconds in each unit of time. What has another unit is not compared: it has no direction."
UNCOMPARED = frozenset({"buffer depth"})
"A time of which more is not worse, within the bounds that a rule sets."


class Unlike(Exception):  # noqa: N818 -- what the two reports are
    """One line: why this report cannot be a baseline, or cannot be this run's."""


class KeptFinding(msgspec.Struct, frozen=True):
    id: str
    status: str


class KeptMetric(msgspec.Struct, frozen=True):
    name: str
    unit: str
    values: tuple[float, ...]


class KeptCheck(msgspec.Struct, frozen=True):
    id: str
    findings: tuple[KeptFinding, ...]


class Baseline(msgspec.Struct, frozen=True):
    """What of a JSON report is compared. Its other fields are ignored."""

    twiliobridge: str
    interrupted: bool
    mode: str
    model: str
    tests: tuple[str, ...]
    audio: tuple[str, ...]
    checks: tuple[KeptCheck, ...]
    metrics: tuple[KeptMetric, ...]

    @property
    def verdicts(self) -> Mapping[str, str]:
        """The status of each rule that was examined, by its number."""
        return {each.id: each.status for check in self.checks for each in check.findings}


def read_baseline(path: Path) -> Baseline:
    """Unlike, if it is no report that anything can be compared with."""
    try:
        baseline = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except OSError as error:
        raise Unlike(f"{path}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unlike(f"{path} is no JSON report of twiliobridge validate: {error}") from None
    if baseline.interrupted:
        raise Unlike(f"{path} is the report of a run that was interrupted: it holds a part of the verdicts")
    return baseline


def check_alike(baseline: Baseline, **run: object) -> None:
    """Unlike, if a fact of this run is another than the baseline's. `run`: facts by their name in a report,
    as `twiliobridge`, `mode`, `model`, `tests` and `audio`.
    """
    for name, now in run.items():
        before = getattr(baseline, name)
        if before != now:
            subject = "version of twiliobridge" if name == "twiliobridge" else name
            differs = f"its {subject} is {_shown(before)}, this one's is {_shown(now)}"
            raise Unlike(f"the baseline is of another run: {differs}")


def compare(path: Path, baseline: Baseline, result: SuiteResult) -> Comparison:
    """Unlike, if the two are not of the same suite, model, tests and recordings."""
    check_alike(
        baseline,
        twiliobridge=result.version,
        mode=result.mode.name.lower(),
        tests=result.tests,
        model=result.model,
        audio=result.audio,
    )
    metrics = {each.name: each for each in result.headline}
    now = {each.id: each.status for check in result.results for each in check.findings}
    changes = list(chain(_verdicts(baseline.verdicts, now), _figures(baseline.metrics, metrics)))
    return Comparison(
        baseline=str(path),
        regressions=tuple(change for change, worse in changes if worse),
        unmeasured=tuple(change for change, worse in changes if not worse),
    )


def _verdicts(before: Mapping[str, str], now: Mapping[str, Status]) -> Iterator[tuple[Change, bool]]:
    """Each rule that held and does not, and whether it is broken now."""
    for rule, status in before.items():
        if status != "passed":
            continue
        found = now.get(rule)
        if found is not Status.PASSED:
            told = "not measured" if found is None else found.value
            yield Change(rule, status, told), found is Status.FAILED


def _figures(before: tuple[KeptMetric, ...], now: Mapping[str, Metric]) -> Iterator[tuple[Change, bool]]:
    """Each median that is worse beyond both bounds, and each that there is no more."""
    for each in before:
        if not each.values or each.unit not in MS or each.name in UNCOMPARED:
            continue
        middle = median(map(abs, each.values))
        told = f"{middle:.0f} {each.unit} (n={len(each.values)})"
        found = now.get(each.name)
        if found is None or not found.values:
            yield Change(each.name, told, "not measured"), False
            continue
        current = median(map(abs, found.values))
        worse_ms = (current - middle) * MS[each.unit]
        if worse_ms > WORSE_BY_MS and current > middle * (1 + WORSE_BY_RATIO):
            yield Change(each.name, told, f"{current:.0f} {each.unit} (n={len(found.values)})"), True


def _shown(fact: object) -> str:
    return ", ".join(map(str, fact)) if isinstance(fact, tuple) else str(fact)
