"""A phone as a context manager: one call, from the connection to the end."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Self

from twiliobridge.caller.carrier import Carrier
from twiliobridge.caller.ear import Ear
from twiliobridge.caller.identity import CallIdentity
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.line import PhoneLine, open_phone_line
from twiliobridge.caller.notes import Warned
from twiliobridge.caller.speech import Utterance


@asynccontextmanager
async def _call(
    connection: AbstractAsyncContextManager[Carrier], identity: CallIdentity, journal: Journal
) -> AsyncIterator[PhoneLine]:
    async with connection as carrier, open_phone_line(carrier, identity, journal) as line:
        yield line


class Phone:
    """What a caller does, in single steps. Good for one call, which is up inside `async with`.

    Leaving the block says `stop` if a stream is running, closes within two seconds, and leaves no task and no
    socket; an exception of the block comes out as it is.
    """

    def __init__(
        self, connection: AbstractAsyncContextManager[Carrier], identity: CallIdentity, journal: Journal
    ) -> None:
        self.identity = identity
        self._journal = journal
        self._call = _call(connection, identity, journal)
        self._up: tuple[PhoneLine, Ear] | None = None

    async def __aenter__(self) -> Self:
        line = await self._call.__aenter__()
        self._up = line, Ear(line)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._call.__aexit__(kind, error, trace)

    @property
    def line(self) -> PhoneLine:
        """What was said and heard so far. It can still be read after the call."""
        return self._parts[0]

    @property
    def warnings(self) -> Sequence[Warned]:
        """What Twilio would have written to its debugger about this call."""
        return tuple(self._journal.warnings)

    @property
    def speaking(self) -> bool:
        """Whether the caller is saying something, or about to with the next frame."""
        return self.line.speech.speaking

    def say(self, audio: bytes) -> Utterance:
        """Queue mu-law audio (8 kHz, any length) to be said from the next frame on, and return at once.

        CallEnded if the line is down; RuntimeError before `initiate_call_flow`.
        """
        return self.line.say(audio)

    async def wait_until_heard(self, ms: float) -> None:
        """Returns when `ms` milliseconds of the current answer (or greeting) were heard: the moment to
        interrupt.

        CallEnded if the line goes down before.
        """
        await self._ear.wait_heard(ms)

    async def wait_for_hangup(self, timeout: float) -> int:  # noqa: ASYNC109 -- as the promised API has it
        """The server's WebSocket close code, once it has closed; 1006 if it vanished.

        TooSlow after `timeout` seconds; CallEnded if the caller has ended the call.
        """
        return await self._ear.wait_hangup_within(timeout)

    async def hangup(self) -> None:
        """Say `stop` if a stream is running, and close. Nothing happens if the line is down already."""
        await self.line.hang_up()

    async def drop(self) -> None:
        """Abort the TCP connection, without `stop`, as a lost network does."""
        await self.line.drop()

    @property
    def _ear(self) -> Ear:
        return self._parts[1]

    @property
    def _parts(self) -> tuple[PhoneLine, Ear]:
        if self._up is None:
            raise RuntimeError("the phone is not connected: use it inside `async with`")
        return self._up
