"""What is kept of the suite's reports: for each bridge and rule the verdict, and what is behind a red one."""

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from matrix.bridge import Bridge
from twiliobridge.validate.report.document import CallDocument, CheckDocument, FindingDocument, ReportDocument

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs" / "matrix.json"
OURS = "twiliobridge"
"Its column is the last."
MOMENTS = 40
"Of the call behind a red cell, from its beginning."
NOT_TRIED = "; not tried: "
"What follows is why a phase of the call was left out; behind a red cell it says nothing."


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    level: str
    law: str


class Cell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    status: str
    reason: str = ""
    moments: list[str] = []
    "Of the first call that shows it; only behind a red cell."

    @property
    def red(self) -> bool:
        return self.status == "failed"


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One bridge. `result` is the suite's own word, or why there is none."""

    name: str
    title: str
    source: str
    version: str
    judged: str
    "The day, as ISO 8601."
    judge: str
    late_ms: float = 0.0
    "99th percentile of how late the suite's own frames were: above 40 ms it times nothing."
    result: str
    cells: dict[str, Cell] = {}


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    rules: list[Rule] = []
    columns: list[Column] = []

    def with_column(self, column: Column, rules: Iterable[Rule]) -> "Matrix":
        """In place of the bridge's earlier one. A rule is told in its newest words."""
        columns = [each for each in self.columns if each.name != column.name]
        columns = sorted([*columns, column], key=lambda each: (each.name == OURS, each.title.lower()))
        known = {rule.id: rule for rule in (*self.rules, *rules)}
        used = {rule for each in columns for rule in each.cells}
        return Matrix(
            rules=sorted((known[rule] for rule in used), key=lambda rule: in_order(rule.id)), columns=columns
        )


def in_order(rule: str) -> tuple[int, ...]:
    """C5.10 comes after C5.9."""
    return tuple(int(number) for number in re.findall(r"\d+", rule))


def read_matrix() -> Matrix:
    return msgspec.json.decode(KEPT.read_bytes(), type=Matrix) if KEPT.exists() else Matrix()


def write_matrix(matrix: Matrix) -> None:
    KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(matrix), indent=1) + b"\n")


def column_of(bridge: Bridge, version: str, report: ReportDocument) -> Column:
    cells = {each.id: cell_of(check, each) for check in report.checks for each in check.findings}
    return Column(
        name=bridge.name,
        title=bridge.title,
        source=bridge.source,
        version=version,
        judged=report.started[:10],
        judge=f"twiliobridge {report.twiliobridge}",
        late_ms=round(report.self_check.p99_ms),
        result=report.result,
        cells=cells,
    )


def rules_of(report: ReportDocument) -> list[Rule]:
    findings = (each for check in report.checks for each in check.findings)
    return [Rule(id=each.id, level=each.level, law=each.law) for each in findings]


def cell_of(check: CheckDocument, finding: FindingDocument) -> Cell:
    if finding.status != "failed":
        return Cell(status=finding.status, reason=finding.reason)
    shown = [call for call in check.calls if call.name in finding.calls][:1]
    moments = [line for call in shown for line in moments_of(call)]
    reason, _, _ = finding.reason.partition(NOT_TRIED)
    return Cell(status=finding.status, reason=reason, moments=moments)


def moments_of(call: CallDocument) -> list[str]:
    """`  1.20 s  greeting: was heard for 2.1 s`"""
    lines = [f"{each.time_s:7.2f} s  {each.kind}: {each.text}" for each in call.moments]
    return lines[:MOMENTS]
