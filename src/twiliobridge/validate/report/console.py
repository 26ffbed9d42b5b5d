"""The report for a person: laid out on a terminal, one line for each fact anywhere else."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from twiliobridge.validate.metric import SAMPLES_FOR_P50, SAMPLES_FOR_P95, Metric
from twiliobridge.validate.report import wording
from twiliobridge.validate.report.plain import facts, lines
from twiliobridge.validate.report.wording import (
    WORDS,
    changes,
    cleaned,
    duration,
    extent,
    failures,
    figure,
    metrics,
    totals,
    verdict,
)
from twiliobridge.validate.result import CheckResult, Finding, Level, Status, SuiteResult

STYLES = {
    Status.PASSED: "green",
    Status.FAILED: "bold red",
    Status.NOT_APPLICABLE: "dim",
    Status.SKIPPED: "dim",
    Status.INTERRUPTED: "yellow",
}
VERDICT_STYLES = {
    "SUCCESS": "bold green",
    "FAILED": "bold red",
    "INCOMPLETE": "bold yellow",
    "INTERRUPTED": "bold yellow",
}
WIDE = 90
"Columns from which the figures of a metric stand beside its name."


def print_report(result: SuiteResult, console: Console) -> None:
    """Where `console` is no terminal: no colour, no boxes, no line broken."""
    result = cleaned(result)
    if console.is_terminal:
        console.print(Group(*_parts(result, console.width)))
        return
    for line in lines(result):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _parts(result: SuiteResult, width: int) -> Iterator[RenderableType]:
    yield Rule("twilio bridge validation", style="dim")
    yield _facts(result)
    yield Padding(_checks(result.results), (1, 0))
    yield Text(f"Totals: {totals(result)}")
    measured = list(metrics(result))
    if measured:
        yield _heading("Metrics")
        yield _metrics(measured) if width >= WIDE else _metric_lines(measured)
    if changed := list(changes(result)):
        yield _heading("Against the baseline")
        yield Group(*map(_text, changed))
    yield Padding(Text(result.self_check.line, style="dim"), (1, 0, 0, 0))
    failed = list(failures(result))
    if failed:
        yield _heading("What to do")
        yield Group(*(_advice(each) for each in failed))


def _facts(result: SuiteResult) -> RenderableType:
    grid = _grid()
    for name, value in facts(result):
        style = VERDICT_STYLES[verdict(result).word] if name == "Result" else ""
        grid.add_row(Text(name, style="dim"), _text(value, style))
    return grid


def _checks(checks: Sequence[CheckResult]) -> RenderableType:
    """The status as a word: the colour says nothing more."""
    grid = _grid()
    for check in checks:
        line = Text.assemble(
            (check.name, "bold"), (f"  {duration(check.duration_s)}", "dim"), overflow="fold"
        )
        line.append(f"\n{check.reason}")
        grid.add_row(Text(WORDS[check.status], style=STYLES[check.status]), Text(check.id), line)
    return grid


def _metrics(measured: Sequence[Metric]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    for name in ("p50", "p90", "p95", "range", "n"):
        table.add_column(name, justify="right")
    for each in measured:
        table.add_row(Text(each.name), *_figures(each))
    note = f"p50 from {SAMPLES_FOR_P50} samples on, p90 and p95 from {SAMPLES_FOR_P95} on."
    return Group(table, *_withheld(measured), Text(note, style="dim"))


def _metric_lines(measured: Sequence[Metric]) -> RenderableType:
    """Two lines for each: for terminals that are too narrow for the table."""
    texts = [(Text(each.name), Text(f"  {wording.measured(each)}", style="dim")) for each in measured]
    return Group(*(text for pair in texts for text in pair))


def _figures(metric: Metric) -> tuple[str, ...]:
    ranks = [figure(each, metric.unit) for each in (metric.p50, metric.p90, metric.p95)]
    return (*ranks, extent(metric), str(len(metric.values)))


def _withheld(measured: Sequence[Metric]) -> Iterator[Text]:
    for each in measured:
        if each.withheld:
            yield Text(f"{each.name} is withheld: {each.withheld}", style="yellow")


def _advice(finding: Finding) -> RenderableType:
    style = "bold red" if finding.level is Level.MUST else "bold yellow"
    heading = Text.assemble((finding.id, style), f"  {finding.level.value}: {finding.law}", overflow="fold")
    grid = _grid()
    rows = (("Seen", finding.reason), ("Do", finding.advice), ("Source", finding.source))
    for name, text in rows:
        if text:
            grid.add_row(Text(name, style="dim"), _text(text))
    return Padding(Group(heading, Padding(grid, (0, 0, 0, 2))), (0, 0, 1, 0))


def _heading(text: str) -> RenderableType:
    return Padding(Text(text, style="bold"), (1, 0, 0, 0))


def _text(text: str, style: str = "") -> Text:
    return Text(text, style=style, overflow="fold")


def _grid() -> Table:
    """A column for names, and one that takes the rest; a long word is broken, not shortened."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    return grid
