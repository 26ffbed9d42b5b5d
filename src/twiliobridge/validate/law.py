from dataclasses import dataclass

from twiliobridge.validate.result import Level


@dataclass(frozen=True)
class Law:
    """One thing that must be true of a bridge: what a finding is about."""

    id: str
    "C3.2"
    text: str
    source: str
    "The section of a vendor's documentation that says so."
    advice: str
    "What to do about it when it is not."
    level: Level = Level.MUST
    done: str = ""
    "What the suite does on the line to find out: one or two sentences."
    core: bool = False
    "The check is about this above all: where it was not measured, the check has not passed."
