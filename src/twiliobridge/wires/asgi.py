"""An incoming wire: a WebSocket that a Quart-Trio app was handed by its ASGI server (here: Hypercorn)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import trio
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, ConnectionState, WebsocketScope
from quart.wrappers import Request, Websocket
from quart_trio import QuartTrio
from quart_trio.asgi import TrioASGIHTTPConnection, TrioASGIWebsocketConnection
from werkzeug.local import LocalProxy

from twiliobridge.wires.outbox import Outbox
from twiliobridge.wires.wire import GRACE, Wire

TRANSPORT = "twiliobridge.transport"
"Key in the ASGI scope's `state`: the connection's stream, so that a peer which reads nothing can be cut off."
INBOX = "twiliobridge.inbox"
"Key in the same `state`: the channel by which this connection's messages arrive."
READ_AHEAD = 10
"Messages, beyond which Hypercorn reads no further."
SENT_WITHIN = 5.0
"Seconds for a response of a few hundred bytes."


class EndIsKept(TrioASGIHTTPConnection):
    """Hypercorn reports a disconnect while it ends a response, and Quart-Trio cancels the handler for it:
    before the connection was closed, or its idle timer set. So a response, once there, is sent to its end.
    """

    async def handle_request(  # type: ignore[override] # Quart-Trio's signature, which is not Quart's
        self, nursery: trio.Nursery, request: Request, send: ASGISendCallable
    ) -> None:
        response = await self.app.handle_request(request)
        with trio.move_on_after(SENT_WITHIN, shield=True):
            await self._send_response(send, response)
        nursery.cancel_scope.cancel()


class EndIsTold(TrioASGIWebsocketConnection):
    """Quart-Trio cancels a handler when its socket closes, before it has read what came last (`stop`, say).

    An app whose `asgi_websocket_class` this is lets the handler live: the wire delivers all that came, then
    raises. Messages go through a channel of ours: Quart-Trio's own queue changed its place from 0.12 to 0.13.
    """

    def __init__(self, app: QuartTrio, scope: WebsocketScope) -> None:
        super().__init__(app, scope)
        self._arrived, inbox = trio.open_memory_channel[str | bytes](READ_AHEAD)
        scope.setdefault("state", ConnectionState({}))[INBOX] = inbox

    async def handle_messages(  # type: ignore[override] # Quart-Trio's signature, which is not Quart's
        self, nursery: trio.Nursery, *websocket_and_receive: object
    ) -> None:
        # Quart-Trio 0.13 has the websocket before it.
        receive = cast("ASGIReceiveCallable", websocket_and_receive[-1])
        async with self._arrived:
            while (event := await receive())["type"] != "websocket.disconnect":
                if event["type"] == "websocket.receive":
                    data = event.get("bytes")
                    await self._arrived.send((event["text"] or "") if data is None else data)


class AsgiWire(Wire):
    """Opened by `open_asgi_wire`, which also runs `write`."""

    def __init__(self, websocket: Websocket, backlog: int) -> None:
        self._websocket = websocket
        self._transport: trio.SocketStream | None = websocket.scope.get("state", {}).get(TRANSPORT)
        self._inbox: trio.MemoryReceiveChannel[str | bytes] = websocket.scope["state"][INBOX]
        self._outbox = Outbox(backlog)
        self._written = trio.Event()
        self._leaving = False

    async def receive(self) -> str | bytes:
        if self._leaving:
            raise trio.ClosedResourceError("this end was closed")
        try:
            return await self._inbox.receive()
        except trio.EndOfChannel:
            self._outbox.abandon()
            # Hypercorn reports the code 1006 for every end: a close in good order cannot be told from a loss.
            raise trio.BrokenResourceError("the socket closed") from None

    def send(self, text: str) -> None:
        self._outbox.put(text)

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        if self._leaving:
            return
        self._leaving = True
        self._outbox.end()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._hang_up_after_grace)
            nursery.start_soon(self._say_goodbye, code, reason)
            await self._drain()
            nursery.cancel_scope.cancel()

    async def write(self) -> None:
        try:
            while True:
                await self._websocket.send(await self._outbox.take())
        except (trio.EndOfChannel, trio.ClosedResourceError):
            pass  # all was written, or the peer is known to be gone
        finally:
            self._written.set()

    async def _say_goodbye(self, code: int, reason: str) -> None:
        await self._written.wait()
        # Hypercorn answers the peer's own close from its reader, without a lock: then all is said.
        with suppress(trio.BusyResourceError):
            await self._websocket.close(code, reason)

    async def _drain(self) -> None:
        """Reads until the peer has closed, too: TCP turns a close over unread bytes into a reset, which would
        overtake our goodbye; and Hypercorn's reader would wait for ever with what nobody takes.
        """
        with trio.move_on_after(2 * GRACE, shield=True):
            try:
                while True:
                    await self._inbox.receive()
            except trio.EndOfChannel:
                pass

    async def _hang_up_after_grace(self) -> None:
        try:
            await trio.sleep(GRACE)
        finally:
            # Hypercorn writes under a shield without a bound; closing the socket is what ends that.
            if self._transport:
                self._transport.socket.close()


@asynccontextmanager
async def open_asgi_wire(websocket: Websocket, backlog: int) -> AsyncIterator[AsgiWire]:
    """Accepts the handshake, without subprotocol; closes with code 1000 at the end, if it was not before.

    The app's `asgi_websocket_class` must be `EndIsTold`. `backlog` bounds the bytes that wait to be written.
    """
    if isinstance(websocket, LocalProxy):  # Quart's own means a socket only in the task that was handed it
        websocket = cast("Websocket", websocket._get_current_object())  # noqa: SLF001 -- documented
    await websocket.accept()
    wire = AsgiWire(websocket, backlog)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(wire.write)
        try:
            yield wire
        finally:
            with trio.move_on_after(3 * GRACE, shield=True):
                await wire.aclose()
            nursery.cancel_scope.cancel()
