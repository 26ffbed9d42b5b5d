"""Where the sound in one signal comes from in another: by correlation, after whatever transcoding.

Decoding, resampling, a change of volume and encoding leave the shape of a sound. What comes is followed
along what was said, 20 ms by 20 ms; where it no longer follows, it is looked for further on. Both have
8,000 samples a second, in order, and nothing comes twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import FRAME_BYTES, RATE, SPEECH_DBFS, AudioFormat, resample, to_float

Signal = npt.NDArray[np.float64]

PRECISION_MS = 20.0
"Within so much the speech in a stretch begins and ends."
FOUND = 0.8
"""Correlation, 1 for the same shape. In 400 ms a voice that is clipped at a twelfth of its volume has 0.82
with itself; other words of the same voice come to 0.74 at the best of all shifts.
"""
ALIKE = 0.7
"At a place that is known already."
WINDOW = RATE * 2 // 5
"Samples that are looked for: shorter ones are found where they do not belong."
SHORTEST = RATE // 20
AHEAD = RATE * 60
"A minute: so much of what was said is looked through at once."
DRIFT = 12
"Samples, from 20 ms to the next: resamplers that begin anew with each piece lose or add some."
FOLLOWS = RATE // 5
"Samples. A sound that aliases or hisses is unlike for some 20 ms, and its surroundings are not."
QUIET = 10 ** (SPEECH_DBFS / 20)
FIRST_OF_EQUALS = 0.97
"What was said twice in the same way is found where it was said first."


@dataclass(frozen=True)
class Run:
    """Samples `begin` to `end` of what came are what was said from `place` on."""

    begin: int
    end: int
    place: int


def telephone_samples(audio: bytes, form: AudioFormat) -> Signal:
    """8,000 a second, full scale 1. Half a sample at the end is left out."""
    whole = audio[: len(audio) // form.sample_bytes * form.sample_bytes]
    return resample(to_float(form.decode(whole)), form.rate, RATE).astype(np.float64)


def loud_samples(signal: Signal) -> int:
    """Of the frames of 20 ms that are speech."""
    return FRAME_BYTES * sum(
        _is_loud(signal[each : each + FRAME_BYTES]) for each in range(0, len(signal), FRAME_BYTES)
    )


def aligned(came: Signal, said: Signal) -> list[Run]:
    """In order. What was not said is in no run."""
    follower = _Follower(came, said)
    position, failures = 0, 0
    while position < len(came):
        if follower.follows(position) or follower.finds(position):
            failures, position = 0, position + FRAME_BYTES
        else:
            loud = _is_loud(came[position : position + FRAME_BYTES])
            failures += loud
            position += FRAME_BYTES * (min(10, failures) if loud else 1)
    return _trusted(follower.runs)


def _trusted(runs: Sequence[Run]) -> list[Run]:
    """Those that were followed for as long as a window, and what is left over between such: a sound that is
    like another by chance is not followed for long.
    """
    shifts = [each.place - each.begin for each in runs if each.end - each.begin >= WINDOW]
    return [
        run
        for run in runs
        if run.end - run.begin >= WINDOW
        or any(abs(run.place - run.begin - each) <= FRAME_BYTES for each in shifts)
    ]


class _Follower:
    def __init__(self, came: Signal, said: Signal) -> None:
        self.runs: list[Run] = []
        self._came = came
        self._said = said
        self._shift: int | None = None
        "A place in what was said, less the position of the same in what came."
        self._expected = 0
        "What comes next was said here, or later."

    def follows(self, position: int) -> bool:
        """Whether the frame is where the last one has it expected; the run is then longer."""
        if self._shift is None:
            return False
        frame, goes_on = self._came[position : position + FRAME_BYTES], self.runs[-1].end == position
        if goes_on and not _is_loud(frame) and not _is_loud(self._at(position, len(frame))):
            return self._goes_on(position, self._shift, followed=True)
        drift = max(range(-DRIFT, DRIFT + 1), key=lambda each: self._likeness(position, len(frame), each))
        if goes_on and self._likeness(position, len(frame), drift) >= ALIKE:
            return self._goes_on(position, self._shift + drift, followed=True)
        return self._goes_on(position, self._shift, followed=self._likeness(position, FOLLOWS, 0) >= ALIKE)

    def finds(self, position: int) -> bool:
        """Whether what comes from here on is found further on; a run of its own begins then."""
        window = self._came[position : position + WINDOW]
        if len(window) < SHORTEST or not _is_loud(window[:FRAME_BYTES]):
            return False
        earliest = max(0, self._expected - FRAME_BYTES)
        place = _place(window, self._said[earliest : earliest + AHEAD])
        if place is None:
            return False
        place += earliest
        begin = self._back(position, place)
        self.runs.append(Run(begin, position, place - position + begin))
        return self._goes_on(position, place - position, followed=True)

    def _goes_on(self, position: int, shift: int, *, followed: bool) -> bool:
        if followed:
            if self.runs[-1].end != position:
                self.runs.append(Run(position, position, position + shift))
            end = min(position + FRAME_BYTES, len(self._came))
            self._shift, self._expected = shift, end + shift
            self.runs[-1] = replace(self.runs[-1], end=end)
        return followed

    def _back(self, position: int, place: int) -> int:
        """Where the silence before it began, as far as it was said, too."""
        begin, earliest = position, self.runs[-1].end if self.runs else 0
        while (
            begin - FRAME_BYTES >= earliest
            and place - position + begin - FRAME_BYTES >= self._expected
            and not _is_loud(self._came[begin - FRAME_BYTES : begin])
        ):
            begin -= FRAME_BYTES
        return begin

    def _at(self, position: int, length: int, drift: int = 0) -> Signal:
        begin = max(0, position + (self._shift or 0) + drift)
        return self._said[begin : begin + length]

    def _likeness(self, position: int, length: int, drift: int) -> float:
        heard = self._came[position : position + length]
        said = self._at(position, len(heard), drift)
        if len(said) < len(heard):
            return 0.0
        power = np.sqrt(np.dot(heard, heard) * np.dot(said, said))
        return float(np.dot(heard, said) / power) if power else 0.0


def _is_loud(frame: Signal) -> bool:
    return len(frame) > 0 and float(np.sqrt(np.dot(frame, frame) / len(frame))) > QUIET


def _place(window: Signal, said: Signal) -> int | None:
    """Where `said` is most like the window; None if it is not like it anywhere."""
    count = len(said) - len(window) + 1
    if count < 1:
        return None
    size = 1 << (len(said) - 1).bit_length()
    products = np.fft.irfft(np.fft.rfft(said, size) * np.fft.rfft(window, size).conj(), size)[:count]
    squares = np.concatenate([[0.0], np.cumsum(np.square(said))])
    powers = np.maximum(squares[len(window) :] - squares[:count], len(window) * QUIET**2 / 100)
    likeness = products / np.sqrt(powers * np.dot(window, window))
    best = float(likeness.max())
    return int(np.argmax(likeness >= best * FIRST_OF_EQUALS)) if best >= FOUND else None
