"""A law that an endpoint broke, with the shortest scenario that shows it."""

from dataclasses import dataclass
from pathlib import Path

from twiliobridge.fuzz.laws import Law
from twiliobridge.fuzz.scenario import Scenario


@dataclass
class Finding:
    law: Law
    scenario: Scenario
    seen: str
    example: int
    "Which example of the run it was, from 1; 0: a clean call before it."
    note: str = ""
    "What keeps it from being certain, if anything does."
    file: Path | None = None
    "The scenario, once it is written; a pytest file of the same name with `test_` before it is beside it."

    @property
    def name(self) -> str:
        return f"{self.law.value}-{self.scenario.category}"
