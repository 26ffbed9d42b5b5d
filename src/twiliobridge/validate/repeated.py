"""Several runs of the suite as one result: what failed once has failed, and all figures are pooled."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from twiliobridge.validate.metric import Metric
from twiliobridge.validate.result import CallRecord, CheckResult, Finding, Status, SuiteResult

WEIGHT = (Status.FAILED, Status.INTERRUPTED, Status.PASSED, Status.NOT_APPLICABLE, Status.SKIPPED)
"Of the verdicts on one rule, the first of these that there is counts."


def merged(runs: Sequence[SuiteResult]) -> SuiteResult:
    """Of runs of the same checks on the same bridge, in order; one run is its own result.

    Names of calls begin with the number of their run.
    """
    if len(runs) == 1:
        return runs[0]
    named = [_named(run, number) for number, run in enumerate(runs, 1)]
    first = named[0]
    return replace(
        first,
        duration_s=sum(each.duration_s for each in named),
        notes=(*first.notes, f"the checks ran {len(named)} times"),
        self_check=max((each.self_check for each in named), key=lambda each: each.p99_ms),
        results=tuple(_check([run.results[place] for run in named]) for place in range(len(first.results))),
        interrupted=any(each.interrupted for each in named),
        headline=_pooled(chain.from_iterable(each.headline for each in named)),
    )


def _named(run: SuiteResult, number: int) -> SuiteResult:
    return replace(run, results=tuple(_renamed(check, f"run{number}-") for check in run.results))


def _renamed(check: CheckResult, prefix: str) -> CheckResult:
    def call(record: CallRecord) -> CallRecord:
        return replace(record, name=prefix + record.name)

    def finding(found: Finding) -> Finding:
        return replace(found, calls=tuple(prefix + name for name in found.calls))

    return replace(check, calls=tuple(map(call, check.calls)), findings=tuple(map(finding, check.findings)))


def _check(checks: Sequence[CheckResult]) -> CheckResult:
    """One check of all runs. A run that was stopped has left it out: the others have not."""
    ran = [each for each in checks if not each.skipped] or checks[:1]
    by_rule: dict[str, list[Finding]] = {}
    for each in chain.from_iterable(check.findings for check in ran):
        by_rule.setdefault(each.id, []).append(each)
    return replace(
        ran[0],
        findings=tuple(_finding(each) for each in by_rule.values()),
        duration_s=sum(each.duration_s for each in ran),
        metrics=_pooled(chain.from_iterable(each.metrics for each in ran)),
        calls=tuple(chain.from_iterable(each.calls for each in ran)),
    )


def _finding(found: Sequence[Finding]) -> Finding:
    decisive = next(status for status in WEIGHT if any(each.status is status for each in found))
    same = [each for each in found if each.status is decisive]
    often = f" (in {len(same)} of {len(found)} runs)" if len(same) < len(found) else ""
    calls = tuple(chain.from_iterable(each.calls for each in same))
    return replace(same[0], reason=same[0].reason + often, calls=calls)


def _pooled(metrics: Iterable[Metric]) -> tuple[Metric, ...]:
    """By name, in order of appearance. What one run withheld, the others may have measured."""
    by_name: dict[str, list[Metric]] = {}
    for each in metrics:
        by_name.setdefault(each.name, []).append(each)
    return tuple(_pool(each) for each in by_name.values())


def _pool(same: Sequence[Metric]) -> Metric:
    values = tuple(chain.from_iterable(each.values for each in same))
    return replace(same[0], values=values, withheld="" if values else same[0].withheld)
