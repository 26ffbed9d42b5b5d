from enum import Enum


class Mode(Enum):
    """How somebody speaks."""

    REALTIME = "realtime"
    "The microphone is open, as on a telephone."
    INTERACTIVE = "interactive"
    "By the Enter key, turn by turn."
