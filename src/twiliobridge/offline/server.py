"""The socket server: `/v1/realtime`, as a client of OpenAI expects it. And the same without a socket.

Carried by Hypercorn, as the bridge is; connections are made here, so that one can be cut without a goodbye.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

import trio
from hypercorn.config import Config
from quart import Websocket, websocket
from quart_trio import QuartTrio

from twiliobridge.offline.door import Door, Guest, farewell
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.outlet import DROPPED
from twiliobridge.offline.run import run_offline_session
from twiliobridge.realtime.connection import RealtimeConnection
from twiliobridge.realtime.errors import error_event
from twiliobridge.realtime.session import DEFAULT_MODEL
from twiliobridge.realtime.state import Role
from twiliobridge.wires.asgi import TRANSPORT, EndIsTold, open_asgi_wire
from twiliobridge.wires.hypercorn import Listeners, listen, serve_app
from twiliobridge.wires.memory import MemoryWire, memory_wires
from twiliobridge.wires.wire import GRACE, Wire

PATH = "/v1/realtime"
LONGEST_MESSAGE = 16 * 1024 * 1024
"Bytes: one append of 15 MiB, which the service allows, and its JSON."
BACKLOG = 16 * 1024 * 1024
"Bytes that a client may leave unread: minutes of audio. Then its session ends."
LAST_WORDS = 0.1
"Seconds in which what was said before a cut is written. A guess, on a loopback a generous one."

Answer = tuple[str, int]

Around = Callable[[Wire], AbstractAsyncContextManager[Wire]]
"Is put around the model's end of each session's wire, for as long as the session lasts."


def create_offline_app(model: OfflineModel, door: Door, around: Around = nullcontext) -> QuartTrio:
    app = QuartTrio(__name__)
    app.asgi_websocket_class = EndIsTold
    places = trio.Semaphore(door.most_sessions)

    @app.websocket(PATH)
    async def realtime() -> Answer | None:
        try:
            places.acquire_nowait()
        except trio.WouldBlock:
            return f"{door.most_sessions} sessions run; there is no place for another.\n", 503
        try:
            return await _receive_guest(websocket, model, door, around)
        finally:
            places.release()

    return app


async def _receive_guest(socket: Websocket, model: OfflineModel, door: Door, around: Around) -> Answer | None:
    """An answer by HTTP, or None once the WebSocket has been closed."""
    guest = Guest.of(socket.args, socket.headers, socket.requested_subprotocols)
    fault = door.refusal(guest)
    if fault and door.refuse_by_http:
        return f"{fault}\n", 401
    await socket.accept(subprotocol=guest.subprotocol)
    async with open_asgi_wire(socket, BACKLOG) as wire:
        if fault:
            wire.send(RealtimeConnection(Role.SERVER).send(error_event(fault)))
            await wire.aclose(*farewell(fault))
            return None
        async with around(wire) as end:
            ending = await run_offline_session(end, model, guest.model or DEFAULT_MODEL)
        if ending.code == DROPPED:
            await trio.sleep(LAST_WORDS)
            _cut(socket)
        await wire.aclose(ending.code, ending.reason)
    return None


def _cut(socket: Websocket) -> None:
    """Ends the connection below the WebSocket: the client sees 1006."""
    socket.scope["state"][TRANSPORT].socket.close()


def _config(door: Door) -> Config:
    config = Config()
    config.websocket_max_message_size = LONGEST_MESSAGE
    config.websocket_ping_interval = door.ping_interval
    return config


async def serve_offline(
    model: OfflineModel,
    host: str = "127.0.0.1",
    port: int = 8765,
    door: Door | None = None,
    around: Around = nullcontext,
    task_status: trio.TaskStatus[Listeners] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serves until cancelled; starts with its listeners. Port 0 takes a free one. Raises CannotListen.

    Cancelled, it closes the listeners and every session.
    """
    door = door or Door()
    listeners = await listen(host, port)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve_app, create_offline_app(model, door, around), _config(door), listeners)
        task_status.started(listeners)


@asynccontextmanager
async def open_offline_model(model: OfflineModel, name: str = DEFAULT_MODEL) -> AsyncIterator[MemoryWire]:
    """A session in this process: the client's end of its wire, closed at the end of the block."""
    ours, theirs = memory_wires(BACKLOG)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_converse, theirs, model, name)
        try:
            yield ours
        finally:
            with trio.move_on_after(GRACE, shield=True):
                await ours.aclose()
            nursery.cancel_scope.cancel()


async def _converse(wire: MemoryWire, model: OfflineModel, name: str) -> None:
    try:
        ending = await run_offline_session(wire, model, name)
    except trio.Cancelled:
        wire.vanish()
        raise
    if ending.code == DROPPED:
        wire.vanish()
    else:
        await wire.aclose(ending.code, ending.reason)
