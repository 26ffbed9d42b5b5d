"""A check: one law with its sub-checks, and the function that finds out."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.result import Level

Run = Callable[[Examination], Awaitable[None]]


@dataclass(frozen=True)
class Check:
    id: str
    name: str
    law: str
    level: Level
    source: str
    seconds: float
    "After so long it is over, and has failed."
    parts: tuple[Law, ...]
    run: Run
    microphone: bool = False
    "Needs somebody to speak."


_REGISTRY: dict[str, Check] = {}


def check(
    check_id: str,
    name: str,
    law: str,
    *parts: Law,
    source: str,
    seconds: float,
    level: Level = Level.MUST,
    microphone: bool = False,
) -> Callable[[Run], Run]:
    """Registers the function below as the check `check_id`."""

    def register(run: Run) -> Run:
        _REGISTRY[check_id] = Check(check_id, name, law, level, source, seconds, parts, run, microphone)
        return run

    return register


def registered() -> Sequence[Check]:
    """All checks, in the order of their ids."""
    return [_REGISTRY[each] for each in sorted(_REGISTRY)]
