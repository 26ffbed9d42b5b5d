"""Whose turn is it? The caller's turns, by level and silence, as frames leave."""

import math

import anyio

from twiliobridge.audio import FRAME_MS
from twiliobridge.caller.line import PhoneLine, Turn
from twiliobridge.caller.live.utterance import LiveUtterance
from twiliobridge.caller.live.voice import VoiceFrame
from twiliobridge.caller.notes import Answered, CallerStartsSpeaking, CallerStopsSpeaking

LEAST_PAUSE = 0.2
"Seconds of silence after which the agent's answer ends the caller's turn: shorter ones are within words."


class LiveTurns:
    """Begins a turn of `line` with a frame of `threshold` or louder.

    It ends after `silence` seconds without one, or as soon as the agent is heard to answer it. `ended` of its
    utterance is the end of its last loud frame.
    """

    def __init__(self, line: PhoneLine, threshold: float, silence: float) -> None:
        self.turns: list[Turn] = []
        self._line = line
        self._threshold = threshold
        self._silence = silence
        self._speaking: LiveUtterance | None = None
        self._awaiting = False
        self._voiced_until = 0.0

    def hear(self, frame: VoiceFrame, now: float) -> None:
        """A frame that leaves now."""
        if frame.level >= self._threshold:
            if self._speaking is None:
                self._speaking = self._begin(now)
            self._voiced_until = now + FRAME_MS / 1000
        if self._speaking is not None:
            self._speaking.add(frame.audio, now)

    async def keep(self) -> None:
        """Ends turns in time, and tells of answers, for ever."""
        while True:
            await self._line.bell.wait_until(self._deadline)
            self._wake(anyio.current_time())

    def finish(self) -> None:
        """The conversation is over."""
        if self._speaking is not None:
            self._end(anyio.current_time())

    def _begin(self, now: float) -> LiveUtterance:
        utterance = LiveUtterance(now)
        turn = Turn(utterance, now, len(self._line.heard.stretches))
        self._line.turns.append(turn)
        self.turns.append(turn)
        self._awaiting = True
        self._line.journal.note(now, CallerStartsSpeaking(None))
        self._line.bell.ring()
        return utterance

    def _deadline(self) -> float:
        if self._answered_at() is not None:
            return -math.inf
        return math.inf if self._speaking is None else self._voiced_until + self._silence

    def _wake(self, now: float) -> None:
        answered_at = self._answered_at()
        if self._speaking is not None:
            self._end(now)
        if answered_at is not None:
            self._awaiting = False
            self._line.journal.note(now, Answered((answered_at - self._voiced_until) * 1000))

    def _answered_at(self) -> float | None:
        """When the agent began to answer the last turn, if that was not told yet."""
        if not self._awaiting:
            return None
        after = self._voiced_until + (LEAST_PAUSE if self._speaking else 0)
        stretches = self._line.heard.stretches[self.turns[-1].first_stretch :]
        return next((each.began for each in stretches if each.began >= after), None)

    def _end(self, now: float) -> None:
        assert self._speaking is not None
        self._speaking.finish(self._voiced_until)
        self._speaking = None
        self._line.journal.note(now, CallerStopsSpeaking())
