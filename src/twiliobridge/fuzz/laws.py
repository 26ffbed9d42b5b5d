"""What every endpoint must keep, whatever a caller's side says to it."""

from dataclasses import dataclass
from enum import Enum


class Law(Enum):
    """In order of gravity: of several that one call breaks, the first is told."""

    NEXT_CALL = "next-call"
    ANSWERS = "answers"
    NO_CRASH = "no-crash"
    LEGAL = "legal"
    AS_FAST = "as-fast"

    @property
    def sentence(self) -> str:
        return SENTENCES[self]


SENTENCES = {
    Law.NEXT_CALL: "The next clean call still works.",
    Law.ANSWERS: "What is asked as in a clean call is answered as in a clean call, or the call is closed.",
    Law.NO_CRASH: "No call ends in an internal error: no 5xx, no 1011, no connection that is just gone.",
    Law.LEGAL: "Whatever the endpoint says is legal for Twilio.",
    Law.AS_FAST: "After the run the endpoint answers as fast as before it.",
}


@dataclass(frozen=True)
class Breach:
    """A law that was broken, and the evidence in one line."""

    law: Law
    seen: str
    by_clock: bool = False
    "Whether it is a matter of time, which a busy machine can feign, and not of what was said."


def gravest(breaches: list[Breach]) -> list[Breach]:
    order = list(Law)
    return sorted(breaches, key=lambda breach: order.index(breach.law))
