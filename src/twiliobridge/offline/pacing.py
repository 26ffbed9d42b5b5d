"""How fast a response is generated: deltas of uneven size, several times faster than they are heard."""

from random import Random

from twiliobridge.audio import AudioFormat
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
        """Text in deltas of one to three words; joined, they are the text."""
        words = [f" {word}" for word in text.split(" ")]
        words[0] = words[0][1:]
        deltas: list[str] = []
        while words:
            count = self._rng.randint(1, 3)
            deltas.append("".join(words[:count]))
            words = words[count:]
        return [delta for delta in deltas if delta]

    def shreds(self, text: str) -> list[str]:
        """JSON in deltas of 2 to 8 characters, wherever they fall."""
        shreds: list[str] = []
        while text:
            size = self._rng.randint(2, 8)
            shreds.append(text[:size])
            text = text[size:]
        return shreds

    def obfuscation(self) -> str:
        """Random letters of random length, which the live service adds to hide how long its deltas are."""
        return "".join(self._rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=self._rng.randint(4, 16)))
