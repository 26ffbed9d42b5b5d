"""A phone that somebody wears: microphone and speaker."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType

import anyio

from twiliobridge.caller.errors import CallEnded
from twiliobridge.caller.live.interactive import InteractiveConversation
from twiliobridge.caller.live.keyboard import Keyboard, Terminal
from twiliobridge.caller.live.realtime import hold_realtime
from twiliobridge.caller.live.recorder import Recorder
from twiliobridge.caller.live.result import LiveResult, MicrophoneResult
from twiliobridge.caller.live.session import LiveSession
from twiliobridge.caller.live.summary import summary_text
from twiliobridge.caller.live.voice import VOICE_THRESHOLD, check_silence, check_threshold
from twiliobridge.caller.phone import Phone
from twiliobridge.caller.placing import Order
from twiliobridge.sound import WAITING_PIECES, Headset, SoundError

GREETING_SECONDS = 10.0
"As for recordings."
SILENCE_SECONDS = 2.0
"Precedent for a default: the live test that this client replaces."


class HeadsetPhone(Phone):
    """What a caller does by voice. The devices of `headset` are open only while a method needs them.

    `rate`: asked of the microphone, in Hz. `keyboard`: makes whom an interactive conversation talks to.
    """

    def __init__(
        self, order: Order, headset: Headset, rate: int, keyboard: Callable[[], Keyboard] = Terminal
    ) -> None:
        super().__init__(order)
        self._headset = headset
        self._rate = rate
        self._keyboard = keyboard
        self._recorder = Recorder(headset, rate)
        self._session: LiveSession | None = None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        with anyio.CancelScope(shield=True):  # closing a device is bounded
            await self._recorder.stop()
        return await super().__aexit__(kind, error, trace)

    async def start_microphone_recording(self) -> None:
        """Open the microphone and record, ten minutes at most, while everything else goes on.

        SoundError, one line, if there is no microphone or it is busy. One that is open stays open. The call
        hears none of it: `stream_microphone_audio` is for that.
        """
        await self._recorder.start()

    async def stop_microphone_recording(self) -> bytes:
        """Close the microphone; returns what was recorded as 8 kHz mu-law, which `say` takes.

        Ends a `stream_microphone_audio` or a live conversation that is running; then there is nothing to
        return.
        """
        if self._session is not None:
            self._session.stopped.set()
        return await self._recorder.stop()

    async def stream_microphone_audio(self, duration: float | None = None) -> MicrophoneResult:
        """The microphone speaks in the call, frame by frame, for `duration` seconds, or until
        `stop_microphone_recording`. It is one turn: `wait_for_ai_response` then has the answer to it.

        Returns how it went. SoundError if there is no microphone, if it is busy, or when it is gone;
        RuntimeError before `initiate_call_flow`; CallEnded if the line goes down. Cancelled, the microphone
        is closed.
        """
        return await self._recorder.stream(self.line, duration)

    async def live_conversation(
        self,
        wait_for_greeting: bool = True,  # noqa: FBT001, FBT002 -- the promised signature
        auto_detect_silence: bool = True,  # noqa: FBT001, FBT002 -- likewise
        silence_threshold: float = SILENCE_SECONDS,
        *,
        voice_activation_threshold: float = VOICE_THRESHOLD,
    ) -> LiveResult:
        """A conversation by the Enter key: Enter starts a turn, Enter stops and sends it, `quit` hangs up.

        `auto_detect_silence`: a turn that was begun by voice is also sent after `silence_threshold` seconds
        without one. Voice is what reaches `voice_activation_threshold` (RMS / 32767); without any, nothing is
        sent. Starts the stream if nobody did, and ends the call. SoundError, before that, without a
        microphone or a speaker. ValueError if the seconds are not more than 0 and at most 60, or the
        threshold is not 0.001 to 0.1.
        """
        threshold = check_threshold(voice_activation_threshold)
        silence = check_silence(silence_threshold) if auto_detect_silence else None

        async def hold(session: LiveSession) -> LiveResult:
            conversation = InteractiveConversation(session, self._keyboard(), threshold, silence)
            return await conversation.hold(GREETING_SECONDS if wait_for_greeting else None)

        return await self._hold(hold)

    async def live_realtime_conversation(
        self,
        wait_for_greeting: bool = True,  # noqa: FBT001, FBT002 -- the promised signature
        voice_activation_threshold: float = VOICE_THRESHOLD,
        silence_timeout: float = SILENCE_SECONDS,
    ) -> LiveResult:
        """A conversation as on a telephone, until Ctrl+C, `stop_microphone_recording`, or a hang-up.

        With `wait_for_greeting` the microphone is shut until the agent has greeted. Every frame of it leaves;
        a turn is counted from a frame at or above `voice_activation_threshold` (RMS / 32767) until
        `silence_timeout` seconds without one, or until the agent answers.

        Starts the stream if nobody did, and ends the call. SoundError, before that, without a microphone or a
        speaker. ValueError if the threshold is not 0.001 to 0.1, or the timeout not within 0 to 60.
        """
        threshold, silence = check_threshold(voice_activation_threshold), check_silence(silence_timeout)
        greeting = GREETING_SECONDS if wait_for_greeting else None
        return await self._hold(lambda session: hold_realtime(session, threshold, silence, greeting))

    async def simple_live_conversation_test(self) -> bool:
        """`live_conversation`, with a summary on standard output. Whether it was a success."""
        return await _told(self.live_conversation)

    async def simple_realtime_conversation_test(self) -> bool:
        """`live_realtime_conversation`, with a summary on standard output. Whether it was a success."""
        return await _told(self.live_realtime_conversation)

    async def _hold(self, conversation: Callable[[LiveSession], Awaitable[LiveResult]]) -> LiveResult:
        async with self._open_session() as session:
            self._session = session
            try:
                return await conversation(session)
            finally:
                self._session = None

    @asynccontextmanager
    async def _open_session(self) -> AsyncIterator[LiveSession]:
        async with (
            self._headset.open_microphone(self._rate, WAITING_PIECES) as microphone,
            self._headset.open_speaker() as speaker,
        ):
            if self.line.began is None:
                await self.line.start()
            yield LiveSession(self.line, self._ear, microphone, speaker)


async def _told(converse: Callable[[], Awaitable[LiveResult]]) -> bool:
    try:
        result = await converse()
    except (SoundError, CallEnded) as error:
        sys.stdout.write(f"FAILED: {error}\n")
        return False
    sys.stdout.write(f"{summary_text(result)}\n")
    return result.success
