"""What the caller says: utterances in, one frame of 20 ms after the other out."""

from collections import deque

import anyio

from twiliobridge.audio import FRAME_MS, RATE, Framer, silence
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import CallerStartsSpeaking, CallerStopsSpeaking

KEPT_BYTES = 3600 * RATE
"Bound on the audio of one side that is remembered: the last hour, 29 MB."

_SILENT_FRAME = silence(FRAME_MS)


class Utterance:
    """Audio handed over to be said."""

    def __init__(self, audio: bytes) -> None:
        self.audio = audio
        "mu-law, 8 kHz; emptied once more than an hour was said since."
        self.duration_ms = len(audio) * 1000 / RATE
        self.began: float | None = None
        "When its first frame left, in seconds."
        self.ended: float | None = None
        "When its last frame was over, in seconds: 20 ms after that left."
        self._over = anyio.Event()

    async def wait_said(self) -> None:
        """Returns when the last frame has left; or when the line is down, and then `ended` is None."""
        await self._over.wait()

    def finish(self, ended: float | None) -> None:
        self.ended = ended
        self._over.set()


class Speech:
    """The queue of what is still to be said. Utterances follow each other without a pause."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: deque[Utterance] = deque()
        self._frames: deque[bytes] = deque()
        self._remembered: deque[Utterance] = deque()
        self._kept = 0

    @property
    def speaking(self) -> bool:
        """Whether anything is being said, or about to be with the next frame."""
        return bool(self._waiting)

    def say(self, audio: bytes) -> Utterance:
        """Queue mu-law audio; its last frame is filled up with silence. ValueError if there is none."""
        if not audio:
            raise ValueError("there is nothing to say: the audio is empty")
        utterance = Utterance(audio)
        self._waiting.append(utterance)
        return utterance

    def frame(self, now: float) -> bytes:
        """The 160 bytes that leave now: speech, or 0xFF."""
        if not self._waiting:
            return _SILENT_FRAME
        if not self._frames:
            self._begin(self._waiting[0], now)
        frame = self._frames.popleft()
        if not self._frames:
            self._waiting.popleft().finish(now + FRAME_MS / 1000)
            self._journal.note(now, CallerStopsSpeaking())
        return frame

    def give_up(self) -> None:
        """The line is down: what was not said will not be."""
        self._frames.clear()
        while self._waiting:
            self._waiting.popleft().finish(None)

    def _begin(self, utterance: Utterance, now: float) -> None:
        utterance.began = now
        framer = Framer()
        self._frames.extend([*framer.feed(utterance.audio), *framer.flush()])
        self._journal.note(now, CallerStartsSpeaking(utterance.duration_ms))
        self._remember(utterance)

    def _remember(self, utterance: Utterance) -> None:
        self._remembered.append(utterance)
        self._kept += len(utterance.audio)
        while self._kept > KEPT_BYTES and len(self._remembered) > 1:
            oldest = self._remembered.popleft()
            self._kept -= len(oldest.audio)
            oldest.audio = b""
