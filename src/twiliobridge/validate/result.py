"""What a run of the suite found, as values. Reports render these and ask for nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from twiliobridge.validate.comparison import Comparison
from twiliobridge.validate.metric import Metric

EIGHT = frozenset(f"C{number}" for number in range(1, 9))


class Level(Enum):
    """How much a law weighs."""

    MUST = "MUST"
    "Not kept, it fails the run."
    SHOULD = "SHOULD"
    "Not kept, it is reported with its advice, and fails nothing."
    INFO = "INFO"
    "How the bridge is. Either is good; nothing is to be mended."


class Status(Enum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not measured"
    "It cannot be seen in this run, or was not there to be looked at: never counted as passed."
    SKIPPED = "skipped"
    "It was not asked for."
    INTERRUPTED = "interrupted"
    "The run was stopped before it was decided."


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The verdict of one sub-check."""

    id: str
    "C3.2"
    law: str
    "One sentence that is true of a good bridge."
    level: Level
    status: Status
    reason: str
    "What was seen."
    advice: str = ""
    "What to do about it; empty where nothing is to be done."
    source: str
    "The section of a vendor's documentation on which the law rests."
    calls: tuple[str, ...] = ()
    "Names of the CallRecords in which it was seen."
    inconclusive: bool = False
    "Not measured only because the suite itself was too slow to tell: its check has not passed."
    core: bool = False
    "Its check is about this above all: where it was not measured, the check has not passed."


class MomentKind(Enum):
    CALLER_SPEECH = "caller speech"
    AGENT_SPEECH = "agent speech"
    CALLER_SAYS = "caller says"
    "In words, as the model understood them; its duration is that of the speech."
    AGENT_SAYS = "agent says"
    "In words, as the model wrote them, from where they began to come; its duration is that of the speech."
    MEDIA_GAP = "media gap"
    "Between two media messages of one answer nothing came for longer than the buffer lasted."
    MARK_SENT = "mark sent"
    "By the bridge."
    MARK_BACK = "mark back"
    CLEAR = "clear"
    DTMF = "dtmf"
    TOOL = "tool"
    CUT = "cut"
    "Sent, and flushed by `clear` unheard."
    MODEL = "model"
    "Something that the model received or sent; only where it is visible."
    LINE = "line"
    "start, stop, a drop, a warning that Twilio would log."


@dataclass(frozen=True, kw_only=True)
class Moment:
    time_s: float
    "On the call's clock: 0 is the first sample of CallRecord.caller and of CallRecord.agent."
    kind: MomentKind
    text: str
    duration_s: float | None = None
    "None for what has no length."


@dataclass(frozen=True, kw_only=True)
class CutAudio:
    at_s: float
    "Where it would have begun to be heard."
    audio: bytes
    "mu-law, 8 kHz"


@dataclass(frozen=True, kw_only=True)
class CallRecord:
    """One call as it was heard. Both sides are mu-law bytes at 8 kHz on one clock, 8 bytes a millisecond,
    silence 0xFF.
    """

    name: str
    "Unique in a run, fit for a file name: c4-tone"
    check_id: str
    "C4"
    stream_sid: str
    call_sid: str
    caller: bytes
    agent: bytes
    cut: tuple[CutAudio, ...] = ()
    moments: tuple[Moment, ...] = ()
    "In order of time_s."

    @property
    def duration_s(self) -> float:
        return max(len(self.caller), len(self.agent)) / 8000


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    id: str
    "C1 to C8"
    name: str
    law: str
    level: Level
    findings: tuple[Finding, ...]
    duration_s: float
    metrics: tuple[Metric, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    skipped: str = ""
    "Why it was not run."

    @property
    def status(self) -> Status:
        """FAILED if a MUST failed; PASSED needs a MUST that passed, and none left open. What the bridge does
        not let one see leaves nothing open, unless it is the core of the check; what the suite was too slow
        to see does.
        """
        if self.skipped:
            return Status.SKIPPED
        found = [each.status for each in self.findings if each.level is Level.MUST]
        for decisive in (Status.FAILED, Status.INTERRUPTED):
            if decisive in found:
                return decisive
        return Status.PASSED if Status.PASSED in found and not self._open else Status.NOT_APPLICABLE

    @property
    def _open(self) -> Sequence[Finding]:
        """Findings without which the check has not passed."""
        unmeasured = [each for each in self.findings if each.status is Status.NOT_APPLICABLE]
        return [each for each in unmeasured if each.inconclusive or each.core]

    @property
    def reason(self) -> str:
        """One line: what was seen first of what explains the status."""
        if self.skipped:
            return self.skipped
        left_open = self._open
        explains = sorted(self.findings, key=lambda each: each not in left_open)
        seen = [each.reason for each in explains if each.status is self.status]
        if self.status is not Status.PASSED:
            return seen[0] if seen else ""
        parts = [f"{len(seen)} of {len(self.findings)} rules {'holds' if len(seen) == 1 else 'hold'}"]
        if lax := sum(each.status is Status.FAILED and each.level is Level.SHOULD for each in self.findings):
            parts.append("1 recommended one does not" if lax == 1 else f"{lax} recommended ones do not")
        if untold := self._count(Status.NOT_APPLICABLE):
            parts.append(f"{untold} not measured")
        return ", ".join(parts)

    def _count(self, status: Status) -> int:
        return sum(each.status is status for each in self.findings)


class Mode(Enum):
    OWNING = "owning"
    "The suite started the bridge itself, and sees it and its model."
    BLACK_BOX = "black box"


@dataclass(frozen=True, kw_only=True)
class SelfCheck:
    """The suite's own clock: how late its frames left, against the schedule of one per 20 ms."""

    frames: int
    median_ms: float
    p99_ms: float
    worst_ms: float
    limit_ms: float
    "Above this p99, latencies are withheld: they would be this machine's, not the bridge's."

    @property
    def trusted(self) -> bool:
        return self.frames > 0 and self.p99_ms <= self.limit_ms

    @property
    def line(self) -> str:
        if self.frames == 0:
            return "self-check: no frame was sent; no latency is given"
        figures = f"median {self.median_ms:.1f} ms, p99 {self.p99_ms:.1f} ms, worst {self.worst_ms:.1f} ms"
        if self.trusted:
            return f"self-check: own pacing error {figures} over {self.frames} frames"
        return f"self-check: own pacing error {figures}: above {self.limit_ms:g} ms, so no latency is given"


@dataclass(frozen=True, kw_only=True)
class SuiteResult:
    started: datetime
    "Aware."
    duration_s: float
    mode: Mode
    server: str
    "The address that was judged."
    model: str
    "What answered, as far as known: gpt-realtime-2.1, offline model, not visible"
    tests: tuple[str, ...]
    "As asked: all, or protocol, single ..."
    audio: tuple[str, ...]
    "The audio files used, as paths."
    notes: tuple[str, ...]
    "Lines that the report must say: microphone tests not asked for, no key ..."
    self_check: SelfCheck
    results: tuple[CheckResult, ...]
    interrupted: bool = False
    version: str = ""
    "Of twiliobridge."
    headline: tuple[Metric, ...] = field(default=())
    "All that was measured, first what a caller notices first; what a check measured is in its result, too."
    comparison: Comparison | None = None
    "With an earlier run, if one was named."

    @property
    def success(self) -> bool:
        """All eight passed. Anything skipped, not measured or interrupted is not a pass."""
        passed = {each.id for each in self.results if each.status is Status.PASSED}
        return not self.interrupted and passed >= EIGHT and not self.failed and not self.regressed

    @property
    def acceptable(self) -> bool:
        """Nothing that was asked for failed, and something passed: what exit code 0 says of a part of the
        suite, or of a bridge into which one cannot see.
        """
        passed = any(each.status is Status.PASSED for each in self.results)
        return not self.interrupted and passed and not self.failed and not self.regressed

    @property
    def failed(self) -> bool:
        return any(each.status is Status.FAILED for each in self.results)

    @property
    def regressed(self) -> bool:
        """Something is worse than in the run that this one was compared with."""
        return self.comparison is not None and bool(self.comparison.regressions)

    @property
    def besides(self) -> tuple[CheckResult, ...]:
        """What was asked for beside the eight: the microphone's."""
        return tuple(each for each in self.results if each.id not in EIGHT)

    def count(self, status: Status) -> int:
        """Of the eight."""
        return sum(each.status is status for each in self.results if each.id in EIGHT)


class Progress(Protocol):
    """Is told how a run goes on, as it happens, in the run's own thread. Never waits, never raises."""

    def run_begins(self, checks: Sequence[tuple[str, str]]) -> None:
        """(id, name) of the checks that will run, in order."""

    def check_begins(self, check_id: str, name: str) -> None: ...

    def call_begins(self, check_id: str, call: str) -> None:
        """`call` is the name of the CallRecord to come."""

    def noted(self, check_id: str, call: str, moment: Moment) -> None:
        """Something happened on a call that is under way; in the order in which it happened."""

    def call_ends(self, check_id: str, call: str) -> None: ...

    def check_ends(self, result: CheckResult) -> None: ...
