"""Audio that says which frame it is, and ears that read it.

A bridge that passes bytes through is held to every byte (`Words`). One that transcodes is held to the level
of each frame (`Levels`): frame k is steady at level k modulo 14, and counts as heard once 60 % of its samples
are, wherever the bridge's resampler and packets have put the edges.
"""

import base64
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FRAME = 160
"Bytes of mu-law in 20 ms."

HEAD = 16
"Base64 characters that name call and frame. Digits are base64 too, and 16 of them are 12 bytes."

Samples = NDArray[np.int16]


class Voice(Protocol):
    def frame(self, number: int) -> bytes:
        """Base64 of the frame of this number."""
        ...


class Ear(Protocol):
    reordered: int
    damaged: int

    def hear(self, payload: bytes) -> Sequence[int]:
        """The numbers of the frames that are complete with this payload."""
        ...


class Words:
    def __init__(self, call: int, size: int = FRAME) -> None:
        """`size` bytes a frame, 13 at the least."""
        self.call = b"%06d" % call
        self.tail = base64.b64encode(Random(call).randbytes(size - 12))  # noqa: S311 -- no secret

    def frame(self, number: int) -> bytes:
        return b"%b%010d%b" % (self.call, number, self.tail)


class WordsEar:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._next = 0
        self.reordered = 0
        self.damaged = 0

    def hear(self, payload: bytes) -> Sequence[int]:
        number = self._next
        if payload != self._words.frame(number):
            return self._astray(payload)
        self._next = number + 1
        return (number,)

    def _astray(self, payload: bytes) -> Sequence[int]:
        """Some other frame of this call, or none. Those that were skipped never arrive: they are lost."""
        digits = payload[6:HEAD]
        if not digits.isdigit() or payload != self._words.frame(int(digits)):
            self.damaged += 1
            return ()
        number = int(digits)
        if number < self._next:
            self.reordered += 1
        self._next = max(self._next, number + 1)
        return (number,)


LEVELS = [level for level in range(-7, 8) if level]
STEP = 2000
"Between two levels, of 32767."


class Levels:
    def __init__(self) -> None:
        self._frames = [base64.b64encode(bytes([mulaw(level * STEP)]) * FRAME) for level in LEVELS]

    def frame(self, number: int) -> bytes:
        return self._frames[number % len(LEVELS)]


class PcmLevels:
    """The same as PCM of 16 bits at 24 kHz, `duration` ms a frame."""

    def __init__(self, duration: int) -> None:
        samples = [np.full(24 * duration, level * STEP, "<i2").tobytes() for level in LEVELS]
        self._frames = [base64.b64encode(each) for each in samples]

    def frame(self, number: int) -> bytes:
        return self._frames[number % len(LEVELS)]


class LevelsEar:
    def __init__(self, decode: Callable[[bytes], Samples], rate: int) -> None:
        """`decode` makes samples of a payload, at `rate` Hz."""
        self._decode = decode
        self._enough = int(rate * 0.020 * 0.6)
        self._next = 0
        self._heard = np.zeros(2 * max(LEVELS) + 1, np.int64)
        self.reordered = 0
        self.damaged = 0

    def hear(self, payload: bytes) -> Sequence[int]:
        samples = self._decode(payload).astype(np.int32)
        level = np.rint(samples / STEP).astype(np.int64)
        steady = (np.abs(samples - level * STEP) < STEP * 0.35) & (np.abs(level) <= max(LEVELS))
        self._heard += np.bincount(level[steady] + max(LEVELS), minlength=len(self._heard))
        complete = []
        while (ahead := self._ahead()) is not None:
            self._next += ahead + 1
            complete.append(self._next - 1)
        return complete

    def _ahead(self) -> int | None:
        """How many frames were skipped before the one that is complete; 0 as a rule. At most half a cycle."""
        for ahead in range(len(LEVELS) // 2):
            place = LEVELS[(self._next + ahead) % len(LEVELS)] + max(LEVELS)
            if self._heard[place] >= self._enough:
                self._heard[place] = 0
                # What is left of the frame before is no part of its next cycle.
                self._heard[LEVELS[(self._next - 2) % len(LEVELS)] + max(LEVELS)] = 0
                return ahead
        return None


def mulaw(sample: int) -> int:
    """ITU-T G.711, one sample of 16 bits."""
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~((0x80 if sample < 0 else 0) | (exponent << 4) | mantissa) & 0xFF


def _sample(code: int) -> int:
    inverted = ~code & 0xFF
    magnitude = ((((inverted & 0x0F) << 3) + 132) << ((inverted >> 4) & 7)) - 132
    return -magnitude if inverted & 0x80 else magnitude


_TABLE = np.array([_sample(code) for code in range(256)], np.int16)


def from_mulaw(payload: bytes) -> Samples:
    return _TABLE[np.frombuffer(base64.b64decode(payload), np.uint8)]


def from_pcm(payload: bytes) -> Samples:
    return np.frombuffer(base64.b64decode(payload), "<i2")
