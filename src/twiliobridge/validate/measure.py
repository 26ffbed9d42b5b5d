"""Measurements on what was heard. Pure: times in seconds, audio as mu-law at 8 kHz."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from twiliobridge.audio import FRAME_BYTES, FRAME_MS, RATE, speech_frames, ulaw_decode

FULL_SCALE = 32000
"The outermost step of mu-law is 32124."


class Interval(Protocol):
    @property
    def began(self) -> float: ...
    @property
    def ended(self) -> float: ...


@dataclass(frozen=True)
class Piece:
    """Audio with the time at which it began."""

    began: float
    audio: bytes

    @property
    def ended(self) -> float:
        return self.began + len(self.audio) / RATE


def overlap_ms(intervals: Iterable[Interval], begin: float, end: float) -> float:
    """How much of the time between `begin` and `end` the intervals cover."""
    return 1000 * sum(max(0.0, min(each.ended, end) - max(each.began, begin)) for each in intervals)


def on_one_clock(began: float, pieces: Iterable[Piece]) -> bytes:
    """The pieces where they belong, silence between them; 0 is `began`."""
    track = bytearray()
    for piece in pieces:
        start = max(0, round((piece.began - began) * RATE))
        track.extend(b"\xff" * (start - len(track)))
        track[start : start + len(piece.audio)] = piece.audio
    return bytes(track)


def clipped_ratio(audio: bytes) -> float:
    """The share of samples at full scale."""
    return float((np.abs(ulaw_decode(audio).astype(np.int32)) >= FULL_SCALE).mean()) if audio else 0.0


def silence_ratio(audio: bytes) -> float:
    """The share of 20 ms frames that are no speech."""
    return 1 - len(speech_frames(audio)) / -(-len(audio) // FRAME_BYTES) if audio else 0.0


def dead_air_s(sides: Iterable[Interval], begin: float, end: float) -> float:
    """The longest time between `begin` and `end` in which nobody was heard."""
    covered, longest = begin, 0.0
    for each in sorted(sides, key=lambda one: one.began):
        longest = max(longest, min(each.began, end) - covered)
        covered = max(covered, min(each.ended, end))
    return max(longest, end - covered)


def pacing_errors_ms(frames: Sequence[float]) -> list[float]:
    """By how much each frame of a call left after its time: frame k is due k * 20 ms after the first."""
    return [(at - frames[0]) * 1000 - k * FRAME_MS for k, at in enumerate(frames)]


def percentile(values: Sequence[float], percent: float) -> float:
    return float(np.percentile(values, percent)) if values else 0.0


def longest_pause_s(times: Sequence[float]) -> float:
    return max((later - earlier for earlier, later in pairwise(times)), default=0.0)
