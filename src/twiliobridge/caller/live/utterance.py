"""What somebody says live: it grows while it leaves."""

from twiliobridge.audio import RATE, SILENCE
from twiliobridge.caller.speech import KEPT_BYTES, Utterance


class LiveUtterance(Utterance):
    """Begins now."""

    def __init__(self, now: float) -> None:
        self._grown = bytearray()
        super().__init__(self._grown)
        self.began: float = now

    @property
    def said(self) -> bytes:
        return bytes(self._grown)

    def add(self, audio: bytes, now: float) -> None:
        """mu-law that leaves now; where nothing was added in time, silence. Remembers an hour."""
        gap = round((now - self.began) * RATE) - len(self._grown)
        if gap >= len(audio):  # less is the jitter of a timer
            self._grown += bytes([SILENCE]) * min(gap, KEPT_BYTES - len(self._grown))
        if len(self._grown) < KEPT_BYTES:
            self._grown += audio
