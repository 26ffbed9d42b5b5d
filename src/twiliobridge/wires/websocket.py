"""An outgoing wire: a WebSocket client on trio-websocket, over a stream of our own."""

import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar, cast
from urllib.parse import urlsplit

import trio
from trio_websocket import ConnectionClosed, ConnectionRejected, WebSocketConnection, wrap_client_stream

from twiliobridge.wires.outbox import Outbox
from twiliobridge.wires.wire import GRACE, Refused, Rejected, TlsFailed, UnknownHost, Unreachable

VANISHED = frozenset({1006, 1009})
"Codes that stand for no close in good order: none was sent, or we refused a message for its length."


@dataclass(frozen=True)
class Address:
    """Where a WebSocket URL leads."""

    host: str
    port: int
    secure: bool
    resource: str
    "Path and query."

    @classmethod
    def of(cls, url: str) -> "Address":
        """Raises ValueError for what is no absolute ws:// or wss:// URL."""
        parts = urlsplit(url)
        if parts.scheme not in {"ws", "wss"} or not parts.hostname:
            raise ValueError(f"a WebSocket URL begins with ws://host or wss://host, was {url!r}")
        secure = parts.scheme == "wss"
        resource = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.hostname, parts.port or (443 if secure else 80), secure, resource)

    @property
    def authority(self) -> str:
        """The `Host` header: without the port where it is the scheme's own (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


class WebsocketWire:
    """Opened by `open_websocket_wire`, which also runs `write`."""

    def __init__(self, connection: WebSocketConnection, stream: trio.abc.Stream, backlog: int) -> None:
        self._connection = connection
        self._stream = stream
        self._outbox = Outbox(backlog)
        self._written = trio.Event()
        self._leaving = False

    async def receive(self) -> str | bytes:
        try:
            return await self._connection.get_message()
        except ConnectionClosed as closed:
            raise self._farewell(closed) from None

    def send(self, text: str) -> None:
        self._outbox.put(text)

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        if self._leaving:
            return
        self._leaving = True
        self._outbox.end()
        try:
            with trio.move_on_after(GRACE):
                await self._written.wait()
                await self._connection.aclose(code, reason)
        finally:
            await trio.aclose_forcefully(self._stream)

    async def write(self) -> None:
        try:
            while True:
                await self._connection.send_message(await self._outbox.take())
        except (trio.EndOfChannel, trio.ClosedResourceError):
            pass  # all was written, or the peer is known to be gone
        except ConnectionClosed:
            self._outbox.abandon()
        finally:
            self._written.set()

    def _farewell(self, closed: ConnectionClosed) -> Exception:
        if self._leaving:
            return trio.ClosedResourceError("this end was closed")
        self._outbox.abandon()
        if closed.reason is None or closed.reason.code == 1006:
            return trio.BrokenResourceError("the connection broke without a close")
        text = f"closed with {closed.reason.code} {closed.reason.reason or ''}".rstrip()
        return trio.BrokenResourceError(text) if closed.reason.code in VANISHED else trio.EndOfChannel(text)


@asynccontextmanager
async def open_websocket_wire(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    backlog: int,
    max_message_size: int,
    ssl_context: ssl.SSLContext | None = None,
) -> AsyncIterator[WebsocketWire]:
    """Dials `url`; the wire is closed with code 1000 at the end of the block, if it was not before.

    `backlog` bounds the bytes that wait to be written; a peer's message of more than `max_message_size`
    characters ends the wire with 1009 and BrokenResourceError. Raises Unreachable; each kind is a subclass.
    """
    address = Address.of(url)
    tcp = await _connect(address)
    # trio-websocket leaves the socket open where the server closes first; so it is opened and closed here.
    async with tcp:
        stream = await _encrypt(tcp, address, ssl_context)
        failure: Unreachable | None = None
        async with trio.open_nursery() as nursery:
            reading = trio.CancelScope()
            try:
                connection = await nursery.start(
                    _converse, stream, address, headers or {}, max_message_size, reading
                )
            except Unreachable as error:
                failure = error  # raised below, where no nursery wraps it
            else:
                async with _open(WebsocketWire(connection, tcp, backlog), nursery, reading) as wire:
                    yield wire
        if failure:
            raise failure


@asynccontextmanager
async def _open(
    wire: WebsocketWire, nursery: trio.Nursery, reading: trio.CancelScope
) -> AsyncIterator[WebsocketWire]:
    nursery.start_soon(wire.write)
    try:
        yield wire
    finally:
        with trio.move_on_after(2 * GRACE, shield=True):
            await wire.aclose()
        reading.cancel()
        nursery.cancel_scope.cancel()


class _Noticing(trio.abc.Stream):
    """A stream that notices its end: trio-websocket waits for ever for an answer that can no longer come."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self._stream = stream
        self.ended = trio.Event()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data: bytes | bytearray = b""
        try:
            data = await self._stream.receive_some(max_bytes)
        finally:
            if not data:
                self.ended.set()
        return data

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        self.ended.set()
        await self._stream.aclose()


async def _connect(address: Address) -> trio.SocketStream:
    try:
        return await trio.open_tcp_stream(address.host, address.port)
    except UnicodeError:
        raise UnknownHost(f"{address.authority}: no name of a host has labels so long, or empty") from None
    except OSError as error:
        if isinstance(error, trio.socket.gaierror):
            raise UnknownHost(f"{address.authority}: the name does not resolve ({error.strerror})") from None
        cause = getattr(error.__cause__, "exceptions", (error.__cause__ or error,))[0]
        reason = os.strerror(cause.errno) if isinstance(cause, OSError) and cause.errno else str(error)
        raise Refused(f"{address.authority}: {reason}") from None


async def _encrypt(
    tcp: trio.SocketStream, address: Address, context: ssl.SSLContext | None
) -> trio.abc.Stream:
    if not address.secure:
        return tcp
    stream = trio.SSLStream(
        tcp,
        context or ssl.create_default_context(),
        server_hostname=address.host,
        https_compatible=True,
    )
    try:
        await stream.do_handshake()
    except trio.BrokenResourceError as error:
        cause = error.__cause__
        reason = getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or "connection lost"
        raise TlsFailed(f"{address.authority}: no TLS: {reason}") from None
    return stream


async def _converse(
    stream: trio.abc.Stream,
    address: Address,
    headers: Mapping[str, str],
    max_message_size: int,
    scope: trio.CancelScope,
    task_status: trio.TaskStatus[WebSocketConnection],
) -> None:
    """Shakes hands, hands over the connection, and reads until it ends or `scope` is cancelled."""
    noticing = _Noticing(stream)
    try:
        with scope:
            async with trio.open_nursery() as reading:
                watching = await reading.start(_give_up_at_end, noticing, address)
                connection = await wrap_client_stream(
                    reading,
                    noticing,  # type: ignore[arg-type] # any stream serves; the annotation names two
                    address.authority,
                    address.resource,
                    extra_headers=[(name.encode(), value.encode()) for name, value in headers.items()],
                    max_message_size=max_message_size,
                )
                watching.cancel()
                # A cancelled call closes in good order; for that the answer to the close must be read.
                scope.shield = True
                task_status.started(connection)
    except BaseExceptionGroup as group:
        if rejected := _first(group, ConnectionRejected):
            raise Rejected(
                f"{address.authority}: HTTP {rejected.status_code} {_line(rejected.body)}"
            ) from None
        raise _first(group, Refused) or group from None


async def _give_up_at_end(
    stream: _Noticing, address: Address, task_status: trio.TaskStatus[trio.CancelScope]
) -> None:
    with trio.CancelScope() as scope:
        task_status.started(scope)
        await stream.ended.wait()
        raise Refused(f"{address.authority}: closed the connection during the WebSocket handshake")


E = TypeVar("E", bound=BaseException)


def _first(group: BaseExceptionGroup[BaseException], kind: type[E]) -> E | None:
    found: BaseException | None = group.subgroup(kind)
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return cast("E | None", found)


def _line(body: bytes | None) -> str:
    """The beginning of a refusal's body, on one printable line."""
    text = " ".join((body or b"")[:200].decode("utf-8", "replace").split())
    return "".join(letter if letter.isprintable() else "?" for letter in text)
