"""The shapes of telephone audio: 8 kHz mono mu-law in frames of 20 ms (Twilio, Media Streams, "media")
and the three formats that an OpenAI Realtime session speaks (`audio.input.format`, `audio.output.format`).
"""

from enum import Enum

import numpy as np

from twiliobridge.audio.g711 import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode
from twiliobridge.audio.samples import Int16

RATE = 8000  # Hz: samples, and mu-law bytes, per second
FRAME_MS = 20
FRAME_BYTES = RATE * FRAME_MS // 1000
SILENCE = 0xFF  # the mu-law code of 0; 0x00 and 0x80 are full scale, a click


class AudioFormat(Enum):
    """A Realtime audio format; the value is the protocol's `type`."""

    PCMU = "audio/pcmu"
    """G.711 mu-law, 8 kHz, one byte per sample: Twilio's payload as it is."""
    PCMA = "audio/pcma"
    """G.711 A-law, 8 kHz, one byte per sample."""
    PCM = "audio/pcm"
    """Signed 16-bit little-endian, 24 kHz, the only rate OpenAI accepts."""

    @property
    def rate(self) -> int:
        """Samples per second."""
        return 24000 if self is AudioFormat.PCM else RATE

    @property
    def sample_bytes(self) -> int:
        return 2 if self is AudioFormat.PCM else 1

    @property
    def bytes_per_ms(self) -> int:
        return self.rate * self.sample_bytes // 1000

    def sample_count(self, ms: float) -> int:
        """The number of samples nearest to `ms` milliseconds."""
        return round(ms * self.rate / 1000)

    def byte_count(self, ms: float) -> int:
        """The bytes of those samples, never half a sample: the inverse of `duration_ms`."""
        return self.sample_count(ms) * self.sample_bytes

    def duration_ms(self, byte_count: int) -> float:
        return byte_count / self.bytes_per_ms

    def silence(self, ms: float) -> bytes:
        return self.encode(np.zeros(self.sample_count(ms), np.int16))

    def encode(self, samples: Int16) -> bytes:
        """int16 samples at this format's rate, shape (n,), to its bytes."""
        match self:
            case AudioFormat.PCMU:
                return ulaw_encode(samples)
            case AudioFormat.PCMA:
                return alaw_encode(samples)
            case AudioFormat.PCM:
                return samples.astype("<i2", casting="equiv").tobytes()

    def decode(self, data: bytes) -> Int16:
        """Bytes to int16 samples at this format's rate. ValueError if PCM ends in half a sample."""
        match self:
            case AudioFormat.PCMU:
                return ulaw_decode(data)
            case AudioFormat.PCMA:
                return alaw_decode(data)
            case AudioFormat.PCM:
                return _pcm_decode(data)


def _pcm_decode(data: bytes) -> Int16:
    if len(data) % 2:
        raise ValueError(f"{len(data)} bytes of 16-bit PCM end in half a sample; keep it for the next chunk")
    return np.frombuffer(data, "<i2").astype(np.int16)


def silence(ms: float) -> bytes:
    """mu-law silence: 8 bytes of 0xFF per millisecond."""
    return AudioFormat.PCMU.silence(ms)
