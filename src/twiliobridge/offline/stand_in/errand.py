"""One function that the caller wants called: what it must be told, and what of that is known."""

from dataclasses import dataclass, field
from typing import Any

from twiliobridge.offline.brain import CallTool, Offer
from twiliobridge.offline.stand_in.answers import answer, implied, mentioned, told
from twiliobridge.offline.stand_in.needs import Need, Path, filled_in
from twiliobridge.offline.stems import subject


@dataclass(eq=False)
class Errand:
    offer: Offer
    needs: tuple[Need, ...]
    "Of the offer."
    known: dict[Path, Any] = field(default_factory=dict)
    _asked: dict[Path, int] = field(default_factory=dict)

    @property
    def missing(self) -> Need | None:
        """The first required argument that is not known."""
        return next((need for need in self.needs if need.required and need.path not in self.known), None)

    def begin(self, text: str) -> None:
        """Takes what the wish itself tells."""
        about = subject(f"{self.offer.name} {self.offer.description}")
        self.take(text)
        for need in self.needs:
            value = None if need.path in self.known else implied(need, text, about)
            if value is not None and value not in self.known.values():
                self.known[need.path] = value

    def take(self, text: str) -> bool:
        """Takes every argument that the sentence mentions; whether one is new, or another than before."""
        found = self._mentioned(text)
        news = any(self.known.get(path) != value for path, value in found.items())
        self.known |= found
        return news

    def answer(self, need: Need, text: str, *, free: bool) -> bool:
        """Takes the answer to the question for `need`, and what is missing besides; whether there is one.

        `free`: any words may be the answer.
        """
        insisting = self._asked.get(need.path, 0) > 1
        value = answer(need, text, insisting=insisting) if free else told(need, text)
        if value is None:
            return False
        others = {path: each for path, each in self._mentioned(text).items() if each != value}
        self.known = {**others, **self.known, need.path: value}
        return True

    def _mentioned(self, text: str) -> dict[Path, Any]:
        """What one argument has taken is not another's, too."""
        found: dict[Path, Any] = {}
        for need in self.needs:
            value = mentioned(need, text)
            if value is not None and value not in found.values():
                found[need.path] = value
        return found

    def asked(self, need: Need) -> int:
        """Counts a question; returns how often it was asked by now."""
        self._asked[need.path] = self._asked.get(need.path, 0) + 1
        return self._asked[need.path]

    def call(self) -> CallTool:
        return CallTool(self.offer.name, filled_in(self.offer, self.known))
