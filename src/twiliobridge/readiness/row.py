"""One thing that a call needs, and whether it is there."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    OK = "ok"
    WARNING = "warning"
    "Calls are answered, though not all of them, or not for everybody as it should be."
    FAILED = "FAILED"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    "The check was interrupted before it was known."


@dataclass(frozen=True)
class Row:
    name: str
    verdict: Verdict
    told: str
    "What was found, one line."
    mend: str = ""
    "What to do about it, one line; empty where there is nothing to do."


@dataclass(frozen=True)
class Fault:
    """Why something does not work, and the way out."""

    told: str
    mend: str

    def row(self, name: str) -> Row:
        return Row(name, Verdict.FAILED, self.told, self.mend)


class Failing(Exception):  # noqa: N818 -- says what it carries
    """Ends what was being found out."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.told)
        self.fault = fault


def ok(name: str, told: str) -> Row:
    return Row(name, Verdict.OK, told)


def skipped(name: str, told: str, mend: str = "") -> Row:
    return Row(name, Verdict.SKIPPED, told, mend)


def warning(name: str, told: str, mend: str) -> Row:
    return Row(name, Verdict.WARNING, told, mend)
