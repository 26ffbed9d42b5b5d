"""The model's side of the calls under test: what every session was told and said, and when."""

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import trio
from msgspec.structs import replace

from twiliobridge.call import Dial
from twiliobridge.offline.refusals import expired
from twiliobridge.realtime import RealtimeConnection, RemoteProtocolError, Role, error_event
from twiliobridge.realtime import events as model
from twiliobridge.realtime.codec import encode, read_client, read_server
from twiliobridge.validate.injection import Injection
from twiliobridge.wires import Rejected, Wire
from twiliobridge.wires.memory import MemoryWire, memory_wires

E = TypeVar("E")

BAD_KEY = "invalid_api_key"
REFUSED = 3000
"The service's close code after `invalid_api_key`."
EXPIRED = 1001
"The service's close code at the end of a session's hour."
ASKED = "event_asked_by_validation_"
"Begins the id of what the suite says to the model in the bridge's place."


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
        self.close_code = 1000
        "With which the service closes the socket, where the suite has ended the session."
        self._injection = Injection()
        self._wire: TappedWire | None = None
        self._asked = 0

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

    # ------------------------------------------------ what the suite does

    def joined(self, wire: "TappedWire") -> Injection:
        """The wire on which the session goes on; what it receives besides."""
        self._wire = wire
        return self._injection

    def drop(self) -> None:
        """The model vanishes, from here on and for this session."""
        self._injection.cut("the validation dropped the model")

    def ask(self, event: model.ClientEvent) -> None:
        """Says something to the model in the bridge's place. The answer goes to the bridge; if it is a
        refusal, nobody hears of it.
        """
        self._asked += 1
        if self._wire is not None:
            self._wire.to_model(encode(replace(event, event_id=f"{ASKED}{self._asked}")))

    def expire(self) -> None:
        """The session's hour is over: the bridge is told, and the socket is closed."""
        fault = expired()
        if self._wire is not None:
            self._wire.to_bridge(encode(error_event(fault)))
        self.close_code = EXPIRED
        self._injection.cut(f"closed with {EXPIRED} {fault}")

    # ------------------------------------------------ what passes

    def note(self, text: str | bytes, *, by_bridge: bool) -> None:
        read = read_client if by_bridge else read_server
        event: object
        try:
            event = read(text)
        except RemoteProtocolError as fault:
            event = Unreadable(str(fault))
        self.log.append(Passed(trio.current_time(), event, by_bridge))


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
        self._injection = session.joined(self)

    async def receive(self) -> str | bytes:
        while True:
            text, injected = await self._injection.receive(self._wire)
            if not self._at_model and _about_the_suite(text):
                continue
            if not (injected and self._at_model):
                self._session.note(text, by_bridge=self._at_model)
            return text

    def send(self, text: str) -> None:
        self._injection.check_whole()
        if self._at_model and _about_the_suite(text):
            return
        self._wire.send(text)
        self._session.note(text, by_bridge=not self._at_model)

    def to_model(self, text: str) -> None:
        """Says this to the model, whichever end is ours. What a broken wire does not take is lost."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            self._injection.put(text) if self._at_model else self._wire.send(text)

    def to_bridge(self, text: str) -> None:
        """Says this to the bridge, likewise."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            self.send(text) if self._at_model else self._injection.put(text)

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        await self._wire.aclose(code, reason)


def _about_the_suite(text: str | bytes) -> bool:
    """Whether it is an error about what the suite has said: the bridge has not said it."""
    return isinstance(text, str) and f'"event_id":"{ASKED}' in text and '"type":"error"' in text


class ModelTap:
    """Watches every session that is dialled through it, or served behind it."""

    def __init__(self) -> None:
        self.sessions: list[ModelSession] = []
        self.knocks: list[float] = []
        "When each handshake with the model began, in seconds."
        self._held = 0.0
        self._lost = 0
        self._refusals = 0

    @contextmanager
    def holding(self, seconds: float) -> Iterator[None]:
        """Meanwhile handshakes with the model are answered so much later."""
        self._held = seconds
        try:
            yield
        finally:
            self._held = 0.0

    def lose_next_handshake(self) -> None:
        """The next handshake with the model fails, as where the service is overloaded."""
        self._lost += 1

    async def knocked(self) -> bool:
        """Somebody dials the model: returns when that is answered; whether it is let in."""
        self.knocks.append(trio.current_time())
        await trio.sleep(self._held)
        lost, self._lost = self._lost > 0, max(0, self._lost - 1)
        return not lost

    def refuse_next_key(self) -> None:
        """The next session to be dialled is refused, as for a wrong key."""
        self._refusals += 1

    def watched(self, dial: Dial) -> Dial:
        """The same sessions, watched."""

        @asynccontextmanager
        async def watching() -> AsyncIterator[Wire]:
            session = self._begin()
            try:
                if not await self.knocked():
                    raise Rejected("the validation lost the handshake", 503)
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
            if session.close_code != 1000:
                await wire.aclose(session.close_code)
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
