"""A phone in a call with a server in the same process, in virtual time."""

import base64
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import numpy as np
import pytest
import trio
from anyio.abc import SocketAttribute

from twiliobridge.audio import silence, ulaw_encode
from twiliobridge.caller import MockTwilioClient, over_wire
from twiliobridge.mediastream import Clear, Mark, Media, MediaStream, Play, Role, ServerEvent, TwilioEvent
from twiliobridge.wires.memory import MemoryWire, memory_wires


class Server:
    """The far end: keeps what it was told, with the times, and says what the test wants said."""

    def __init__(self, wire: MemoryWire) -> None:
        self.wire = wire
        self.stream = MediaStream(Role.SERVER)
        self.told: list[tuple[float, TwilioEvent]] = []
        self.texts: list[str] = []
        self.farewell: type[Exception] | None = None
        self._news = trio.Event()

    async def run(self) -> None:
        try:
            while True:
                text = await self.wire.receive()
                self.texts.append(text)
                self.told.append((trio.current_time(), self.stream.receive(text)))
                self._news.set()
                self._news = trio.Event()
        except (trio.EndOfChannel, trio.BrokenResourceError, trio.ClosedResourceError) as end:
            self.farewell = type(end)

    def all(self, kind: type) -> list[tuple[float, TwilioEvent]]:
        return [(at, event) for at, event in self.told if isinstance(event, kind)]

    async def wait_for(self, kind: type, count: int = 1) -> TwilioEvent:
        while len(self.all(kind)) < count:
            await self._news.wait()
        return self.all(kind)[count - 1][1]

    def speech(self) -> bytes:
        """All frames so far that are not silent, joined."""
        payloads = (base64.b64decode(event.payload) for _, event in self.all(Media))
        return b"".join(each for each in payloads if each != silence(20))

    async def wait_speech(self) -> None:
        """Returns with the first silent frame after the speech that comes next."""
        while self._is_silent():
            await self._news.wait()
        while not self._is_silent():
            await self._news.wait()

    def _is_silent(self) -> bool:
        last = self.told[-1][1] if self.told else None
        return not isinstance(last, Media) or base64.b64decode(last.payload) == silence(20)

    def say(self, *events: ServerEvent) -> None:
        for event in events:
            self.wire.send(self.stream.send(event))

    def play(self, audio: bytes) -> None:
        self.say(Play(payload=base64.b64encode(audio).decode()))

    def mark(self, name: str) -> None:
        self.say(Mark(name=name))

    def clear(self) -> None:
        self.say(Clear())


class Call:
    """Both ends, and what the phone told its observer."""

    def __init__(self, client: MockTwilioClient, server: Server, notes: list) -> None:
        self.client = client
        self.server = server
        self.notes = notes

    def noted(self, kind: type) -> list:
        return [(at, note) for at, note in self.notes if isinstance(note, kind)]


@asynccontextmanager
async def _open_call(**options) -> AsyncIterator[Call]:
    near, far = memory_wires()
    server, notes = Server(far), []
    client = MockTwilioClient(
        "wss://in.process/media",
        connect=over_wire(near),
        observe=lambda now, note: notes.append((now, note)),
        **options,
    )
    async with trio.open_nursery() as nursery:
        nursery.start_soon(server.run)
        async with client:
            yield Call(client, server, notes)


@pytest.fixture
def open_call():
    """A context manager of a Call; takes the options of the client."""
    return _open_call


@pytest.fixture
def server_for():
    """The far end of a wire, to be run by the test."""
    return Server


@pytest.fixture
def tcp_listener():
    """A bare TCP listener on a free port, and the port; under either event loop."""

    async def listen():
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
        return listener, listener.extra(SocketAttribute.local_port)  # noqa: S610 -- anyio, not Django

    return listen


@pytest.fixture
def tone():
    """Of so many ms: mu-law in which no two frames of a minute are alike, and no byte is silence."""

    def sound(ms: int, seed: int = 0) -> bytes:
        random = np.random.default_rng(seed)
        return ulaw_encode(random.integers(1000, 30000, ms * 8, dtype=np.int16))

    return sound


@pytest.fixture(params=["trio", "asyncio"])
def run(request):
    """`run(main)` under each event loop, within a bound, and nothing open afterwards that was not before."""

    def go(main):
        async def bounded():
            with anyio.fail_after(20):
                await main()
                await anyio.wait_all_tasks_blocked()

        before = descriptors()
        anyio.run(bounded, backend=request.param)
        gc.collect()
        assert descriptors() == before

    return go


def descriptors():
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if sys.platform == "linux" else 0
