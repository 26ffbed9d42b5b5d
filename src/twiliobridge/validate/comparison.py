"""What has become of a bridge since an earlier run, as values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    subject: str
    "The number of a rule, or the name of a metric."
    before: str
    now: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.now}, and {self.before} before"


@dataclass(frozen=True)
class Comparison:
    """A run against an earlier one."""

    baseline: str
    "The file."
    regressions: tuple[Change, ...] = ()
    "These fail the run."
    unmeasured: tuple[Change, ...] = ()
    "What the earlier run has a verdict or figures of, and this one has not."
