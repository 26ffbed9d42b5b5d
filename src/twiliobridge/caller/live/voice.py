"""From what a microphone captures to what a telephone carries."""

from dataclasses import dataclass

from twiliobridge.audio import RATE, Framer, Resampler, level, to_float, to_int16, ulaw_encode
from twiliobridge.sound import Captured

LEAST_THRESHOLD, GREATEST_THRESHOLD = 0.001, 0.1
"A whisper and a shout; beyond them a threshold hears everybody or nobody."
VOICE_THRESHOLD = 0.01
"-40 dBFS: speech near a microphone is above it, a quiet room below."


@dataclass(frozen=True)
class VoiceFrame:
    """20 ms as they leave."""

    audio: bytes
    "160 bytes of mu-law."
    level: float
    "Of the sound it came from, at the microphone's rate: RMS / 32767."
    at: float
    "When the device handed it over, in seconds."


class Voice:
    """The telephone's side of a microphone of `rate` Hz."""

    def __init__(self, rate: int) -> None:
        self._resampler = Resampler(rate, RATE)
        self._framer = Framer()

    def frames(self, captured: Captured) -> list[VoiceFrame]:
        """One frame for each 20 ms captured, 4 ms late at 16 kHz; where pieces begin leaves no trace."""
        audio = ulaw_encode(to_int16(self._resampler.feed(to_float(captured.samples))))
        loud = level(captured.samples)
        return [VoiceFrame(frame, loud, captured.at) for frame in self._framer.feed(audio)]


def check_threshold(threshold: float) -> float:
    """ValueError unless it is 0.001 to 0.1."""
    if not LEAST_THRESHOLD <= threshold <= GREATEST_THRESHOLD:
        raise ValueError(
            f"a voice threshold is {LEAST_THRESHOLD} to {GREATEST_THRESHOLD} of full scale, not {threshold!r}"
        )
    return threshold


def check_silence(seconds: float) -> float:
    """ValueError unless it is more than 0 and at most 60."""
    if not 0 < seconds <= 60:
        raise ValueError(f"the silence that ends a turn is more than 0 and at most 60 s, not {seconds!r}")
    return seconds
