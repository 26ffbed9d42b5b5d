"""The rows for a person: a table on a terminal, a line for each fact anywhere else."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from twiliobridge.readiness.row import Row, Verdict

STYLES = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.FAILED: "bold red",
    Verdict.SKIPPED: "dim",
    Verdict.STOPPED: "dim",
}


def print_rows(rows: Sequence[Row], console: Console) -> None:
    """Where `console` is no terminal: no colour, and no line broken."""
    if console.is_terminal:
        console.print(_table(rows))
        console.print(Text(f"\n{summary(rows)}"))
        return
    for line in (*_lines(rows), summary(rows)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def summary(rows: Sequence[Row]) -> str:
    failed = _names(rows, Verdict.FAILED)
    if _names(rows, Verdict.STOPPED):
        return "INTERRUPTED: not all of it is known"
    if failed:
        return f"NOT READY: {failed}"
    doubted = _names(rows, Verdict.WARNING)
    return f"READY, but see to: {doubted}" if doubted else "READY: a call would be answered"


def _names(rows: Sequence[Row], verdict: Verdict) -> str:
    return ", ".join(row.name for row in rows if row.verdict is verdict)


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        yield f"{row.verdict.value:<7} {row.name}: {row.told}"
        if row.mend:
            yield f"        do: {row.mend}"


def _table(rows: Sequence[Row]) -> Table:
    """The verdict as a word: the colour says nothing more. A long word is broken, not shortened."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for row in rows:
        text = Text.assemble((row.name, "bold"), f"  {row.told}", overflow="fold")
        if row.mend:
            text.append(f"\ndo: {row.mend}", "italic")
        table.add_row(Text(row.verdict.value, style=STYLES[row.verdict]), text)
    return table
