"""A microphone that is open from one call of a method to another."""

import math
from contextlib import AsyncExitStack

import anyio

from twiliobridge.caller.line import PhoneLine, alone
from twiliobridge.caller.live.result import MicrophoneResult
from twiliobridge.caller.live.take import Take
from twiliobridge.caller.live.voice import Voice
from twiliobridge.sound import Headset, Microphone

MOST_PIECES = 30_000
"Ten minutes of a recording."


class Recorder:
    """Nothing, or one open microphone."""

    def __init__(self, headset: Headset, rate: int) -> None:
        self._headset = headset
        self._rate = rate
        self._open = AsyncExitStack()
        self._microphone: Microphone | None = None
        self._streaming: anyio.CancelScope | None = None

    async def start(self) -> None:
        """SoundError if there is no microphone, or it is busy. One that is open stays open."""
        if self._microphone is None:
            opening = self._headset.open_microphone(self._rate, MOST_PIECES)
            self._microphone = await self._open.enter_async_context(opening)

    async def stop(self) -> bytes:
        """What was captured and not streamed, as mu-law; nothing if none is open."""
        microphone, self._microphone = self._microphone, None
        if self._streaming is not None:
            self._streaming.cancel()
        await self._open.aclose()
        if microphone is None:
            return b""
        voice = Voice(microphone.rate)
        pieces = iter(microphone.receive_nowait, None)
        return b"".join(frame.audio for piece in pieces for frame in voice.frames(piece))

    async def stream(self, line: PhoneLine, duration: float | None) -> MicrophoneResult:
        """Until `duration` seconds are over, or `stop`; the microphone is then closed."""
        line.check_streaming()
        if self._streaming is not None:
            raise RuntimeError("the microphone speaks in the call already")
        await self.start()
        assert self._microphone is not None
        while self._microphone.receive_nowait() is not None:
            pass  # what was captured before is not live any more
        take = Take(line, self._microphone)
        try:
            with alone():
                await self._stream(line, take, duration)
        finally:
            self._streaming = None
            with anyio.CancelScope(shield=True):  # closing a device is bounded
                await self.stop()
        line.check_streaming()
        return take.result()

    async def _stream(self, line: PhoneLine, take: Take, duration: float | None) -> None:
        async with anyio.create_task_group() as tasks:
            self._streaming = tasks.cancel_scope
            tasks.start_soon(_cancel_when_down, line, tasks.cancel_scope)
            with anyio.move_on_after(duration), take.turn():
                await take.read()
            tasks.cancel_scope.cancel()


async def _cancel_when_down(line: PhoneLine, scope: anyio.CancelScope) -> None:
    await line.bell.wait_until(lambda: math.inf if line.ending is None else -math.inf)
    scope.cancel()
