"""The words and figures that all forms of the report share."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Literal, TypeVar

from twiliobridge.validate.metric import Metric
from twiliobridge.validate.result import Finding, Level, Status, SuiteResult

T = TypeVar("T")

WORDS = {
    Status.PASSED: "PASSED",
    Status.FAILED: "FAILED",
    Status.NOT_APPLICABLE: "NO DATA",
    Status.SKIPPED: "SKIPPED",
    Status.INTERRUPTED: "STOPPED",
}
ALL_CHECKS = 8


@dataclass(frozen=True)
class Verdict:
    """The result of a run."""

    word: Literal["SUCCESS", "FAILED", "INCOMPLETE", "INTERRUPTED"]
    why: str


def verdict(result: SuiteResult) -> Verdict:
    """SUCCESS only if all eight checks passed."""
    figures = totals(result)
    if result.interrupted:
        return Verdict("INTERRUPTED", f"stopped before the end; {figures}")
    if result.success:
        return Verdict("SUCCESS", figures)
    if result.regressed:
        figures = f"{figures}; {against(result)}"
    if result.failed or result.regressed:
        return Verdict("FAILED", figures)
    return Verdict("INCOMPLETE", f"nothing failed, and not everything was checked; {figures}")


def totals(result: SuiteResult) -> str:
    """8 of 8 checks passed (100 %); besides, M1 passed"""
    passed = result.count(Status.PASSED)
    counts = {status.value: result.count(status) for status in Status if status is not Status.PASSED}
    counts["not run"] = ALL_CHECKS - (len(result.results) - len(result.besides))
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    share = 100 * passed / ALL_CHECKS
    eight = ", ".join([f"{passed} of {ALL_CHECKS} checks passed ({share:.0f} %)", *parts])
    besides = [f"{each.id} {each.status.value}" for each in result.besides]
    return "; besides, ".join([eight, *([", ".join(besides)] if besides else [])])


def against(result: SuiteResult) -> str:
    """2 regressions against baseline.json; empty if nothing was compared."""
    if result.comparison is None:
        return ""
    worse = len(result.comparison.regressions)
    return f"{worse or 'no'} regression{'' if worse == 1 else 's'} against {result.comparison.baseline}"


def changes(result: SuiteResult) -> Iterator[str]:
    """What is worse than in the earlier run, and what that run could tell and this one cannot."""
    if result.comparison is not None:
        yield from (f"regression: {each}" for each in result.comparison.regressions)
        yield from map(str, result.comparison.unmeasured)


def failures(result: SuiteResult) -> Iterator[Finding]:
    """Laws that were not kept: those of level MUST first. What several checks met alike is told once."""
    found = [each for check in result.results for each in check.findings if each.level is not Level.INFO]
    failed = [each for each in found if each.status is Status.FAILED]
    alike: dict[tuple[Level, str, str], list[Finding]] = {}
    for each in sorted(failed, key=lambda each: each.level is Level.SHOULD):
        alike.setdefault((each.level, each.law, each.reason), []).append(each)
    for first, *others in alike.values():
        calls = tuple(name for each in (first, *others) for name in each.calls)
        yield replace(first, id=", ".join(each.id for each in (first, *others)), calls=calls)


def metrics(result: SuiteResult) -> Iterator[Metric]:
    """Those over all calls of the run; where there are none, those of each check."""
    yield from result.headline or (each for check in result.results for each in check.metrics)


def figure(value: float | None, unit: str) -> str:
    """A measured value: 812 ms, 1.5 s, a ratio as 3.10 %; a dash if there is none."""
    if value is None:
        return "-"
    if unit == "ratio":
        return f"{100 * value:.2f} %"
    number = f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"
    return f"{number} {unit}"


def measured(metric: Metric) -> str:
    """p50 812 ms, 700 ms to 1102 ms, n=7: the percentiles that so many samples have, and the range."""
    if not metric.values:
        return f"withheld: {metric.withheld}" if metric.withheld else "not measured"
    ranks = (("p50", metric.p50), ("p90", metric.p90), ("p95", metric.p95))
    known = [f"{name} {figure(value, metric.unit)}" for name, value in ranks if value is not None]
    return ", ".join([*known, extent(metric), f"n={len(metric.values)}"])


def extent(metric: Metric) -> str:
    """700 ms to 1102 ms; one figure where all values are one; a dash without any."""
    least, most = figure(metric.minimum, metric.unit), figure(metric.maximum, metric.unit)
    return least if least == most else f"{least} to {most}"


def duration(seconds: float) -> str:
    """9.2 s, 1 min 52 s"""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def printable(text: str) -> str:
    """Without what moves a cursor, turns the direction of writing or is no character of XML: what a peer
    sends is shown, and does nothing. White space becomes a space, the rest is escaped as Python does.
    """
    return "".join(
        each if each.isprintable() else " " if each.isspace() else each.encode("unicode_escape").decode()
        for each in text
    )


def cleaned(value: T) -> T:
    """A result with every text in it `printable`."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return printable(value)  # type: ignore[return-value]  # T is str
    if isinstance(value, tuple):
        return tuple(map(cleaned, value))  # type: ignore[return-value]  # T is a tuple
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: cleaned(getattr(value, each.name)) for each in fields(value)})
    return value
