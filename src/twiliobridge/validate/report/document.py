"""The JSON report: its types are its schema, and docs/validate-reports.md describes them.

A field that is added leaves SCHEMA_VERSION as it is; one that is removed, or that means something else,
raises it.
"""

from typing import Final, Literal

import msgspec

SCHEMA_VERSION: Final = 1

VerdictName = Literal["SUCCESS", "FAILED", "INCOMPLETE", "INTERRUPTED"]
ModeName = Literal["owning", "black_box"]
StatusName = Literal["passed", "failed", "not_applicable", "skipped", "interrupted"]
LevelName = Literal["MUST", "SHOULD", "INFO"]


class FindingDocument(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    law: str
    level: LevelName
    status: StatusName
    reason: str
    advice: str
    source: str
    calls: tuple[str, ...]
    "Names of calls of the same check."


class MetricDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Percentiles by nearest rank; null where there are too few values: p50 under 5, p90 and p95 under 20."""

    name: str
    unit: str
    definition: str
    values: tuple[float, ...]
    p50: float | None
    p90: float | None
    p95: float | None
    min: float | None
    max: float | None
    withheld: str


class MomentDocument(msgspec.Struct, frozen=True, kw_only=True):
    time_s: float
    kind: str
    text: str
    duration_s: float | None


class CutDocument(msgspec.Struct, frozen=True, kw_only=True):
    at_s: float
    duration_s: float


class CallDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Times count from the first sample of the call."""

    name: str
    stream_sid: str
    call_sid: str
    duration_s: float
    cut: tuple[CutDocument, ...]
    moments: tuple[MomentDocument, ...]


class CheckDocument(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    law: str
    level: LevelName
    status: StatusName
    reason: str
    duration_s: float
    findings: tuple[FindingDocument, ...]
    metrics: tuple[MetricDocument, ...]
    calls: tuple[CallDocument, ...]


class SelfCheckDocument(msgspec.Struct, frozen=True, kw_only=True):
    """How late the frames of the suite itself were, against its schedule."""

    frames: int
    median_ms: float
    p99_ms: float
    worst_ms: float
    limit_ms: float
    trusted: bool


class TotalsDocument(msgspec.Struct, frozen=True, kw_only=True):
    checks: int
    passed: int
    failed: int
    not_applicable: int
    skipped: int
    interrupted: int
    rate: float
    "Passed / checks, 0 to 1."


class ChangeDocument(msgspec.Struct, frozen=True, kw_only=True):
    subject: str
    "The number of a rule, or the name of a metric."
    before: str
    now: str


class ComparisonDocument(msgspec.Struct, frozen=True, kw_only=True):
    baseline: str
    regressions: tuple[ChangeDocument, ...]
    unmeasured: tuple[ChangeDocument, ...]


class ReportDocument(msgspec.Struct, frozen=True, kw_only=True):
    schema_version: Literal[1]
    twiliobridge: str
    "Version of the program."
    result: VerdictName
    success: bool
    interrupted: bool
    started: str
    "ISO 8601, with its offset."
    duration_s: float
    mode: ModeName
    server: str
    model: str
    tests: tuple[str, ...]
    audio: tuple[str, ...]
    notes: tuple[str, ...]
    totals: TotalsDocument
    self_check: SelfCheckDocument
    metrics: tuple[MetricDocument, ...]
    checks: tuple[CheckDocument, ...]
    comparison: ComparisonDocument | None
    "null unless `--baseline` named an earlier report."
