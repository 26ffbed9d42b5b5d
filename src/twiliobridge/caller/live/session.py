"""What every live conversation has: both devices, and tasks that end together."""

import math
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum

import anyio

from twiliobridge.caller.ear import Ear
from twiliobridge.caller.errors import CallEnded, TooSlow
from twiliobridge.caller.line import PhoneLine, Turn
from twiliobridge.caller.live.earpiece import Earpiece
from twiliobridge.caller.live.interruption import wait_interrupted
from twiliobridge.caller.live.result import LiveResult, MicrophoneResult, live_turns
from twiliobridge.sound import Microphone, SoundError, Speaker

GOODBYES = {1000, 1001}
"WebSocket close codes by which a bridge hangs up in good order."

Job = Callable[[], Awaitable[object]]


class End(Enum):
    """What ended a live conversation."""

    CALLER = "the caller hung up"
    INTERRUPTED = "the caller interrupted it"
    AGENT = "the agent hung up"
    DROPPED = "the bridge dropped the line"
    DEVICE = "the microphone failed"


class LiveSession:
    """One conversation, from `run` to `result`."""

    def __init__(self, line: PhoneLine, ear: Ear, microphone: Microphone, speaker: Speaker) -> None:
        self.line = line
        self.ear = ear
        self.microphone = microphone
        self.speaker = speaker
        self.stopped = anyio.Event()
        "Set it to end the conversation."
        self.greeting_ms: float | None = None
        self._error: str | None = None
        self._end = End.CALLER
        self._began = anyio.current_time()
        self._ended = self._began
        self._heard_before = _packets(line)

    async def run(self, converse: Job, *others: Job) -> None:
        """Runs all of these, with the speaker and both ends watched, until `converse` returns, `stopped` is
        set, the line is down, a device fails, or at Ctrl+C; then hangs up.
        """
        async with anyio.create_task_group() as tasks:
            ends = {End.CALLER: self.stopped.wait, End.INTERRUPTED: wait_interrupted}
            for end, happens in ends.items():
                tasks.start_soon(self._watch, happens, end, tasks.cancel_scope)
            tasks.start_soon(self._watch_line, tasks.cancel_scope)
            for job in (Earpiece(self.line, self.speaker).play, *others):
                tasks.start_soon(self._work, job, tasks.cancel_scope)
            await converse()
            tasks.cancel_scope.cancel()
        self._ended = anyio.current_time()
        await self.line.hang_up()

    async def greet(self, seconds: float) -> None:
        """Wait for the agent to speak first, and to finish."""
        try:
            self.greeting_ms = (await self.ear.wait_answer_within(seconds)).duration_ms
        except (TooSlow, CallEnded) as failure:
            self._error = f"no greeting: {failure}"

    def result(self, microphone: MicrophoneResult, turns: Sequence[Turn], *, every_turn: bool) -> LiveResult:
        """`every_turn`: whether each has to be answered, or one is enough."""
        told = live_turns(self.line, turns)
        answered = sum(turn.answered for turn in told)
        error = self._error or _unanswered(len(told), answered, every_turn=every_turn)
        return LiveResult(
            success=error is None,
            total_duration=self._ended - self._began,
            total_audio_chunks_sent=microphone.chunks_sent,
            total_audio_chunks_heard=_packets(self.line) - self._heard_before,
            greeting_ms=self.greeting_ms,
            turns=told,
            turns_detected=len(told),
            turns_answered=answered,
            microphone=microphone,
            speaker_latency_ms=self.speaker.latency_ms,
            speaker_dropped_ms=self.speaker.dropped_ms,
            ended_by=self._end.value,
            error=error,
        )

    async def _work(self, job: Job, everything: anyio.CancelScope) -> None:
        try:
            await job()
        except SoundError as error:
            self._error, self._end = str(error), End.DEVICE
            everything.cancel()

    async def _watch(self, happens: Job, end: End, everything: anyio.CancelScope) -> None:
        await happens()
        self._end = end
        everything.cancel()

    async def _watch_line(self, everything: anyio.CancelScope) -> None:
        line = self.line
        await line.bell.wait_until(lambda: math.inf if line.ending is None else -math.inf)
        assert line.ending is not None
        if line.ending.close_code in GOODBYES:
            self._end = End.AGENT
        elif line.ending.close_code is not None:
            self._error, self._end = line.ending.text, End.DROPPED
        everything.cancel()


def _packets(line: PhoneLine) -> int:
    return sum(stretch.packets for stretch in line.heard.stretches)


def _unanswered(turns: int, answered: int, *, every_turn: bool) -> str | None:
    if not turns:
        return "nobody was heard to speak"
    if not answered or (every_turn and answered < turns):
        return f"{turns - answered} of {turns} turns had no answer"
    return None
