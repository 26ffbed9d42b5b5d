"""The real microphone: PortAudio's thread on one side, a task on the other."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import numpy as np

from twiliobridge.sound.headset import MICROPHONE_RATE, WAITING_PIECES, Captured, SoundError
from twiliobridge.sound.portaudio import Which, close_stream, open_stream, usable_rate
from twiliobridge.wires.handoff import Handoff

GONE_SECONDS = 3.0
"A device without a sound for so long was pulled out: PortAudio does not say so on every system."


@dataclass(frozen=True)
class PortAudioMicrophone:
    """Opened by `open_microphone`."""

    _stream: Any
    _handoff: Handoff[Captured]

    @property
    def rate(self) -> int:
        return int(self._stream.samplerate)

    @property
    def latency_ms(self) -> float:
        return float(self._stream.latency) * 1000

    @property
    def dropped(self) -> int:
        return self._handoff.dropped

    def receive_nowait(self) -> Captured | None:
        return self._handoff.receive_nowait()

    async def receive(self) -> Captured:
        with anyio.move_on_after(GONE_SECONDS):
            return await self._handoff.receive()
        raise SoundError("the microphone has stopped: was it pulled out?")


@asynccontextmanager
async def open_microphone(
    device: Which = None, rate: int = MICROPHONE_RATE, pieces: int = WAITING_PIECES
) -> AsyncIterator[PortAudioMicrophone]:
    """The microphone, running, at `rate` Hz or at the device's own.

    PortAudio's thread hands over and never waits; at most `pieces` of 20 ms wait to be received. SoundError
    if there is none or it is busy. The device is released at the end of the block, within two seconds.
    """
    handoff: Handoff[Captured] = Handoff(pieces)
    ahead = anyio.current_time() - time.perf_counter()

    def hear(data: Any, _size: int, _times: object, status: Any) -> None:  # noqa: ANN401 -- a C buffer, flags
        handoff.dropped += bool(status.input_overflow)
        handoff.offer(Captured(np.frombuffer(bytes(data), np.int16), time.perf_counter() + ahead))

    rate = await usable_rate("input", device, rate)
    stream = await open_stream("input", device, rate, hear)
    try:
        yield PortAudioMicrophone(stream, handoff)
    finally:
        await close_stream(stream)
