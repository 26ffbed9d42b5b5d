"""How fast a response is generated: deltas of uneven size, several times faster than they are heard."""

from random import Random

from twiliobridge.audio import AudioFormat
from twiliobridge.offline.deltas import obfuscation, words
from twiliobridge.offline.knobs import Knobs

FRAME_MS = 20
"No delta but the last is a whole number of telephone frames: who relies on it should find out here."
TEXT_DELTA_SECONDS = 0.02
"Between two deltas of written text or of arguments; a precedent for a default, no law."


class Pace:
    """The moments and sizes of one response's deltas. Seeded: the same response comes the same way twice."""

    def __init__(self, knobs: Knobs, rng: Random) -> None:
        self._knobs = knobs
        self._rng = rng

    @property
    def latency(self) -> float:
        return self._knobs.latency

    @property
    def interleaved(self) -> bool:
        return self._knobs.interleaved

    def size(self, audio_format: AudioFormat) -> int:
        """Bytes of the next audio delta: whole samples, never whole frames. The last one is what is left."""
        ms = self._rng.uniform(*self._knobs.delta_ms)
        size = max(audio_format.byte_count(ms), audio_format.sample_bytes)
        frame = audio_format.bytes_per_ms * FRAME_MS
        return size + audio_format.sample_bytes if size % frame == 0 else size

    def seconds(self, ms: float) -> float:
        """How long the service takes to make `ms` of audio."""
        return ms / 1000 / self._knobs.speed

    def pieces(self, text: str) -> list[str]:
        """Text in deltas of a word each; joined, they are the text."""
        return words(text)

    def shreds(self, text: str) -> list[str]:
        """JSON in deltas of 2 to 8 characters, wherever they fall."""
        shreds: list[str] = []
        while text:
            size = self._rng.randint(2, 8)
            shreds.append(text[:size])
            text = text[size:]
        return shreds

    def obfuscation(self, delta: str) -> str:
        return obfuscation(delta, self._rng)
