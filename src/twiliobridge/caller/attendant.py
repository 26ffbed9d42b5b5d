"""Who sees to a call while it is up, and after its stream is down."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from twiliobridge.caller.instructions import Instructions
from twiliobridge.caller.line import Ending, PhoneLine
from twiliobridge.caller.notes import CallOver, CallUpdated
from twiliobridge.caller.webhooks import Webhooks
from twiliobridge.mediastream.twiml import Redirect, Stream, Verb

LEAVING_SECONDS = 5.0
"For the last status callback and the last redirect, once the caller leaves."
_UPDATED = Ending("the server ended the stream by REST", 1000)
_RAN_OUT = Ending("the TwiML came to its end", 1000)


@dataclass(frozen=True)
class LiveCall:
    """A call as Twilio's REST API sees it."""

    line: PhoneLine
    instructions: Instructions
    over: anyio.Event
    "Set when nothing follows any more."

    @property
    def status(self) -> str:
        """The CallStatus of Twilio's."""
        done = self.line.ending is not None and not self.instructions.pending
        return "completed" if done else "in-progress"

    async def complete(self) -> None:
        """End the call: no further verb runs."""
        await self._update("Status=completed", ())

    async def run(self, verbs: Sequence[Verb], source: str) -> None:
        """Do this with the call instead. A stream that is up ends."""
        await self._update(source, verbs)

    async def go_to(self, url: str) -> None:
        """Do what the document at `url` says instead."""
        await self._update(f"Url={url}", [Redirect(url)])

    async def _update(self, change: str, verbs: Sequence[Verb]) -> None:
        self.line.journal.note(anyio.current_time(), CallUpdated(change))
        self.instructions.replace(verbs)
        await self.line.hang_up(_UPDATED)


class Attendant:
    """Tells the server how its stream goes, and follows the TwiML when it has ended; or, where it `goes_on`
    beside the stream, as after <Start>, at once.
    """

    def __init__(
        self,
        line: PhoneLine,
        instructions: Instructions,
        webhooks: Webhooks,
        stream: Stream,
        *,
        goes_on: bool,
    ) -> None:
        self.over = anyio.Event()
        self._line = line
        self._instructions = instructions
        self._webhooks = webhooks
        self._stream = stream
        self._goes_on = goes_on
        self._scope = anyio.CancelScope(shield=True)

    async def attend(self) -> None:
        """Runs until the call is over. Shielded: `leave` ends it."""
        try:
            with self._scope:
                started = await self._started()
                if started:
                    await self._tell("stream-started")
                if self._goes_on:
                    await self._instructions.follow()
                    await self._line.hang_up(_RAN_OUT)
                ending = await self._line.wait_down()
                if started:
                    await self._tell("stream-stopped")
                if ending.close_code is None:
                    self._instructions.end()
                await self._instructions.follow()
        finally:
            self._line.journal.note(anyio.current_time(), CallOver())
            self.over.set()

    async def leave(self) -> None:
        """The caller is leaving, the line is down: wait for what is due, within a bound."""
        self._instructions.hurry()
        with anyio.move_on_after(LEAVING_SECONDS):
            await self.over.wait()
        self._scope.cancel()

    async def _tell(self, event: str) -> None:
        await self._webhooks.tell(self._instructions.base, self._stream, event)

    async def _started(self) -> bool:
        line = self._line
        await line.bell.wait_until(lambda: math.inf if line.began is None and not line.ending else -math.inf)
        return line.began is not None
