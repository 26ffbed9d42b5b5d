"""A phone line: one call over one connection."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass

import anyio

from twiliobridge.caller.bell import Bell
from twiliobridge.caller.carrier import Carrier
from twiliobridge.caller.conditions import LineConditions, StreamKind
from twiliobridge.caller.errors import CallEnded
from twiliobridge.caller.heard import Heard
from twiliobridge.caller.identity import CallIdentity
from twiliobridge.caller.journal import Journal
from twiliobridge.caller.notes import (
    ConnectionDropped,
    KeyPressed,
    ServerClosed,
    StreamStarted,
    StreamStopped,
    Warned,
)
from twiliobridge.caller.receiver import Receiver
from twiliobridge.caller.sender import Sender
from twiliobridge.caller.speech import Speech, Utterance
from twiliobridge.mediastream import MediaStream, Phase, Role
from twiliobridge.mediastream.events import Connected, Dtmf, Stop, Track

GOOD_LINE = LineConditions()
GRACE_SECONDS = 1.0
"For `stop` to get out, and again for the closing handshake."
DIGITS = "0123456789*#ABCD"


@dataclass(frozen=True)
class Ending:
    """Why the line is down."""

    text: str
    close_code: int | None = None
    "The server's; 1000 too if it ended the call by REST, None if the caller did."


_CALLER_HUNG_UP = Ending("the caller hung up")


@dataclass(frozen=True)
class Turn:
    """The caller's part of a turn, and where in what is heard the answer to it can begin at the earliest."""

    said: Utterance | str
    "Speech, or the digit of a key."
    at: float
    "Seconds."
    first_stretch: int


class PhoneLine:
    """What the caller can do, and what has happened so far. Opened by `open_phone_line`."""

    def __init__(
        self,
        carrier: Carrier,
        identity: CallIdentity,
        journal: Journal,
        kind: StreamKind,
        conditions: LineConditions,
    ) -> None:
        self.identity = identity
        self.kind = kind
        self.conditions = conditions
        self.journal = journal
        self.bell = Bell()
        self.heard = Heard(journal)
        self.speech = Speech(journal)
        self.other_party = Speech(None)
        "Whom the caller talks to, on the outbound track of a stream that has one."
        self.turns: list[Turn] = []
        self.began: float | None = None
        "When the stream started, in seconds."
        self.ending: Ending | None = None
        self._carrier = carrier
        self._stream = MediaStream(Role.TWILIO, bidirectional=kind.bidirectional)
        voices: dict[Track, Speech] = {"inbound": self.speech, "outbound": self.other_party}
        heard_tracks = {track: voices[track] for track in kind.tracks}
        self._sender = Sender(self._stream, carrier, heard_tracks, journal, conditions)
        self._receiver = Receiver(
            self._stream,
            carrier,
            self._sender,
            self.heard,
            journal,
            self.bell,
            conditions.reading_ms / 1000,
        )
        self._activity = anyio.CancelScope(shield=True)
        self._halted = anyio.Event()
        self._closing = anyio.Lock()

    @property
    def queued_ms(self) -> float:
        """Audio received and not yet played, in milliseconds."""
        return self._receiver.queued_ms

    async def start(self) -> None:
        """Say `connected` and `start`; from now on a frame leaves every 20 ms. CallEnded if the line goes
        down between the two. RuntimeError the second time.
        """
        self._check_up()
        if self._stream.phase is not Phase.NEW:
            raise RuntimeError("the stream has started already: initiate_call_flow() comes once")
        self._sender.say(Connected())
        if self.conditions.start_delay:
            await anyio.sleep(self.conditions.start_delay)
            self._check_up()
        self._sender.say(self.identity.start(self.kind.tracks))
        self.began = anyio.current_time()
        self.journal.note(self.began, StreamStarted(self.identity.stream_sid))
        self._sender.begin()
        self.bell.ring()

    def not_reading(self) -> AbstractContextManager[None]:
        """Meanwhile the phone takes no further message off its connection."""
        return self._receiver.not_reading()

    async def wait_down(self) -> Ending:
        """Why the line is down, once it is."""
        await self.bell.wait_until(lambda: math.inf if self.ending is None else -math.inf)
        assert self.ending is not None
        return self.ending

    def say(self, audio: bytes) -> Utterance:
        """Queue mu-law audio, 8 kHz, of any length; it leaves with the next frames. Begins a turn."""
        self.check_streaming()
        utterance = self.speech.say(audio)
        self.journal.tally.turn_began()
        self.turns.append(Turn(utterance, anyio.current_time(), len(self.heard.stretches)))
        return utterance

    async def say_all(self, audio: bytes) -> Utterance:
        """`say`, and wait until it was said. CallEnded if the line goes down before."""
        utterance = self.say(audio)
        await self.wait_said(utterance)
        return utterance

    async def wait_said(self, utterance: Utterance) -> None:
        """Returns when all of it was said. CallEnded if the line goes down before."""
        await utterance.wait_said()
        if utterance.ended is None:
            self._check_up()

    def press(self, digit: str) -> None:
        """Press a key. ValueError unless it is one of 0-9 * # A-D. Begins a turn."""
        if digit not in tuple(DIGITS):
            raise ValueError(f"a phone has the keys 0-9 * # A-D, not {digit!r}")
        self.check_streaming()
        now = anyio.current_time()
        self._sender.say(Dtmf(digit=digit))
        self.journal.note(now, KeyPressed(digit))
        self.journal.tally.turn_began()
        self.turns.append(Turn(digit, now, len(self.heard.stretches)))

    async def hang_up(self, why: Ending = _CALLER_HUNG_UP) -> None:
        """Say `stop` if a stream is running, and close. Idempotent; cancelled, it may be called again."""
        try:
            if self._end(why) and self._stream.phase is Phase.STREAMING:
                self._say_stop()
                with anyio.move_on_after(GRACE_SECONDS):
                    await self._carrier.wait_carried()
        finally:
            self._activity.cancel()
        await self._halted.wait()
        await self._close()

    async def drop(self) -> None:
        """Abort the connection, as a broken network does: no `stop`, no closing handshake."""
        if self._end(Ending("the caller's connection dropped")):
            self.journal.note(anyio.current_time(), ConnectionDropped())
            self._activity.cancel()
            await self._halted.wait()
            await self._carrier.abort()

    async def run(self) -> None:
        """Everything that goes on during a call, until it has ended. Shielded, so that a cancelled call can
        say `stop`.
        """
        try:
            with self._activity:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._carrier.carry)
                    tasks.start_soon(self._sender.pace)
                    tasks.start_soon(self._receiver.play)
                    await self._receive()
                    tasks.cancel_scope.cancel()
                await self._close()
        finally:
            self._halted.set()

    async def _receive(self) -> None:
        try:
            await self._receiver.receive()
        except CallEnded as farewell:
            code = farewell.close_code or 1006
            if self._end(Ending(str(farewell), code)):
                now = anyio.current_time()
                self.journal.note(now, ServerClosed(code))
                self.journal.note(now, Warned(farewell.code, str(farewell)))

    async def _close(self) -> None:
        with anyio.move_on_after(GRACE_SECONDS):
            async with self._closing:  # the caller may leave while the server's side has ended the call
                await self._carrier.aclose()

    def _say_stop(self) -> None:
        sids = self.identity
        self._sender.say(Stop(account_sid=sids.account_sid, call_sid=sids.call_sid))
        self.journal.note(anyio.current_time(), StreamStopped())

    def _end(self, ending: Ending) -> bool:
        """Whether the line was up until now."""
        if self.ending is not None:
            return False
        self.ending = ending
        self.speech.give_up()
        self.other_party.give_up()
        self.heard.fall_silent()
        self.bell.ring()
        return True

    def _check_up(self) -> None:
        if self.ending is not None:
            raise CallEnded(self.ending.text, self.ending.close_code)

    def check_streaming(self) -> None:
        """CallEnded if the line is down; RuntimeError before the stream has started."""
        self._check_up()
        if self._stream.phase is not Phase.STREAMING:
            raise RuntimeError("the stream has not started: initiate_call_flow() comes first")


@asynccontextmanager
async def open_phone_line(
    carrier: Carrier,
    identity: CallIdentity,
    journal: Journal,
    kind: StreamKind = StreamKind.BIDIRECTIONAL,
    conditions: LineConditions = GOOD_LINE,
) -> AsyncIterator[PhoneLine]:
    """A line over an open `carrier`.

    Resource handling: on leaving the block the call is hung up, if it was not yet, within a bound of two
    seconds; no task outlives the block. The carrier's connection belongs to who opened it.

    Error handling: an exception of the block comes out as itself, not in a group.
    """
    line = PhoneLine(carrier, identity, journal, kind, conditions)
    with alone():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(line.run)
            try:
                yield line
            finally:
                with anyio.CancelScope(shield=True):  # hang_up is bounded
                    await line.hang_up()


@contextmanager
def alone() -> Iterator[None]:
    """Take a single exception out of the groups that task groups put it in."""
    try:
        yield
    except BaseExceptionGroup as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
            error = error.exceptions[0]
        raise error from error.__cause__
