"""The model's side of the calls under test: what every session was told and said, and when."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import trio

from twiliobridge.call import Dial
from twiliobridge.realtime import RealtimeConnection, RemoteProtocolError, Role, error_event
from twiliobridge.validate.attribution import Attribution
from twiliobridge.validate.model_session import ASKED, ModelSession
from twiliobridge.wires import Rejected, Wire
from twiliobridge.wires.memory import MemoryWire, memory_wires

BAD_KEY = "invalid_api_key"
REFUSED = 3000
"The service's close code after `invalid_api_key`."


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
        self.attribution = Attribution()
        self.knocks: list[float] = []
        "When each handshake with the model began, in seconds."
        self._held = 0.0
        self._lost = 0
        self._refusals = 0

    @property
    def sessions(self) -> list[ModelSession]:
        """All of them, in the order in which they were dialled."""
        return self.attribution.sessions

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
