"""Noise that is taken for speech: when it begins, and when it ends."""

import math
from collections.abc import Iterable, Sequence
from enum import Enum
from random import Random

from twiliobridge.offline.faults import Noise
from twiliobridge.offline.incidents import Draws, Incident, Moment
from twiliobridge.offline.jobs import Action
from twiliobridge.offline.moments import Moments

LATEST = 1.0
"Seconds from the moment to the noise, at the most: some of it falls into the generation of an answer."


class Turn(Enum):
    BEGINS = "begins"
    ENDS = "ends"


class Noises:
    """One at a time. The same seed, the same noises."""

    def __init__(self, incidents: Sequence[Incident[Noise]], seed: str) -> None:
        self._draws = {
            moment: Draws([each for each in incidents if each.what.moment is moment], f"{seed}/{moment.word}")
            for moment in Moment
        }
        self._rng = Random(f"{seed}/noise")  # noqa: S311 -- an accident, no secret
        self._begins = self._ends = math.inf
        self._seconds = 0.0
        self.moments = Moments()

    def saw(self, actions: Iterable[Action], now: float) -> None:
        """What goes out: with some of it a moment is reached in which there may be noise."""
        for action in actions:
            self._at(self.moments.reached(action), now)

    def _at(self, moment: Moment | None, now: float) -> None:
        under_way = min(self._begins, self._ends) < math.inf
        if moment is None or under_way:
            return
        noise = self._draws[moment].next()
        if noise is not None:
            self._seconds = noise.amount / 1000
            self._begins = now + self._rng.uniform(0, LATEST)

    def deadline(self) -> float | None:
        due = min(self._begins, self._ends, self.moments.deadline() or math.inf)
        return None if math.isinf(due) else due

    def wake(self, now: float) -> Turn | None:
        self._at(self.moments.wake(now), now)
        if now >= self._ends:
            self._ends = math.inf
            return Turn.ENDS
        if now >= self._begins:
            self._begins, self._ends = math.inf, now + self._seconds
            return Turn.BEGINS
        return None
