"""The model's side of the calls under test: what every session was told and said, and when."""

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import trio

from twiliobridge.call import Dial
from twiliobridge.realtime import RealtimeConnection, RemoteProtocolError, Role, error_event
from twiliobridge.realtime import events as model
from twiliobridge.realtime.codec import read_client, read_server
from twiliobridge.wires import Wire
from twiliobridge.wires.memory import MemoryWire, memory_wires

E = TypeVar("E")

BAD_KEY = "invalid_api_key"
REFUSED = 3000
"The service's close code after `invalid_api_key`."


class Unreadable:
    """A message that is no event."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


@dataclass(frozen=True)
class Passed:
    at: float
    "Seconds."
    event: object
    "Of `realtime.events`, or Unreadable."
    by_bridge: bool
    "Or else by the model."


class ModelSession:
    """One session with the model. Times in seconds on the clock of the event loop."""

    def __init__(self, opened: float) -> None:
        self.opened = opened
        self.closed: float | None = None
        self.log: list[Passed] = []
        "All that passed, in order."
        self._dropped = False
        self._receiving = trio.CancelScope()

    def events(self, kind: type[E]) -> list[tuple[float, E]]:
        """All events of one kind, of both directions, each with its time."""
        return [(each.at, each.event) for each in self.log if isinstance(each.event, kind)]

    @property
    def told(self) -> list[tuple[float, object]]:
        """What the bridge said."""
        return [(each.at, each.event) for each in self.log if each.by_bridge]

    @property
    def appended(self) -> bytes:
        """All that the bridge appended to the input buffer, in the session's input format."""
        return b"".join(decoded(event.audio) for _, event in self.events(model.AppendAudio))

    def spoken(self) -> Iterator[tuple[float, str, bytes]]:
        """The deltas of speech: when, of which item, and the audio, in the session's output format."""
        for at, event in self.events(model.OutputAudioDelta):
            yield at, event.item_id, decoded(event.delta)

    def item_audio(self, item_id: str) -> bytes:
        return b"".join(audio for _, item, audio in self.spoken() if item == item_id)

    def words_since(self, at: float) -> list[str]:
        """What the model said from then on, in words, item by item."""
        return [event.transcript for when, event in self.events(model.OutputTranscriptDone) if when >= at]

    def drop(self) -> None:
        """The model vanishes, from here on and for this session."""
        self._dropped = True
        self._receiving.cancel()

    def note(self, text: str | bytes, *, by_bridge: bool) -> None:
        read = read_client if by_bridge else read_server
        event: object
        try:
            event = read(text)
        except RemoteProtocolError as fault:
            event = Unreadable(str(fault))
        self.log.append(Passed(trio.current_time(), event, by_bridge))

    async def receive(self, wire: Wire) -> str | bytes:
        """`wire.receive`, until the session is dropped."""
        if not self._dropped:
            with trio.CancelScope() as self._receiving:
                return await wire.receive()
        raise trio.BrokenResourceError("the validation dropped the model")

    def check_up(self) -> None:
        if self._dropped:
            raise trio.BrokenResourceError("the validation dropped the model")


def decoded(payload: str) -> bytes:
    try:
        return base64.b64decode(payload, validate=True)
    except ValueError:
        return b""


class TappedWire(Wire):
    """The bridge's end of a model's wire, or (`at_model`) the model's own."""

    def __init__(self, wire: Wire, session: ModelSession, *, at_model: bool = False) -> None:
        self._wire = wire
        self._session = session
        self._at_model = at_model

    async def receive(self) -> str | bytes:
        text = await self._session.receive(self._wire)
        self._session.note(text, by_bridge=self._at_model)
        return text

    def send(self, text: str) -> None:
        self._session.check_up()
        self._wire.send(text)
        self._session.note(text, by_bridge=not self._at_model)

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        await self._wire.aclose(code, reason)


class ModelTap:
    """Watches every session that is dialled through it, or served behind it."""

    def __init__(self) -> None:
        self.sessions: list[ModelSession] = []
        self._refusals = 0

    def refuse_next_key(self) -> None:
        """The next session to be dialled is refused, as for a wrong key."""
        self._refusals += 1

    def watched(self, dial: Dial) -> Dial:
        """The same sessions, watched."""

        @asynccontextmanager
        async def watching() -> AsyncIterator[Wire]:
            session = self._begin()
            try:
                async with self._refusing() if self.refuses() else dial() as wire:
                    yield TappedWire(wire, session)
            finally:
                session.closed = trio.current_time()

        return watching

    @asynccontextmanager
    async def serving(self, wire: Wire) -> AsyncIterator[Wire]:
        """The model's end of a wire, for as long as the session lasts."""
        session = self._begin()
        try:
            yield TappedWire(wire, session, at_model=True)
        finally:
            session.closed = trio.current_time()

    def _begin(self) -> ModelSession:
        self.sessions.append(ModelSession(trio.current_time()))
        return self.sessions[-1]

    def refuses(self) -> bool:
        refuses, self._refusals = self._refusals > 0, max(0, self._refusals - 1)
        return refuses

    @asynccontextmanager
    async def _refusing(self) -> AsyncIterator[MemoryWire]:
        """What the service does about a key that it does not know."""
        near, far = memory_wires()
        refusal = RemoteProtocolError("Incorrect API key provided by the validation.", code=BAD_KEY)
        far.send(RealtimeConnection(Role.SERVER).send(error_event(refusal)))
        await far.aclose(REFUSED, "invalid_request_error")
        yield near
        await near.aclose()
