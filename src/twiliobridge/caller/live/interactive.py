"""A conversation by the Enter key: record, send, hear the answer."""

import contextlib
import math

import anyio

from twiliobridge.audio import FRAME_MS
from twiliobridge.caller.bell import Bell
from twiliobridge.caller.errors import CallEnded, TooSlow
from twiliobridge.caller.line import Turn
from twiliobridge.caller.live.delays import Spread
from twiliobridge.caller.live.keyboard import Keyboard
from twiliobridge.caller.live.result import LiveResult, MicrophoneResult
from twiliobridge.caller.live.session import LiveSession
from twiliobridge.caller.live.voice import Voice, VoiceFrame

RESPONSE_SECONDS = 30.0
"For an answer to begin and end, as for recordings."
LONGEST_SECONDS = 120.0
"Of one recording; then it is sent."
QUIT = {"quit", "q", "exit"}
MARGIN_SECONDS = 0.2
"Kept before and after the speech of a recording."


class Recording:
    """One turn while it is spoken."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._frames: list[bytes] = []
        self._first: int | None = None
        self._last = 0

    def hear(self, frame: VoiceFrame) -> None:
        if frame.level >= self._threshold:
            self._first = len(self._frames) if self._first is None else self._first
            self._last = len(self._frames) + 1
        self._frames.append(frame.audio)

    @property
    def silent_for(self) -> float:
        """Seconds since somebody spoke; 0 before."""
        return 0.0 if self._first is None else (len(self._frames) - self._last) * FRAME_MS / 1000

    @property
    def full(self) -> bool:
        return len(self._frames) * FRAME_MS >= LONGEST_SECONDS * 1000

    def audio(self) -> bytes:
        """The speech in it as mu-law, with a margin; empty if nobody spoke."""
        if self._first is None:
            return b""
        margin = round(MARGIN_SECONDS * 1000 / FRAME_MS)
        return b"".join(self._frames[max(0, self._first - margin) : self._last + margin])


class InteractiveConversation:
    """`silence`: seconds of it that end a turn; None leaves that to the Enter key."""

    def __init__(
        self, session: LiveSession, keyboard: Keyboard, threshold: float, silence: float | None
    ) -> None:
        self._session = session
        self._keyboard = keyboard
        self._threshold = threshold
        self._silence = silence
        self._bell = Bell()
        self._voice = Voice(session.microphone.rate)
        self._recording: Recording | None = None
        self._turns: list[Turn] = []

    async def hold(self, greeting: float | None) -> LiveResult:
        """`greeting`: seconds to wait for the agent to speak first; None does not."""

        async def converse() -> None:
            if greeting is not None:
                self._keyboard.tell("Waiting for the greeting...")
                await self._session.greet(greeting)
            with contextlib.suppress(EOFError, CallEnded):  # no more input; or no line, which is watched
                await self._turn_by_turn()

        await self._session.run(converse, self._read)
        return self._session.result(self._microphone(), self._turns, every_turn=True)

    async def _turn_by_turn(self) -> None:
        while True:
            self._keyboard.tell("Enter: speak. quit: hang up.")
            if await self._quits():
                return
            audio = await self._record()
            if audio is None:
                return
            if audio:
                await self._send(audio)
            else:
                self._keyboard.tell("Nobody was heard to speak; nothing was sent.")

    async def _quits(self) -> bool:
        return (await self._keyboard.line()).strip().lower() in QUIT

    async def _record(self) -> bytes | None:
        """What was spoken until Enter, or until silence; None for somebody who quits instead."""
        quits = False
        ends = "Enter" if self._silence is None else f"Enter, or {self._silence:g} s of silence,"
        self._keyboard.tell(f"Speak. {ends} sends it.")
        self._recording = recording = Recording(self._threshold)
        async with anyio.create_task_group() as first:
            first.start_soon(self._until_over, recording, first.cancel_scope)
            quits = await self._quits()
            first.cancel_scope.cancel()
        self._recording = None
        return None if quits else recording.audio()

    async def _until_over(self, recording: Recording, entered: anyio.CancelScope) -> None:
        limit = math.inf if self._silence is None else self._silence

        def due() -> float:
            return -math.inf if recording.silent_for >= limit or recording.full else math.inf

        await self._bell.wait_until(due)
        entered.cancel()

    async def _send(self, audio: bytes) -> None:
        line = self._session.line
        said = len(line.turns)
        try:
            await line.say_all(audio)
            answer = await self._session.ear.wait_answer_within(RESPONSE_SECONDS)
            self._keyboard.tell(f"Answered after {answer.latency_ms:.0f} ms.")
        except TooSlow as slow:
            self._keyboard.tell(f"No answer: {slow}.")
        finally:
            self._turns += line.turns[said:]

    async def _read(self) -> None:
        while True:
            for frame in self._voice.frames(await self._session.microphone.receive()):
                if self._recording is not None:
                    self._recording.hear(frame)
                    self._bell.ring()

    def _microphone(self) -> MicrophoneResult:
        said = [turn.said for turn in self._turns if not isinstance(turn.said, str)]
        whole = [
            (each.ended - each.began, each.frames_left)
            for each in said
            if each.began is not None and each.ended is not None
        ]
        duration = sum(seconds for seconds, _ in whole)
        return MicrophoneResult(
            chunks_sent=sum(each.frames_left for each in said),
            duration=duration,
            chunks_per_second=sum(left for _, left in whole) / duration if duration else 0.0,
            mic_to_wire_ms=Spread(0, 0, 0),
            device_latency_ms=self._session.microphone.latency_ms,
            chunks_dropped=self._session.microphone.dropped,
            chunks_missing=0,
            chunks_skipped=0,
        )
