"""The real speaker: a task writes to a ring, PortAudio's thread reads from it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from twiliobridge.audio import RATE, Int16, Resampler, to_float, to_int16
from twiliobridge.sound.portaudio import Which, close_stream, open_stream, usable_rate
from twiliobridge.sound.ring import Ring

LEAD_MS = 40
"Reserve against jitter: two of the packets that arrive every 20 ms."
BOUND_MS = 500
"More than that is only queued if the device does not play."


@dataclass(frozen=True)
class PortAudioSpeaker:
    """Opened by `open_speaker`."""

    _stream: Any
    _ring: Ring
    _resampler: Resampler

    @property
    def latency_ms(self) -> float:
        return float(self._stream.latency) * 1000 + LEAD_MS

    @property
    def dropped_ms(self) -> float:
        return self._ring.dropped / 2 * 1000 / float(self._stream.samplerate)

    def play(self, samples: Int16) -> None:
        self._ring.write(to_int16(self._resampler.feed(to_float(samples))).tobytes())

    def clear(self) -> None:
        self._ring.clear()
        self._resampler.flush()


@asynccontextmanager
async def open_speaker(device: Which = None, rate: int = RATE) -> AsyncIterator[PortAudioSpeaker]:
    """The speaker, silent, for 8 kHz sound; the device runs at `rate` Hz or at its own.

    SoundError if there is none or it is busy. The device is released at the end of the block, within two
    seconds; what was not played by then is not heard.
    """
    rate = await usable_rate("output", device, rate)
    ring = Ring(_bytes(LEAD_MS, rate), _bytes(BOUND_MS, rate))

    def speak(data: Any, _size: int, _times: object, _status: object) -> None:  # noqa: ANN401 -- a C buffer
        data[:] = ring.read(len(data))

    stream = await open_stream("output", device, rate, speak)
    try:
        yield PortAudioSpeaker(stream, ring, Resampler(RATE, int(stream.samplerate)))
    finally:
        await close_stream(stream)


def _bytes(ms: int, rate: int) -> int:
    return ms * rate // 1000 * 2
