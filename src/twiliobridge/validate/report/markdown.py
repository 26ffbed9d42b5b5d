"""The report as Markdown, for the page of a job: `--summary "$GITHUB_STEP_SUMMARY"`."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from twiliobridge.validate.report.wording import (
    WORDS,
    changes,
    cleaned,
    duration,
    failures,
    measured,
    metrics,
    verdict,
)
from twiliobridge.validate.report.writing import write_whole
from twiliobridge.validate.result import Finding, SuiteResult

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


def write_markdown(result: SuiteResult, path: Path) -> None:
    """CannotWrite if it cannot be written."""
    write_whole(path, ("\n".join(_lines(cleaned(result))) + "\n").encode())


def _lines(result: SuiteResult) -> Iterator[str]:
    found = verdict(result)
    yield f"## twiliobridge validate: {found.word}"
    yield ""
    yield f"{_plain(result.server)} in {duration(result.duration_s)}: {_plain(found.why)}"
    yield from _table(
        ("check", "", "seen"),
        [(f"{each.id} {each.name}", WORDS[each.status], each.reason) for each in result.results],
    )
    yield from _table(("metric", "measured"), [(each.name, measured(each)) for each in metrics(result)])
    yield from _list("Against the baseline", list(changes(result)))
    yield from _list("What to do", [_advice(each) for each in failures(result)])


def _advice(finding: Finding) -> str:
    return f"{finding.id} {finding.level.value}: {finding.law} Seen: {finding.reason}. Do: {finding.advice}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield ""
        for row in (heads, ["---"] * len(heads)):
            yield f"| {' | '.join(row)} |"
        for row in rows:
            yield f"| {' | '.join(map(_plain, row))} |"


def _list(heading: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield ""
        yield f"### {heading}"
        yield ""
        yield from (f"* {_plain(each)}" for each in items)


def _plain(text: str) -> str:
    """Without a meaning in Markdown or HTML: what a peer sent is shown, and does nothing."""
    return SPECIAL.sub(r"\\\1", text)
