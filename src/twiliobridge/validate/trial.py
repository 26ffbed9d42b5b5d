"""One law, tried once in one phase of a call; and the verdict on a law from all its trials."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from twiliobridge.validate.examination import Examination


@dataclass(frozen=True)
class Trial:
    law_id: str
    done: str
    "What the suite did: hung up."
    phase: str
    "When: in a quiet moment."
    call: str
    "Its name."
    fault: str = ""
    "What was wrong; empty if nothing was."
    missed: str = ""
    "Why it was not tried; empty if it was."
    busy: bool = False
    "It was not tried because the suite itself was too slow."
    unplaced: bool = False
    "It was not tried because no call came about."
    value: float | None = None
    "What was measured; None if nothing was."

    @property
    def tried(self) -> bool:
        return not self.missed

    def failed(self, fault: str) -> Self:
        """What was wrong first stays."""
        return replace(self, fault=self.fault or fault)


def judge(exam: Examination, law_id: str, trials: Iterable[Trial], held: str) -> None:
    """The law holds if it was tried, and nothing was wrong in any trial. `held` says so, with `{}` for the
    largest value.
    """
    own = [each for each in trials if each.law_id == law_id]
    if not any(each.tried or each.busy for each in own):
        exam.not_applicable(law_id, told(own, held) or "it was not reached")
        return
    faults = tuple(each.call for each in own if each.fault)
    if not faults and any(each.busy for each in own):
        exam.inconclusive(law_id, told(own, held))
        return
    exam.found(law_id, holds=not faults, seen=told(own, held), calls=faults)


def told(trials: Sequence[Trial], held: str) -> str:
    """What was wrong, by phase, else what was measured; and what was not tried, and why."""
    faulty, tried, missed = (
        [each for each in trials if each.fault],
        [each for each in trials if each.tried],
        [each for each in trials if each.missed],
    )
    parts = [f"{phases}: {why}" for why, phases in _grouped((each.fault, each) for each in faulty)]
    if tried and not faulty:
        values = [each.value for each in tried if each.value is not None]
        worst = max(values, default=0.0)
        parts.append(f"{_in_phases(tried)}: {held.format(round(worst))}")
    parts += [
        f"not tried: {phases} ({why})" for why, phases in _grouped((each.missed, each) for each in missed)
    ]
    return "; ".join(parts)


def _grouped(reasons: Iterable[tuple[str, Trial]]) -> list[tuple[str, str]]:
    """Each reason once, with the phases that it is about."""
    trials: dict[str, list[Trial]] = {}
    for reason, trial in reasons:
        trials.setdefault(reason, []).append(trial)
    return [(reason, _in_phases(each)) for reason, each in trials.items()]


def _in_phases(trials: Sequence[Trial]) -> str:
    """What was done, and when: hung up during the greeting and in a quiet moment, `stop` alone ..."""
    deeds: dict[str, dict[str, None]] = {}
    for each in trials:
        deeds.setdefault(each.done, {})[each.phase] = None
    return ", ".join(f"{done} {_listed(list(phases))}" for done, phases in deeds.items())


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
