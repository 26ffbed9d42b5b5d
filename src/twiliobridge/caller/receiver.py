"""What comes in: the server's messages into Twilio's playback buffer; out of it what is heard, and marks
back.
"""

import base64
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import anyio

from twiliobridge.audio import RATE
from twiliobridge.caller.bell import Bell
from twiliobridge.caller.carrier import Carrier
from twiliobridge.caller.heard import Heard
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import Cleared, MarkEchoed, MarkReceived, Warned
from twiliobridge.caller.sender import PhoneStream, Sender
from twiliobridge.mediastream import RemoteProtocolError
from twiliobridge.mediastream.errors import StreamCode, clip
from twiliobridge.mediastream.events import Clear, Mark, Play, ServerEvent
from twiliobridge.mediastream.playback import Discarded, MarkEcho, Outcome, PlaybackBuffer, Played


class Receiver:
    """The phone's ear, for one stream. `bell` rings whenever anything was received or heard; reading each
    message takes `reading` seconds.
    """

    def __init__(
        self,
        stream: PhoneStream,
        carrier: Carrier,
        sender: Sender,
        heard: Heard,
        journal: Journal,
        bell: Bell,
        reading: float,
    ) -> None:
        self._stream = stream
        self._carrier = carrier
        self._sender = sender
        self._heard = heard
        self._journal = journal
        self._bell = bell
        self._reading = reading
        self._readable = anyio.Event()
        self._readable.set()
        self._message: str | bytes = ""
        self._playback = PlaybackBuffer()

    @property
    def queued_ms(self) -> float:
        """Audio received and not yet played, in milliseconds."""
        return self._playback.queued_bytes * 1000 / RATE

    async def receive(self) -> None:
        """Runs until CallEnded, which it raises. What is no message of a server is a warning, as for
        Twilio.
        """
        while True:
            await self._readable.wait()
            self._message = await self._carrier.receive()
            if self._reading:
                await anyio.sleep(self._reading)
            now = anyio.current_time()
            try:
                self._take(self._stream.receive(self._message), now)
            except RemoteProtocolError as fault:
                self._warn(now, fault.code, str(fault))
            self._bell.ring()

    @contextmanager
    def not_reading(self) -> Iterator[None]:
        """Meanwhile no further message is taken from the carrier; one that is awaited already still is."""
        self._readable = anyio.Event()
        try:
            yield
        finally:
            self._readable.set()

    def _warn(self, now: float, code: int | None, text: str) -> None:
        message = self._message if isinstance(self._message, str) else self._message[:80].hex(" ")
        self._journal.note(now, Warned(StreamCode(code) if code else StreamCode.UNKNOWN, text, clip(message)))

    async def play(self) -> None:
        """Lets the buffer play in time, for ever."""
        while True:
            await self._bell.wait_until(self._next_moment)
            now = anyio.current_time()
            self._carry_out(self._playback.advance(now))
            if not self._playback.queued_bytes and self._heard.ends_at() <= now:
                self._heard.fall_silent()
            self._bell.ring()

    def _next_moment(self) -> float:
        due = self._playback.deadline()
        return min(math.inf if due is None else due, math.inf if self.queued_ms else self._heard.ends_at())

    def _take(self, event: ServerEvent, now: float) -> None:
        match event:
            case Play():
                self._journal.tally.media_arrived(now, event.size * 1000 / RATE)
                self._carry_out(self._playback.play(base64.b64decode(event.payload), now))
            case Mark():
                self._journal.note(now, MarkReceived(event.name))
                self._carry_out(self._playback.mark(event.name, now))
            case Clear():
                self._clear(now)

    def _clear(self, now: float) -> None:
        queued = self._playback.queued_bytes
        outcomes = self._playback.clear(now)
        cleared = [each for each in outcomes if isinstance(each, MarkEcho) and each.cleared]
        before = outcomes[: len(outcomes) - len(cleared)]  # played until now, and not yet told
        cut = queued - sum(each.size for each in before if isinstance(each, Played))
        self._carry_out(before)
        self._journal.note(now, Cleared(cut * 1000 / RATE))
        self._heard.cut()
        self._carry_out(cleared)

    def _carry_out(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            match outcome:
                case Played():
                    self._heard.hear(outcome)
                case MarkEcho():
                    self._sender.echo(outcome.name)
                    if not outcome.cleared:
                        self._heard.reach(outcome.name, outcome.at)
                    self._journal.note(outcome.at, MarkEchoed(outcome.name, outcome.cleared))
                case Discarded():
                    self._warn(outcome.at, outcome.code, f"{outcome.size} bytes of audio found no room")
