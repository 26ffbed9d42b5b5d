"""What the caller says: utterances in, one frame of 20 ms after the other out."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

import anyio

from twiliobridge.audio import FRAME_BYTES, FRAME_MS, RATE, Framer, silence, speech_ms
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import CallerStartsSpeaking, CallerStopsSpeaking, Note

KEPT_BYTES = 3600 * RATE
"Bound on the audio of one side that is remembered: the last hour, 29 MB."

_SILENT_FRAME = silence(FRAME_MS)


class LiveSource(Protocol):
    """Somebody who speaks into the phone now."""

    def frame(self, now: float) -> bytes:
        """The 160 bytes of mu-law that leave now."""
        ...


class Utterance:
    """Audio handed over to be said; or, as a bytearray that grows, spoken live."""

    def __init__(self, audio: bytes | bytearray) -> None:
        self.audio = audio
        "mu-law, 8 kHz; emptied once more than an hour was said since."
        self.duration_ms = len(audio) * 1000 / RATE
        self.began: float | None = None
        "When its first frame left, in seconds."
        self.ended: float | None = None
        "When its last frame was over, in seconds: 20 ms after that left."
        self.frames_left = 0
        "Of its frames, how many have left."
        self._over = anyio.Event()

    @property
    def said(self) -> bytes:
        """As much of the audio as has left: a call that ends cuts it."""
        return bytes(self.audio[: self.frames_left * FRAME_BYTES])

    @property
    def speech_ended(self) -> float | None:
        """When the last frame of speech in it was over, in seconds: latency counts from there. The end of
        all of it where none is loud enough to be speech; None as long as `ended` is.
        """
        if self.began is None or self.ended is None:
            return None
        spoken_ms = speech_ms(bytes(self.audio))[1]
        return min(self.ended, self.began + spoken_ms / 1000) if spoken_ms else self.ended

    async def wait_said(self) -> None:
        """Returns when the last frame has left; or when the line is down, and then `ended` is None."""
        await self._over.wait()

    def finish(self, ended: float | None) -> None:
        self.ended = ended
        self._over.set()


class Speech:
    """The queue of what is still to be said. Utterances follow each other without a pause."""

    def __init__(self, journal: Journal | None) -> None:
        """`journal`: None for a voice of which nothing is told."""
        self.live: LiveSource | None = None
        "Where frames come from while nothing is queued; silence without one."
        self._journal = journal
        self._waiting: deque[Utterance] = deque()
        self._frames: deque[bytes] = deque()
        self._remembered: deque[Utterance] = deque()
        self._kept = 0

    @property
    def speaking(self) -> bool:
        """Whether anything is being said, or about to be with the next frame; a live source always speaks."""
        return bool(self._waiting) or self.live is not None

    @property
    def said(self) -> Sequence[Utterance]:
        """All that began to be said, in order; of the last hour, with its audio."""
        return tuple(self._remembered)

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
            return _SILENT_FRAME if self.live is None else self.live.frame(now)
        if not self._frames:
            self._begin(self._waiting[0], now)
        frame = self._frames.popleft()
        self._waiting[0].frames_left += 1
        if not self._frames:
            self._waiting.popleft().finish(now + FRAME_MS / 1000)
            self._note(now, CallerStopsSpeaking())
        return frame

    def give_up(self) -> None:
        """The line is down: what was not said will not be."""
        self._frames.clear()
        while self._waiting:
            self._waiting.popleft().finish(None)

    def _begin(self, utterance: Utterance, now: float) -> None:
        utterance.began = now
        framer = Framer()
        self._frames.extend([*framer.feed(bytes(utterance.audio)), *framer.flush()])
        self._note(now, CallerStartsSpeaking(utterance.duration_ms))
        self.remember(utterance)

    def _note(self, now: float, note: Note) -> None:
        if self._journal is not None:
            self._journal.note(now, note)

    def remember(self, utterance: Utterance) -> None:
        """Keep what began to be said."""
        self._remembered.append(utterance)
        self._kept += len(utterance.audio)
        while self._kept > KEPT_BYTES and len(self._remembered) > 1:
            oldest = self._remembered.popleft()
            self._kept -= len(oldest.audio)
            oldest.audio = b""
