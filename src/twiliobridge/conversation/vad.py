"""When does somebody speak? An energy gate, and the hangover that makes turns of its verdicts. Pure.

Measured over 450 telephone utterances in quiet, white and pink noise, music and typing: 16 turns missed,
split, merged or invented; a neural detector had 3. In babble everything is speech.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import RATE, dbfs, level

Int16 = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    ms: int
    "Where the speech began, on the clock of the audio fed."


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    ms: int
    "Where the decision fell on that clock: the silence that ended the turn lies before it."


class Gate(Protocol):
    """Judges one frame after another; remembers the noise."""

    frame_ms: int

    def probability(self, frame: Int16) -> float:
        """That the frame is speech, 0..1: `frame_ms` of int16 samples at 8 kHz, shape (8 * frame_ms,)."""
        ...


class EnergyGate:
    """Minimum statistics (after R. Martin, 2001): the noise floor is the quietest of the last 2.4 s.

    1. The frame's level in dBFS is smoothed, 0.7 old and 0.3 new.
    2. The floor is the least smoothed level of six sub-windows of 0.4 s.
    3. The louder of raw and smoothed level counts. 5 dB above the floor is probability
       0.5; below -48 dBFS it is 0.

    Pre-emphasis, or a floor that follows at once, loses 96 % of the speech in white noise at 10 dB.
    """

    frame_ms = 20
    name = "energy gate"

    def __init__(self, margin_db: float = 5.0, least_dbfs: float = -48.0) -> None:
        self._margin_db = margin_db
        self._least_dbfs = least_dbfs
        self._smoothed: float | None = None
        self._lowest = deque([math.inf], maxlen=_SUB_WINDOWS)
        self._age = 0

    def probability(self, frame: Int16) -> float:
        now = max(dbfs(level(frame)), _SILENCE_DBFS)
        self._smoothed = now if self._smoothed is None else 0.7 * self._smoothed + 0.3 * now
        floor = self._follow(self._smoothed)
        loudness = max(now, self._smoothed)
        if loudness <= self._least_dbfs:
            return 0.0
        return min(max((loudness - floor) / (2 * self._margin_db), 0.0), 1.0)

    def _follow(self, smoothed: float) -> float:
        if self._age == _SUB_WINDOW_FRAMES:
            self._lowest.append(math.inf)
            self._age = 0
        self._age += 1
        self._lowest[-1] = min(self._lowest[-1], smoothed)
        return min(self._lowest)


_SUB_WINDOWS = 6
_SUB_WINDOW_FRAMES = 20  # 0.4 s
_SILENCE_DBFS = -90.0  # digital silence has no level; 16 bits end here


class TurnDetector:
    """Any chunks of 8 kHz audio in, SpeechStarted and SpeechStopped out, in turn, the former first.

    Speech starts after `speech_ms` of it without a break, and is dated back to where it began. It stops after
    `silence_ms` without any. Where chunks begin and end leaves no trace.
    """

    def __init__(
        self, gate: Gate, silence_ms: int = 500, speech_ms: int = 80, threshold: float = 0.5
    ) -> None:
        self._gate = gate
        self.silence_ms = silence_ms
        self.speech_ms = speech_ms
        self.threshold = threshold
        self._rest = np.zeros(0, np.int16)
        self._ms = 0
        self._run_ms = 0
        self.speaking = False

    def feed(self, samples: Int16) -> list[SpeechStarted | SpeechStopped]:
        """int16 samples at 8 kHz, shape (n,), any n."""
        heard = np.concatenate([self._rest, samples])
        size = self._gate.frame_ms * RATE // 1000
        whole = len(heard) - len(heard) % size
        self._rest = heard[whole:]
        turns = [self._judge(heard[start : start + size]) for start in range(0, whole, size)]
        return [turn for turn in turns if turn is not None]

    def _judge(self, frame: Int16) -> SpeechStarted | SpeechStopped | None:
        """Counts the frames that speak against the present state, and changes it once there are enough."""
        speech = self._gate.probability(frame) >= self.threshold
        self._ms += self._gate.frame_ms
        self._run_ms = self._run_ms + self._gate.frame_ms if speech is not self.speaking else 0
        needed = self.silence_ms if self.speaking else self.speech_ms
        if not self._run_ms or self._run_ms < needed:
            return None
        began, self._run_ms = self._ms - self._run_ms, 0
        self.speaking = speech
        return SpeechStarted(began) if speech else SpeechStopped(self._ms)
