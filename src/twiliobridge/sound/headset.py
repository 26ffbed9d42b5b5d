"""What a caller speaks into and hears from. `PortAudio` is this machine's; all with these methods will do."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from twiliobridge.audio import Int16

MICROPHONE_RATE = 16000
"Hz, asked of a microphone: twice the telephone's, and any device has it."
WAITING_PIECES = 50
"A second of sound that no task has taken: what comes after it is dropped."


class SoundError(Exception):
    """A device is missing, busy or gone. One line that names it and the way out."""


@dataclass(frozen=True)
class Captured:
    """About 20 ms of a microphone."""

    samples: Int16
    "Mono, at the microphone's rate."
    at: float
    "When it was handed over by the device, in seconds of the event loop's clock."


class Microphone(Protocol):
    @property
    def rate(self) -> int:
        """In Hz: what the device could do, which may not be what was asked."""
        ...

    @property
    def latency_ms(self) -> float:
        """From the sound to its hand-over, as the device tells it."""
        ...

    @property
    def dropped(self) -> int:
        """Pieces that were captured and found no room: nobody received in time."""
        ...

    def receive_nowait(self) -> Captured | None:
        """The next piece, if one waits."""
        ...

    async def receive(self) -> Captured:
        """The next piece. SoundError if the device is gone. Cancelled, it takes none."""
        ...


class Speaker(Protocol):
    @property
    def latency_ms(self) -> float:
        """From `play` to the ear, as the device tells it, with the reserve against jitter."""
        ...

    @property
    def dropped_ms(self) -> float:
        """Audio that found no room: the device did not play."""
        ...

    def play(self, samples: Int16) -> None:
        """Queue 8 kHz mono; never waits."""
        ...

    def clear(self) -> None:
        """Silence, at once: what is queued will not be heard."""
        ...


class Headset(Protocol):
    """Opened for a call, closed with it."""

    def open_microphone(self, rate: int, pieces: int) -> AbstractAsyncContextManager[Microphone]:
        """At `rate` Hz if it can; at most `pieces` wait to be received. SoundError as below."""
        ...

    def open_speaker(self) -> AbstractAsyncContextManager[Speaker]:
        """SoundError if there is none, or it is busy."""
        ...
