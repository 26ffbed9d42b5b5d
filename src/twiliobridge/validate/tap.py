"""The model's side of the calls under test: what every session was told and said, and when."""

import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import trio

from twiliobridge.call import Dial
from twiliobridge.offline.handshake import Refusal
from twiliobridge.offline.knock import Knock
from twiliobridge.realtime import RealtimeConnection, RemoteProtocolError, Role, error_event
from twiliobridge.validate.attribution import Attribution, sessions_told
from twiliobridge.validate.held_wire import HeldByModel, HeldForBridge
from twiliobridge.validate.model_session import ASKED, Alter, ModelSession, as_it_is
from twiliobridge.validate.turned_away import TurnedAway
from twiliobridge.wires import Rejected, Wire
from twiliobridge.wires.memory import MemoryWire, memory_wires

BAD_KEY = "invalid_api_key"
REFUSED = 3000
"The service's close code after `invalid_api_key`."
REFUSED_KEY = "Incorrect API key provided by the validation."
LOST = "The validation lost the handshake."


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
            if not (injected or self._at_model) and isinstance(text, str):
                text = self._session.altered(text)
            if not (injected and self._at_model):
                self._session.note(text, by_bridge=self._at_model)
            return text

    def send(self, text: str) -> None:
        self._injection.check_whole()
        if self._at_model and _about_the_suite(text):
            return
        if self._at_model:
            text = self._session.altered(text)
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


def _unaltered() -> Alter:
    return as_it_is


def _about_the_suite(text: str | bytes) -> bool:
    """Whether it is an error about what the suite has said: the bridge has not said it."""
    return isinstance(text, str) and f'"event_id":"{ASKED}' in text and '"type":"error"' in text


class ModelTap:
    """Watches every session that is dialled through it, or served behind it."""

    def __init__(self) -> None:
        self.attribution = Attribution()
        self.knocks: list[Knock] = []
        "Whoever has asked the model for something, in order."
        self.turned_away: list[TurnedAway] = []
        "Those whom the model refused, but for what the suite wanted refused."
        self._dialled: dict[Knock, ModelSession] = {}
        self._held = 0.0
        self._alter: Callable[[], Alter] = _unaltered
        self._answers = trio.Event()
        self._updated_after = 0.0
        self._lost = 0
        self._refuses_keys = False

    @property
    def sessions(self) -> list[ModelSession]:
        """All of them, in the order in which they were dialled."""
        return self.attribution.sessions

    # ------------------------------------------------ what the suite wants

    @contextmanager
    def holding(self, seconds: float = math.inf) -> Iterator[Callable[[], None]]:
        """Handshakes with the model that begin meanwhile are answered so much later, or once that is called
        which this yields; without a number, at the end of the block.
        """
        self._held, self._answers = seconds, trio.Event()
        try:
            yield self._answers.set
        finally:
            self._held = 0.0
            if math.isinf(seconds):
                self._answers.set()

    @contextmanager
    def holding_updated(self, seconds: float) -> Iterator[None]:
        """Meanwhile `session.updated` comes so much later."""
        self._updated_after = seconds
        try:
            yield
        finally:
            self._updated_after = 0.0

    @contextmanager
    def refusing_keys(self) -> Iterator[None]:
        """Meanwhile every session that is dialled is refused, as for a wrong key."""
        self._refuses_keys = True
        try:
            yield
        finally:
            self._refuses_keys = False

    @contextmanager
    def altering(self, alter: Callable[[], Alter]) -> Iterator[None]:
        """Meanwhile each session that is dialled gets an `alter()` of its own, for as long as it lasts."""
        self._alter = alter
        try:
            yield
        finally:
            self._alter = _unaltered

    def lose_next_handshake(self) -> None:
        """The next handshake with the model fails, as where the service is overloaded."""
        self._lost += 1

    # ------------------------------------------------ who comes

    def knocked(self, knock: Knock) -> None:
        """Somebody asks the model for something; by WebSocket, for a session."""
        self.knocks.append(knock)
        if knock.by_websocket:
            session = self._dialled[knock] = ModelSession(knock.at)
            session.altered = self._alter()
            self.sessions.append(session)

    async def handshake_answered(self) -> bool:
        """Returns when a handshake is answered; whether with more than a refusal."""
        with trio.move_on_after(self._held):
            await self._answers.wait()
        lost, self._lost = self._lost > 0, max(0, self._lost - 1)
        return not lost

    def key_refused(self) -> RemoteProtocolError | None:
        return RemoteProtocolError(REFUSED_KEY, code=BAD_KEY) if self._refuses_keys else None

    def refused(self, knock: Knock, why: Refusal) -> None:
        """Whoever knocked stays outside."""
        if session := self._dialled.get(knock):
            session.refused, session.closed = True, trio.current_time()
        if why.message not in {REFUSED_KEY, LOST}:
            self.turned_away.append(TurnedAway(knock, why))

    def notes(self) -> list[str]:
        """What a report says beside its verdicts: who was refused, and what belongs to no call."""
        notes = []
        for told, count in Counter(f"{each} {each.remedy}" for each in self.turned_away).items():
            notes.append(f"{told}{f' ({count} times)' if count > 1 else ''}")
        if nobodys := len(self.attribution.of_nobody()):
            notes.append(f"{sessions_told(nobodys)} dialled, and no call can have had it dialled")
        if unclear := len(self.attribution.of_several()):
            notes.append(f"{sessions_told(unclear)} dialled, and nothing tells for which of several calls")
        return notes

    # ------------------------------------------------ their sessions

    def watched(self, dial: Dial) -> Dial:
        """The same sessions, watched."""

        @asynccontextmanager
        async def watching() -> AsyncIterator[Wire]:
            knock = Knock(trio.current_time(), "a session", by_websocket=True)
            self.knocked(knock)
            async with self._closing(self._dialled[knock]) as session:
                if not await self.handshake_answered():
                    session.refused = True
                    raise Rejected(LOST, 503)
                fault = self.key_refused()
                session.refused = fault is not None
                held = self._updated_after
                async with _refusing(fault) if fault else dial() as wire:
                    yield TappedWire(HeldForBridge(wire, held) if held else wire, session)

        return watching

    @asynccontextmanager
    async def serving(self, wire: Wire, knock: Knock) -> AsyncIterator[Wire]:
        """The model's end of a wire, for as long as the session lasts."""
        async with self._closing(self._dialled[knock]) as session, trio.open_nursery() as nursery:
            tapped, held = TappedWire(wire, session, at_model=True), self._updated_after
            yield HeldByModel(tapped, held, nursery) if held else tapped
            if session.close_code != 1000:
                await wire.aclose(session.close_code)
            nursery.cancel_scope.cancel()

    @asynccontextmanager
    async def _closing(self, session: ModelSession) -> AsyncIterator[ModelSession]:
        try:
            yield session
        finally:
            session.closed = trio.current_time()


@asynccontextmanager
async def _refusing(fault: RemoteProtocolError) -> AsyncIterator[MemoryWire]:
    """What the service does about a key that it does not know."""
    near, far = memory_wires()
    far.send(RealtimeConnection(Role.SERVER).send(error_event(fault)))
    await far.aclose(REFUSED, "invalid_request_error")
    yield near
    await near.aclose()
