"""The checks, one after the other, and what they found."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import trio

from twiliobridge.caller import CallerError, NotConnected
from twiliobridge.validate.check import Check
from twiliobridge.validate.examination import Examination, Measured, Silent
from twiliobridge.validate.first_call import Hindrance
from twiliobridge.validate.law import Law
from twiliobridge.validate.material import Material
from twiliobridge.validate.measure import percentile
from twiliobridge.validate.metrics import metrics_of
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import CheckResult, Finding, Progress, SelfCheck, Status, SuiteResult
from twiliobridge.validate.target import Target

log = logging.getLogger(__name__)

PACING_LIMIT_MS = 40.0
"Two frames: a suite that is later than that would report its own lateness as the bridge's."


@dataclass
class Suite:
    """One run. What it has found so far can be asked for at any time, also when it was cancelled."""

    target: Target
    material: Material
    checks: Sequence[Check]
    tests: tuple[str, ...] = ("all",)
    skipped: Sequence[tuple[Check, str]] = ()
    "Checks that will not run, and why."
    notes: tuple[str, ...] = ()
    output: Path | None = None
    "Where the recordings of the calls are written."
    progress: Progress = field(default_factory=Silent)
    hindrance: Hindrance | None = None
    "What is known before the first check to keep some from being carried out."
    _results: list[CheckResult] = field(default_factory=list, init=False)
    _measured: list[Measured] = field(default_factory=list, init=False)
    _pacing: list[float] = field(default_factory=list, init=False)
    _began: float = field(default=0.0, init=False)
    _ended: float = field(default=0.0, init=False)
    _started: datetime = field(default_factory=lambda: datetime.now(UTC), init=False)
    _told_by: str = field(default="", init=False)
    "Id of the check that told what keeps the others from being carried out."
    _current: tuple[Check, Examination, float] | None = field(default=None, init=False)

    async def run(self) -> SuiteResult:
        """All checks. Cancelled, `result` has what was found until then."""
        self._began, self._started = trio.current_time(), datetime.now(UTC)
        self.progress.run_begins([(each.id, each.name) for each in self.checks])
        try:
            for check in self.checks:
                await self._try(check)
        finally:
            self._ended = trio.current_time()
        return self.result()

    async def _try(self, check: Check) -> None:
        """Carries the check out, unless something is known to keep it from that: the first such check has
        failed of it, and the others are skipped.
        """
        hindrance = self.hindrance
        if hindrance is None or check.id in hindrance.spares:
            await self._judge(check)
        elif self._told_by:
            self._results.append(_not_run(check, f"not tried, see {self._told_by}"))
        else:
            await self._judge(check, hindrance)

    async def _judge(self, check: Check, hindrance: Hindrance | None = None) -> None:
        examination = Examination(
            check.id, check.parts, self.target, self.material, self.progress, self._keep, self._pacing
        )
        began = trio.current_time()
        self._current = check, examination, began
        self.progress.check_begins(check.id, check.name)
        trouble = hindrance.cause if hindrance else await _carry_out(check, examination)
        if not hindrance and trouble and not examination.connected:
            trouble = await self._look_for_the_bridge(check, examination, trouble)
        if trouble:
            examination.troubled(_broken(check, hindrance), trouble)
        findings = examination.findings(
            Status.NOT_APPLICABLE,
            "not reached: the check could not be carried out" if trouble else "this run cannot tell",
        )
        self._current = None
        result = self._check_result(check, examination, findings, trio.current_time() - began)
        if self.hindrance and any(each.reason == self.hindrance.cause for each in findings):
            self._told_by = check.id
        self._results.append(result)
        self._measured += [examination.measured, examination.of_calls]
        self.progress.check_ends(result)

    async def _look_for_the_bridge(self, check: Check, examination: Examination, trouble: str) -> str:
        """A call of this check did not come about. If none does now, none of the others is tried. What has
        gone wrong, in one line.
        """
        again = Examination(
            check.id, check.parts, self.target, self.material, self.progress, lambda _: None, []
        )
        try:
            async with again.call("again"):
                return trouble
        except NotConnected:
            taken = [*(call for each in self._results for call in each.calls), *examination.records]
            if taken:
                trouble = f"after the call {taken[-1].name} the server took no call any more: {trouble}"
            self.hindrance = Hindrance(trouble)
            return trouble

    def result(self, *, interrupted: bool = False) -> SuiteResult:
        """What was found until the run ended; what was under way then counts as interrupted."""
        results = list(self._results)
        if self._current is not None:
            check, examination, began = self._current
            findings = examination.findings(Status.INTERRUPTED, "the run was stopped")
            results.append(self._check_result(check, examination, findings, self._ended - began))
        done = {each.id for each in results}
        why = {check.id: reason for check, reason in self.skipped}
        left = [each for each in self.checks if each.id not in done]
        why |= {each.id: "the run was stopped before it" for each in left}
        missing = [*(each for each, _ in self.skipped), *left]
        results += [_not_run(each, why[each.id]) for each in missing]
        self_check = self._self_check()
        return SuiteResult(
            started=self._started,
            duration_s=max(0.0, self._ended - self._began),
            mode=self.target.mode,
            server=self.target.url,
            model=self.target.model,
            tests=self.tests,
            audio=self.material.paths,
            notes=(*self.notes, *(self.target.tap.notes() if self.target.tap else ())),
            self_check=self_check,
            results=tuple(sorted(results, key=lambda each: each.id)),
            interrupted=interrupted,
            version=version("twiliobridge"),
            headline=metrics_of(self._measured, self_check),
        )

    def _check_result(
        self, check: Check, examination: Examination, findings: tuple[Finding, ...], took: float
    ) -> CheckResult:
        return CheckResult(
            id=check.id,
            name=check.name,
            law=check.law,
            level=check.level,
            findings=findings,
            duration_s=took,
            metrics=metrics_of([examination.measured], self._self_check()),
            calls=tuple(examination.records),
        )

    def _self_check(self) -> SelfCheck:
        errors = [abs(each) for each in self._pacing]
        return SelfCheck(
            frames=len(errors),
            median_ms=percentile(errors, 50),
            p99_ms=percentile(errors, 99),
            worst_ms=max(errors, default=0.0),
            limit_ms=PACING_LIMIT_MS,
        )

    def _keep(self, call: ProbeCall) -> None:
        if self.output is not None:
            call.client.save_collected_audio(self.output / call.name)


async def _carry_out(check: Check, examination: Examination) -> str:
    """Runs a check under its own deadline; returns what went wrong with it, in one line."""
    try:
        with trio.move_on_after(check.seconds) as deadline:
            await check.run(examination)
    except CallerError as error:
        return str(error)
    except Exception as error:  # the one door: a check that fails, in whatever way, must not end the run
        if failure := _of_calls(error):
            return failure
        log.exception("check %s failed", check.id)
        return f"{type(error).__name__}: {error}"
    return f"it was not over within {check.seconds:g} s" if deadline.cancelled_caught else ""


def _broken(check: Check, hindrance: Hindrance | None) -> Law:
    """Of a check that could not be carried out."""
    known = (each for each in check.parts if hindrance and each.id == hindrance.law)
    return next(known, None) or _carried_out(check)


def _of_calls(error: Exception) -> str:
    """What befell the first of calls that were placed side by side; empty if that is not all."""
    if not isinstance(error, ExceptionGroup) or error.split(CallerError)[1] is not None:
        return ""
    first: Exception = error
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return str(first)


def _carried_out(check: Check) -> Law:
    return Law(
        f"{check.id}.0",
        "The check can be carried out to its end.",
        "Twilio docs, Voice > Media Streams",
        "The reason says what the caller met; `twiliobridge call URL --verbose` shows such a call.",
    )


def _not_run(check: Check, why: str) -> CheckResult:
    return CheckResult(
        id=check.id,
        name=check.name,
        law=check.law,
        level=check.level,
        findings=(),
        duration_s=0.0,
        skipped=why,
    )
