"""The report where nobody looks at a screen: one line for each fact, for pipes, logs and `grep`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from twiliobridge.validate.metrics import FIRST
from twiliobridge.validate.report.wording import (
    WORDS,
    against,
    changes,
    duration,
    failures,
    measured,
    metrics,
    totals,
    verdict,
)
from twiliobridge.validate.result import Finding, SuiteResult


def lines(result: SuiteResult) -> Iterator[str]:
    """Of a result whose texts are `printable`."""
    yield "TWILIO BRIDGE VALIDATION"
    for name, value in facts(result):
        yield f"{name}: {value}"
    yield ""
    yield "CHECKS"
    for check in result.results:
        yield f"{WORDS[check.status]:<7} {check.id} {check.name}: {check.reason}"
    yield f"Totals: {totals(result)}"
    yield from _section("METRICS", [f"{each.name}: {measured(each)}" for each in metrics(result)])
    yield from _section("AGAINST THE BASELINE", list(changes(result)))
    yield ""
    yield result.self_check.line
    yield from _section("WHAT TO DO", [advice(each) for each in failures(result)])


def facts(result: SuiteResult) -> Iterator[tuple[str, str]]:
    """What was judged, when, and with which result."""
    found = verdict(result)
    yield "Started", result.started.isoformat(sep=" ", timespec="seconds")
    yield "Duration", duration(result.duration_s)
    yield "Server", f"{result.server} ({result.mode.value})"
    yield "Model", result.model
    yield "Tests", ", ".join(result.tests)
    if result.audio:
        yield "Audio", _files(result.audio)
    for note in result.notes:
        yield "Note", note
    for each in result.headline:
        if each.name in FIRST:
            yield each.name.capitalize(), measured(each) if each.values else "withheld (see the self-check)"
    if result.comparison is not None:
        yield "Baseline", against(result)
    yield "Result", f"{found.word}: {found.why}"


def _files(paths: Sequence[str]) -> str:
    """Those of one folder with its name before them."""
    folders = {str(Path(each).parent) for each in paths}
    if len(folders) > 1:
        return ", ".join(paths)
    return f"{folders.pop()}: {', '.join(Path(each).name for each in paths)}"


def advice(finding: Finding) -> str:
    """What was seen, what to do about it, and why."""
    said = (
        f"{finding.id} {finding.level.value}: {finding.law}",
        f"Seen: {finding.reason}",
        f"Do: {finding.advice}" if finding.advice else "",
        f"Source: {finding.source}",
    )
    return " ".join(f"{each.removesuffix('.')}." for each in said if each)


def _section(heading: str, content: list[str]) -> Iterator[str]:
    if content:
        yield ""
        yield heading
        yield from content
