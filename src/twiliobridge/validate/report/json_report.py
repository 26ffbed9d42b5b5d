"""A result as the values of `document`, and these as a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import msgspec

from twiliobridge.audio import RATE
from twiliobridge.validate.comparison import Change, Comparison
from twiliobridge.validate.metric import Metric
from twiliobridge.validate.report import document
from twiliobridge.validate.report.document import ModeName, StatusName
from twiliobridge.validate.report.wording import ALL_CHECKS, cleaned, verdict
from twiliobridge.validate.report.writing import write_whole
from twiliobridge.validate.result import (
    CallRecord,
    CheckResult,
    CutAudio,
    Finding,
    Moment,
    SelfCheck,
    Status,
    SuiteResult,
)


def write_json(result: SuiteResult, path: Path) -> None:
    """CannotWrite if it cannot be written."""
    encoded = msgspec.json.encode(report(cleaned(result)))
    write_whole(path, msgspec.json.format(encoded, indent=2) + b"\n")


def report(result: SuiteResult) -> document.ReportDocument:
    return document.ReportDocument(
        schema_version=document.SCHEMA_VERSION,
        twiliobridge=result.version,
        result=verdict(result).word,
        success=result.success,
        interrupted=result.interrupted,
        started=result.started.isoformat(),
        duration_s=_rounded(result.duration_s),
        mode=cast("ModeName", result.mode.name.lower()),
        server=result.server,
        model=result.model,
        tests=result.tests,
        audio=result.audio,
        notes=result.notes,
        totals=_totals(result),
        self_check=_self_check(result.self_check),
        metrics=_metrics(result.headline),
        checks=tuple(map(_check, result.results)),
        comparison=_comparison(result.comparison),
    )


def _comparison(comparison: Comparison | None) -> document.ComparisonDocument | None:
    if comparison is None:
        return None
    return document.ComparisonDocument(
        baseline=comparison.baseline,
        regressions=tuple(map(_change, comparison.regressions)),
        unmeasured=tuple(map(_change, comparison.unmeasured)),
    )


def _change(change: Change) -> document.ChangeDocument:
    return document.ChangeDocument(subject=change.subject, before=change.before, now=change.now)


def _totals(result: SuiteResult) -> document.TotalsDocument:
    return document.TotalsDocument(
        checks=ALL_CHECKS,
        rate=result.count(Status.PASSED) / ALL_CHECKS,
        **{_status(status): result.count(status) for status in Status},
    )


def _check(check: CheckResult) -> document.CheckDocument:
    return document.CheckDocument(
        id=check.id,
        name=check.name,
        law=check.law,
        level=check.level.value,
        status=_status(check.status),
        reason=check.reason,
        duration_s=_rounded(check.duration_s),
        findings=tuple(map(_finding, check.findings)),
        metrics=_metrics(check.metrics),
        calls=tuple(map(_call, check.calls)),
    )


def _finding(finding: Finding) -> document.FindingDocument:
    return document.FindingDocument(
        id=finding.id,
        law=finding.law,
        level=finding.level.value,
        status=_status(finding.status),
        reason=finding.reason,
        advice=finding.advice,
        source=finding.source,
        calls=finding.calls,
    )


def _metrics(metrics: Sequence[Metric]) -> tuple[document.MetricDocument, ...]:
    return tuple(
        document.MetricDocument(
            name=each.name,
            unit=each.unit,
            definition=each.definition,
            values=tuple(map(_rounded, each.values)),
            p50=_known(each.p50),
            p90=_known(each.p90),
            p95=_known(each.p95),
            min=_known(each.minimum),
            max=_known(each.maximum),
            withheld=each.withheld,
        )
        for each in metrics
    )


def _call(call: CallRecord) -> document.CallDocument:
    return document.CallDocument(
        name=call.name,
        stream_sid=call.stream_sid,
        call_sid=call.call_sid,
        duration_s=_rounded(call.duration_s),
        cut=tuple(map(_cut, call.cut)),
        moments=tuple(map(_moment, call.moments)),
    )


def _cut(cut: CutAudio) -> document.CutDocument:
    return document.CutDocument(at_s=_rounded(cut.at_s), duration_s=_rounded(len(cut.audio) / RATE))


def _moment(moment: Moment) -> document.MomentDocument:
    return document.MomentDocument(
        time_s=_rounded(moment.time_s),
        kind=moment.kind.value.replace(" ", "_"),
        text=moment.text,
        duration_s=_known(moment.duration_s),
    )


def _self_check(own: SelfCheck) -> document.SelfCheckDocument:
    return document.SelfCheckDocument(
        frames=own.frames,
        median_ms=_rounded(own.median_ms),
        p99_ms=_rounded(own.p99_ms),
        worst_ms=_rounded(own.worst_ms),
        limit_ms=own.limit_ms,
        trusted=own.trusted,
    )


def _status(status: Status) -> StatusName:
    return cast("StatusName", status.name.lower())


def _known(value: float | None) -> float | None:
    return None if value is None else _rounded(value)


def _rounded(value: float) -> float:
    """To the microsecond of seconds and the nanosecond of milliseconds: what is beyond is noise of floats."""
    return round(value, 6)
