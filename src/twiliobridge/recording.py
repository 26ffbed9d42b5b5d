"""The two sides of a call on one clock, as they were heard."""

from collections.abc import Sequence

import numpy as np

from twiliobridge.audio import RATE, SILENCE, ulaw_decode, write_wav

LONGEST_MS = 3_600_000
"One hour: 29 MB of mu-law for each side. What comes later is not recorded."


class CallRecording:
    """Collects mu-law audio (8 kHz) of any length, each piece with the time at which it began.

    Where a side has no audio it is silent. A piece that overlaps an earlier one of its side replaces it.
    """

    def __init__(self, began: float) -> None:
        """`began`: the time in seconds at which the recording begins, on the clock of all that follows."""
        self._began = began
        self._caller = bytearray()
        self._agent = bytearray()

    @property
    def duration_ms(self) -> float:
        """Until the end of the last piece."""
        return max(len(self._caller), len(self._agent)) * 1000 / RATE

    def caller_said(self, at: float, audio: bytes) -> None:
        """A frame as it was sent. ValueError if it is from before the recording began."""
        self._place(self._caller, at, audio)

    def agent_heard(self, at: float, audio: bytes) -> None:
        """A packet as it was played. ValueError if it is from before the recording began."""
        self._place(self._agent, at, audio)

    def to_wav(self) -> bytes:
        """A WAV file, stereo, 8 kHz, 16 bits: the caller on the left, the agent on the right."""
        return self._wav((self._caller, self._agent))

    def caller_wav(self) -> bytes:
        """The caller alone, mono, as long as `to_wav`."""
        return self._wav((self._caller,))

    def agent_wav(self) -> bytes:
        """The agent alone, mono, as long as `to_wav`."""
        return self._wav((self._agent,))

    def _place(self, side: bytearray, at: float, audio: bytes) -> None:
        start = round((at - self._began) * RATE)
        if start < 0:
            raise ValueError(f"audio {-start / RATE:.3f} s before the recording began")
        audio = audio[: max(0, LONGEST_MS * RATE // 1000 - start)]
        if audio:
            side.extend(bytes([SILENCE]) * (start - len(side)))
            side[start : start + len(audio)] = audio

    def _wav(self, sides: Sequence[bytearray]) -> bytes:
        length = max(len(self._caller), len(self._agent))
        tracks = [ulaw_decode(bytes(side).ljust(length, bytes([SILENCE]))) for side in sides]
        return write_wav(np.column_stack(tracks), RATE)
