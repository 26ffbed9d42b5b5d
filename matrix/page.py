"""docs/matrix.md: what the last whole run has found."""

from collections.abc import Iterator, Sequence

from matrix.confirmed import Confirmations, confirmation
from matrix.verdicts import ROOT, Cell, Column, Matrix
from matrix.withdrawn import STATUS

PAGE = ROOT / "docs" / "matrix.md"
MARKS = {"passed": "yes", "failed": "**red**", STATUS: "?"}
UNTOLD = "-"
UNCONFIRMED = "not confirmed in its source"

HEAD = """\
# Bridges that nobody here wrote, and ours

`nox -s matrix` installs these bridges from PyPI and npm in environments of their own, starts each beside
`twiliobridge validate --bridge-url ... --listen-model ...`, and shows what the suite says. A bridge that no
registry has is named by `-- --checkout NAME=PATH`, with a folder or a Git repository; without it, its column
stays as it was. `-- --bridge NAME` runs a part. `-- --write` writes this page, [its HTML twin](matrix.html),
which has the course of the calls behind the red cells, and [their data](matrix.json). What was run, and how,
is in `matrix/bridges/`, a file each. `twiliobridge validate --explain CHECK` has the source of each rule.

These are verdicts of one suite on one version on one day, in one configuration: the smallest that the
bridge's own documentation gives. A sample shows how to begin, and a library leaves things to its user on
purpose. A red cell says what a call would meet, not what the authors owe anybody. Corrections are welcome.

`late` is the suite's own delay, at the 99th percentile of its frames. On a busy machine it is long, and
what depends on times may not be told.
"""

CELLS = """\
## By rule

`yes`: the rule holds. **red**: it does not, and below is what was found. `-`: it could not be told, or was
not asked, which counts as neither. `?`: the source contradicts the suite's verdict, which is withdrawn.
"""

BEHIND = """\
## What is behind each red cell

Each was confirmed in the source of the version that was judged, at the place that is named.
"""


WITHDRAWN = """\
## What is withdrawn

These are faults of the suite, and none of the bridge's.
"""


def page(matrix: Matrix, known: Confirmations) -> str:
    parts = [
        [HEAD, *bridges(matrix)],
        [CELLS, *cells(matrix)],
        [BEHIND, *(line for column in matrix.columns for line in behind(matrix, column, known))],
    ]
    if gone := list(withdrawn(matrix)):
        parts.append([WITHDRAWN, *gone])
    return "\n\n".join("\n".join(part).rstrip() for part in parts) + "\n"


def bridges(matrix: Matrix) -> Iterator[str]:
    yield row(
        ["bridge", "version", "repository", "rules that hold", "red", "not told", "judged on", "by", "late"]
    )
    yield row(["---"] * 9)
    for column in matrix.columns:
        told = [column.title, column.version, column.source, *counts(column), *judging(column)]
        yield row(told)


def judging(column: Column) -> list[str]:
    return [column.judged, column.judge, f"{column.late_ms:.0f} ms"]


def counts(column: Column) -> list[str]:
    """Of a bridge that could not be judged, why."""
    if not column.cells:
        return [column.result, UNTOLD, UNTOLD]
    marks = [mark(cell) for cell in column.cells.values()]
    told = (marks.count(MARKS["passed"]), marks.count(MARKS["failed"]))
    return [*map(str, told), str(len(marks) - sum(told))]


def cells(matrix: Matrix) -> Iterator[str]:
    yield row(["rule", "level", "it holds if", *(column.title for column in matrix.columns)])
    yield row(["---"] * (3 + len(matrix.columns)))
    for rule in matrix.rules:
        found = [mark(column.cells.get(rule.id)) for column in matrix.columns]
        yield row([rule.id, rule.level, rule.law, *found])


def mark(cell: Cell | None) -> str:
    return UNTOLD if cell is None else MARKS.get(cell.status, UNTOLD)


def row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(text.replace('|', '/') for text in texts)} |"


def behind(matrix: Matrix, column: Column, known: Confirmations) -> Iterator[str]:
    red = [rule for rule in matrix.rules if rule.id in column.cells and column.cells[rule.id].red]
    if not red:
        return
    yield f"### {column.title}, {column.version}\n"
    for rule in red:
        found = sentence(column.cells[rule.id].reason)
        yield f"* **{rule.id}** ({rule.level}) {found} {where(column, rule.id, known)}"
    yield ""


def withdrawn(matrix: Matrix) -> Iterator[str]:
    for column in matrix.columns:
        for rule, cell in column.cells.items():
            if cell.status == STATUS:
                yield f"* {column.title}, **{rule}**: {sentence(cell.reason)}"


def sentence(text: str) -> str:
    """Ends with a full stop, and begins with a capital."""
    return text[:1].upper() + text[1:].rstrip(".") + "."


def where(column: Column, rule: str, known: Confirmations) -> str:
    found = confirmation(known, column, rule)
    return f"`{found.place}`: {sentence(found.says)}" if found else f"**{UNCONFIRMED}**"
