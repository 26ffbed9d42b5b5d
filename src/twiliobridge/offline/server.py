"""The server: `/v1/realtime`, as a client of OpenAI expects it. And the same without a socket.

Carried by Hypercorn, as the bridge is; connections are made here, so that one can be cut without a goodbye.
"""

import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial

import trio
from hypercorn.config import Config
from quart import Websocket, websocket
from quart_trio import QuartTrio

from twiliobridge.offline.door import AZURE_PATH, PATH, Door, Guest, bad_key, farewell
from twiliobridge.offline.handshake import Refusal, refusal
from twiliobridge.offline.http_api import Answer, HttpApi, error, error_body, knock_here, tell_door
from twiliobridge.offline.jobs import DROPPED, QUIET
from twiliobridge.offline.keys import PREFIX, ClientSecrets
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.run import outwait, run_offline_session
from twiliobridge.realtime.connection import RealtimeConnection
from twiliobridge.realtime.errors import RemoteProtocolError, error_event
from twiliobridge.realtime.session import DEFAULT_MODEL
from twiliobridge.realtime.state import Role
from twiliobridge.wires.asgi import TRANSPORT, EndIsKept, EndIsTold, open_asgi_wire
from twiliobridge.wires.hypercorn import HUSH, Listeners, listen, serve_app
from twiliobridge.wires.memory import MemoryWire, memory_wires
from twiliobridge.wires.wire import GRACE, Rejected, Wire

log = logging.getLogger(__name__)

PATHS = (PATH, AZURE_PATH)
ACCEPTED = 101
LONGEST_MESSAGE = 16 * 1024 * 1024
"Bytes: one append of 15 MiB, which the service allows, and its JSON."
BACKLOG = 16 * 1024 * 1024
"Bytes that a client may leave unread: minutes of audio. Then its session ends."
LAST_WORDS = 0.1
"Seconds in which what was said before a cut is written. A guess, on a loopback a generous one."

Around = Callable[[Wire], AbstractAsyncContextManager[Wire]]
"Is put around the model's end of each session's wire, for as long as the session lasts."


class OfflineApp(QuartTrio):
    asgi_http_class = EndIsKept
    asgi_websocket_class = EndIsTold


def create_offline_app(model: OfflineModel, door: Door, around: Around = nullcontext) -> QuartTrio:
    app = OfflineApp(__name__)
    secrets = ClientSecrets()
    reception = _Reception(model, door, around, secrets)
    for path in PATHS:
        app.add_websocket(path, path, reception.receive)
    HttpApi(door, secrets).add_to(app)
    return app


class _Reception:
    """Receives each WebSocket, and hosts its session to the end."""

    def __init__(self, model: OfflineModel, door: Door, around: Around, secrets: ClientSecrets) -> None:
        self._model, self._door, self._around, self._secrets = model, door, around, secrets
        self._places = trio.Semaphore(door.most_sessions)

    async def receive(self) -> Answer | None:
        """An answer by HTTP, or None once the WebSocket has been closed."""
        knock_here()
        try:
            self._places.acquire_nowait()
        except trio.WouldBlock:
            return error(503, f"{self._door.most_sessions} sessions run; there is no place for another.")
        try:
            return await self._admit(websocket)
        finally:
            self._places.release()

    async def _admit(self, socket: Websocket) -> Answer | None:
        if (refused := await self._door.answered() or await answered(self._model)) is not None:
            return error(refused.status, refused.message, code=refused.code, headers=refused.headers)
        guest = Guest.of(socket.path, socket.args, socket.headers, socket.requested_subprotocols)
        try:
            guest = self._identified(guest)
            fault = self._door.refusal(guest)
        except RemoteProtocolError as refusal:
            fault = refusal
        if fault and self._door.refuse_by_http:
            return error(401, str(fault), code=fault.code, param=fault.param)
        await socket.accept(subprotocol=guest.subprotocol)
        async with open_asgi_wire(socket, BACKLOG) as wire:
            if fault:
                log.warning(
                    "refused %s, who asked for %s: %s",
                    socket.remote_addr,
                    guest,
                    " ".join(str(fault).split()),
                )
                tell_door(Refusal(ACCEPTED, fault.code, str(fault)))
                await trio.sleep(self._model.knobs.back)
                wire.send(RealtimeConnection(Role.SERVER).send(error_event(fault)))
                await wire.aclose(*farewell(fault))
            else:
                await self._host(socket, wire, guest)
        return None

    def _identified(self, guest: Guest) -> Guest:
        """With what its client secret says, where it has one. Raises RemoteProtocolError for a bad secret."""
        if guest.key is None or not guest.key.startswith(PREFIX):
            return guest
        kept = self._secrets.find(guest.key, trio.current_time())
        if kept is None:
            raise bad_key()
        return guest.with_secret(kept.update)

    async def _host(self, socket: Websocket, wire: Wire, guest: Guest) -> None:
        async with self._door.let_in(knock_here(), wire) as heard, self._around(heard) as end:
            ending = await run_offline_session(end, self._model, guest.model or DEFAULT_MODEL, guest.first)
        if ending.code in {DROPPED, QUIET}:
            await trio.sleep(LAST_WORDS)
        if ending.code == QUIET:
            socket.scope["state"][HUSH]()
            await outwait(wire)
        if ending.code == DROPPED:
            _cut(socket)
        await wire.aclose(ending.code, ending.reason)


async def admission(model: OfflineModel) -> None:
    """A handshake within the process. Raises Rejected if it is refused."""
    refused = await answered(model)
    if refused is not None:
        body = error_body(refused.status, refused.message, code=refused.code)
        wait = float(refused.headers.get("Retry-After", 0))
        raise Rejected(f"the offline model: HTTP {refused.status} {body}", refused.status, wait)


async def answered(model: OfflineModel) -> Refusal | None:
    """The answer to one handshake, as late as it is; None if it is let in."""
    await trio.sleep(model.knobs.dial)
    incident = model.answered()
    return None if incident is None else refusal(incident)


def _cut(socket: Websocket) -> None:
    """Ends the connection below the WebSocket: the client sees 1006."""
    socket.scope["state"][TRANSPORT].socket.close()


def _config(door: Door) -> Config:
    config = Config()
    config.websocket_max_message_size = LONGEST_MESSAGE
    config.websocket_ping_interval = door.ping_interval
    config.include_server_header = False
    return config


async def serve_offline(
    model: OfflineModel,
    host: str = "127.0.0.1",
    port: int = 8765,
    door: Door | None = None,
    around: Around = nullcontext,
    tls: ssl.SSLContext | None = None,
    task_status: trio.TaskStatus[Listeners] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serves until cancelled; starts with its listeners. Port 0 takes a free one. Raises CannotListen.

    `tls`: only `wss://` and `https://` then; `certificates` has ways to one.

    Cancelled, it closes the listeners and every session.
    """
    door = door or Door()
    listeners = await listen(host, port)
    async with trio.open_nursery() as nursery:
        app = create_offline_app(model, door, around)
        nursery.start_soon(partial(serve_app, app, _config(door), listeners, tls=tls, hushable=True))
        task_status.started(listeners)


@asynccontextmanager
async def open_offline_model(model: OfflineModel, name: str = DEFAULT_MODEL) -> AsyncIterator[MemoryWire]:
    """A session in this process: the client's end of its wire, closed at the end of the block.

    Raises Rejected, as over a socket, where the handshake is refused.
    """
    await admission(model)
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
    if ending.code == QUIET:
        await outwait(wire)
    if ending.code == DROPPED:
        wire.vanish()
    else:
        await wire.aclose(ending.code, ending.reason)
