"""The phases of a call, and every way from one to another. What the table does not list does not happen."""

from collections.abc import Mapping
from enum import Enum


class Phase(Enum):
    WAITING = "waiting"
    "For the phone's `start`, the model's session, or both."
    TALKING = "talking"
    CLOSING = "closing"
    "What is queued is still being heard; then the line closes."
    ENDED = "ended"


WAITING, TALKING = Phase.WAITING, Phase.TALKING
"Looked up once: up to Python 3.11 an enum is slow to find a member, and each frame asks for these."


class Step(Enum):
    OPEN = "both sides stand"
    CLOSE = "the last words are to be heard"
    CALL_OFF = "the caller interrupts the goodbye"
    END = "the call is over"


TRANSITIONS: Mapping[Phase, Mapping[Step, Phase]] = {
    Phase.WAITING: {Step.OPEN: Phase.TALKING, Step.END: Phase.ENDED},
    Phase.TALKING: {Step.CLOSE: Phase.CLOSING, Step.END: Phase.ENDED},
    Phase.CLOSING: {Step.CALL_OFF: Phase.TALKING, Step.END: Phase.ENDED},
    Phase.ENDED: {},
}
