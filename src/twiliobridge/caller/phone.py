"""A phone as a context manager: one call, from the connection to the end."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import anyio

from twiliobridge.caller.attendant import LiveCall
from twiliobridge.caller.ear import Ear
from twiliobridge.caller.errors import TooSlow
from twiliobridge.caller.line import PhoneLine
from twiliobridge.caller.notes import VerbRun, Warned
from twiliobridge.caller.placing import Order, place_call
from twiliobridge.caller.speech import Utterance
from twiliobridge.caller.statistics import call_statistics
from twiliobridge.caller.tally import CallStatistics

HEARD_SECONDS = 30.0
"As for a whole answer: an agent that says less than was waited for must not stop a test for ever."


class Phone:
    """What a caller does, in single steps. Good for one call, which is up inside `async with`.

    Leaving the block says `stop` if a stream is running, closes within two seconds, and leaves no task and no
    socket; an exception of the block comes out as it is.
    """

    def __init__(self, order: Order) -> None:
        self.identity = order.identity
        self._journal = order.journal
        self._call = place_call(order)
        self._placed = False
        self._up: tuple[LiveCall, Ear] | None = None

    async def __aenter__(self) -> Self:
        if self._placed:
            raise RuntimeError("a phone is good for one call: make another one for the next")
        self._placed = True
        call = await self._call.__aenter__()
        self.identity = call.line.identity
        self._up = call, Ear(call.line)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._call.__aexit__(kind, error, trace)

    @property
    def line(self) -> PhoneLine:
        """What was said and heard so far. It can still be read after the call."""
        return self._parts[0].line

    @property
    def verbs(self) -> Sequence[VerbRun]:
        """Which verbs of the TwiML had their turn, in order; the <Connect> itself is one of them."""
        return tuple(self._journal.verbs)

    @property
    def warnings(self) -> Sequence[Warned]:
        """What Twilio would have written to its debugger about this call."""
        return tuple(self._journal.warnings)

    def statistics(self) -> CallStatistics:
        """What the call came to until now; also after it."""
        return call_statistics(self.line)

    @property
    def speaking(self) -> bool:
        """Whether the caller is saying something, or about to with the next frame."""
        return self.line.speech.speaking

    def say(self, audio: bytes) -> Utterance:
        """Queue mu-law audio (8 kHz, any length) to be said from the next frame on, and return at once.

        CallEnded if the line is down; RuntimeError before `initiate_call_flow`.
        """
        return self.line.say(audio)

    async def wait_until_heard(self, ms: float, timeout: float = HEARD_SECONDS) -> None:  # noqa: ASYNC109 -- as the promised API has it
        """Returns when `ms` milliseconds of the current answer (or greeting) were heard: the moment to
        interrupt.

        TooSlow after `timeout` seconds; CallEnded if the line goes down before.
        """
        await self._ear.wait_heard_within(ms, timeout)

    async def wait_for_hangup(self, timeout: float) -> int:  # noqa: ASYNC109 -- as the promised API has it
        """The server's WebSocket close code, once it has closed; 1006 if it vanished.

        TooSlow after `timeout` seconds; CallEnded if the caller has ended the call.
        """
        return await self._ear.wait_hangup_within(timeout)

    async def wait_for_call_end(self, timeout: float) -> None:  # noqa: ASYNC109 -- likewise
        """Returns when the call is over: the stream is down, and so many verbs of the TwiML as follow have
        had their turn.

        TooSlow after `timeout` seconds.
        """
        with anyio.move_on_after(timeout):
            await self._parts[0].over.wait()
            return
        raise TooSlow(f"the call was not over within {timeout:g} s")

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
    def _parts(self) -> tuple[LiveCall, Ear]:
        if self._up is None:
            raise RuntimeError("the phone is not connected: use it inside `async with`")
        return self._up
