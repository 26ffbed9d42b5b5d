"""A microphone in the call: what it captures leaves as frames."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio

from twiliobridge.caller.line import PhoneLine, Turn
from twiliobridge.caller.live.mouthpiece import Mouthpiece
from twiliobridge.caller.live.result import MicrophoneResult
from twiliobridge.caller.live.utterance import LiveUtterance
from twiliobridge.caller.live.voice import Voice, VoiceFrame
from twiliobridge.caller.notes import MicrophoneOpens
from twiliobridge.sound import Microphone

Hear = Callable[[VoiceFrame, float], None]


class Take:
    """All that `microphone` says on `line`, while it is `live`; `hear` is told each frame that left."""

    def __init__(self, line: PhoneLine, microphone: Microphone, hear: Hear | None = None) -> None:
        self.microphone = microphone
        self.mouthpiece = Mouthpiece(self._left)
        self._line = line
        self._hear = hear
        self._voice = Voice(microphone.rate)
        self._whole: LiveUtterance | None = None
        self._first_at: float | None = None  # when its first frame left

    async def read(self) -> None:
        """For ever. SoundError if the device is gone."""
        while True:
            for frame in self._voice.frames(await self.microphone.receive()):
                if self._line.speech.live is self.mouthpiece:
                    self.mouthpiece.offer(frame)

    @contextmanager
    def live(self) -> Iterator[None]:
        """Meanwhile it is heard."""
        self._line.speech.live = self.mouthpiece
        self._line.journal.note(anyio.current_time(), MicrophoneOpens())
        try:
            yield
        finally:
            self._line.speech.live = None
            if self._whole is not None:
                self._whole.finish(anyio.current_time())

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Meanwhile it is heard, and all of it is one turn of the caller."""
        self._whole = LiveUtterance(anyio.current_time())
        self._line.speech.remember(self._whole)
        self._line.turns.append(Turn(self._whole, self._whole.began, len(self._line.heard.stretches)))
        with self.live():
            yield

    def result(self) -> MicrophoneResult:
        """So far, or of what is over."""
        mouthpiece, duration = self.mouthpiece, 0.0
        if self._whole is not None and self._first_at is not None:
            until = anyio.current_time() if self._whole.ended is None else self._whole.ended
            duration = until - self._first_at
        return MicrophoneResult(
            chunks_sent=mouthpiece.sent,
            duration=duration,
            chunks_per_second=mouthpiece.sent / duration if duration else 0.0,
            mic_to_wire_ms=mouthpiece.delays.spread(),
            device_latency_ms=self.microphone.latency_ms,
            chunks_dropped=self.microphone.dropped + mouthpiece.late,
            chunks_missing=mouthpiece.missing,
            chunks_skipped=mouthpiece.skipped,
        )

    def _left(self, frame: VoiceFrame, now: float) -> None:
        if self._whole is None:
            self._whole = LiveUtterance(now)
            self._line.speech.remember(self._whole)
        self._first_at = now if self._first_at is None else self._first_at
        self._whole.add(frame.audio, now)
        if self._hear is not None:
            self._hear(frame, now)
