"""The seams between a session and the programs that listen and speak."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from twiliobridge.conversation.vad import EnergyGate, Gate

Int16 = npt.NDArray[np.int16]


class Recogniser(Protocol):
    """Speech to text. Called in a thread, one call at a time."""

    name: str

    def recognise(self, samples: Int16, rate: int) -> str:
        """The words in a whole turn: int16 samples, shape (n,), at `rate` Hz. Empty where there are none."""
        ...


class Voice(Protocol):
    """Text to speech. Called in a thread, one piece at a time."""

    name: str
    rate: int
    "Hz of what `speak` gives."

    def speak(self, text: str) -> Iterable[Int16]:
        """The speech in pieces, each a sentence or less, so that the first is ready early."""
        ...


@runtime_checkable
class Closable(Protocol):
    """A speech detector that holds what another session can use."""

    def close(self) -> None:
        """It hears no more. Idempotent."""
        ...


class EngineFailed(Exception):  # noqa: N818 -- an event in a session's life, which goes on
    """An engine could not do its work; the message is one line for the log. It raises nothing else."""


@dataclass(frozen=True)
class Engines:
    """What a server listens and speaks with; shared by all its sessions."""

    voice: Voice
    recogniser: Recogniser | None = None
    "None: the transcript is what the script expects next."
    gate: Callable[[], Gate] = EnergyGate
    "Makes the speech detector of one session."
    at_once: bool = False
    "They only look things up: no thread is worth it, and in virtual time a thread would be out of step."

    def can_say(self, text: str) -> bool:
        """Whether the voice can speak this. A recorded one has only so many sentences, and a `can_say`."""
        return bool(getattr(self.voice, "can_say", bool)(text))

    @property
    def names(self) -> str:
        """One line: which engines these are."""
        gate = getattr(self.gate, "name", "energy gate")
        ears = self.recogniser.name if self.recogniser else "none (the script's next line is taken as heard)"
        return f"turns: {gate}; recognition: {ears}; voice: {self.voice.name}"
