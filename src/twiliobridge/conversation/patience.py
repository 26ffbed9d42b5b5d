"""How far a silence of the caller has gone."""

from dataclasses import dataclass
from enum import Enum


class Patience(Enum):
    WHOLE = "nothing was done about it"
    ASKED = "the caller was asked whether they are there"
    OVER = "goodbye was said"


@dataclass(slots=True)
class CallerSilence:
    patience: Patience = Patience.WHOLE
    since: float = 0.0
    "When the caller last said or pressed something."

    def broken(self, now: float) -> None:
        self.patience, self.since = Patience.WHOLE, now
