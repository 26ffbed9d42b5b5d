"""A microphone and a speaker in virtual time. `headset_laws` holds them to what the real ones do."""

from collections import deque
from contextlib import asynccontextmanager

import anyio
import numpy as np

from twiliobridge.sound import Captured, SoundError

PIECE = 0.02


class ScriptedMicrophone:
    """Silent, but for what it is given to `speak`; `fast` is how much faster its clock is than the call's."""

    latency_ms = 0.0

    def __init__(self, rate, pieces, fast=0.0):
        self.rate = rate
        self.dropped = 0
        self.began = anyio.current_time()
        self.gone = False
        self._pieces = pieces
        self._tick = PIECE / (1 + fast)
        self._made = 0
        self._waiting = deque()
        self._sound = np.zeros(0, np.int16)

    def speak(self, samples):
        """From the piece that is being captured now on."""
        self._advance()
        start = self._made * self._size
        self._sound = np.concatenate(
            [self._sound[:start], np.zeros(start - min(start, len(self._sound)), np.int16), samples]
        )

    def receive_nowait(self):
        self._advance()
        return self._waiting.popleft() if self._waiting else None

    async def receive(self):
        await anyio.sleep_until(self.began + (self._made + 1) * self._tick if not self._waiting else 0)
        if self.gone:
            raise SoundError("the microphone has stopped: was it pulled out?")
        return self.receive_nowait() or await self.receive()

    @property
    def _size(self):
        return round(self.rate * PIECE)

    def _advance(self):
        while (at := self.began + (self._made + 1) * self._tick) <= anyio.current_time():
            start = self._made * self._size
            piece = self._sound[start : start + self._size]
            self._made += 1
            if len(self._waiting) < self._pieces:
                self._waiting.append(Captured(np.pad(piece, (0, self._size - len(piece))), at))
            else:
                self.dropped += 1


class ScriptedSpeaker:
    """Keeps what was audible, at 8 kHz, from when it was opened."""

    latency_ms = 0.0
    dropped_ms = 0.0

    def __init__(self):
        self.cleared_at = []
        self._began = anyio.current_time()
        self._sound = np.zeros(0, np.int16)

    def play(self, samples):
        silent = max(0, self._now() - len(self._sound))
        self._sound = np.concatenate([self._sound, np.zeros(silent, np.int16), samples])

    def clear(self):
        self.cleared_at.append(anyio.current_time())
        self._sound = self._sound[: self._now()]

    def audible(self):
        return self._sound[: self._now()]

    def _now(self):
        return round((anyio.current_time() - self._began) * 8000)


class ScriptedHeadset:
    """Remembers the devices that were opened last; `missing` is "microphone" or "speaker"."""

    def __init__(self, missing=None, rate=None, fast=0.0):
        self.microphone = None
        self.speaker = None
        self.open = set()
        self._missing = missing
        self._rate = rate
        self._fast = fast

    @asynccontextmanager
    async def open_microphone(self, rate, pieces):
        self._check("microphone")
        self.microphone = ScriptedMicrophone(self._rate or rate, pieces, self._fast)
        async with self._opened("microphone"):
            yield self.microphone

    @asynccontextmanager
    async def open_speaker(self):
        self._check("speaker")
        self.speaker = ScriptedSpeaker()
        async with self._opened("speaker"):
            yield self.speaker

    @asynccontextmanager
    async def _opened(self, name):
        self.open.add(name)
        try:
            yield
        finally:
            self.open.remove(name)

    def _check(self, name):
        if self._missing == name:
            raise SoundError(f"this machine has no {name}")
