"""An outgoing wire: a WebSocket that we dial, with TLS and through a proxy where it must be."""

import os
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import trio
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.protocol import Side, State
from websockets.uri import WebSocketURI

from twiliobridge.wires.direct import READ_BYTES, DirectWire, open_direct_wire
from twiliobridge.wires.framing import QUIET, Framing
from twiliobridge.wires.http import is_visible
from twiliobridge.wires.proxy import Proxy, tunnel
from twiliobridge.wires.tls import Tls, TlsFault, public_authorities
from twiliobridge.wires.wire import GRACE, Refused, Rejected, TlsFailed, UnknownHost

LARGEST_HEAD = 65536
"Bytes of the head of an answer to the handshake."


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
        if parts.scheme not in {"ws", "wss"} or not parts.hostname or not is_visible(url):
            raise ValueError(f"a WebSocket URL is ASCII and begins with ws://host or wss://host, was {url!r}")
        secure = parts.scheme == "wss"
        resource = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.hostname, parts.port or (443 if secure else 80), secure, resource)

    @property
    def authority(self) -> str:
        """The `Host` header: without the port where it is the scheme's own (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    @property
    def uri(self) -> WebSocketURI:
        path, _, query = self.resource.partition("?")
        return WebSocketURI(self.secure, self.host, self.port, path, query)


@asynccontextmanager
async def open_websocket_wire(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    backlog: int,
    max_message_size: int,
    ssl_context: ssl.SSLContext | None = None,
    proxy: Proxy | None = None,
) -> AsyncIterator[DirectWire]:
    """Dials `url`; the wire is closed with code 1000 at the end of the block, if it was not before.

    `backlog` bounds the bytes that wait to be written; a peer's message of more than `max_message_size` bytes
    ends the wire with 1009 and BrokenResourceError. Raises Unreachable; each kind is a subclass.
    """
    address = Address.of(url)
    async with await _connect(address, proxy) as stream:
        if proxy is not None:
            await tunnel(stream, proxy, address.host, address.port)
        tls = await _encrypt(stream, address, ssl_context) if address.secure else None
        early = await _shake_hands(_Handshake(stream, tls, address), address, headers or {})
        peer = socket.socket(fileno=stream.socket.detach())
        peer.setblocking(False)
        framing = Framing(Side.CLIENT, max_message_size)
        framing.receive(early)
        async with open_direct_wire(peer, framing, backlog=backlog, tls=tls) as wire:
            yield wire


async def _connect(address: Address, proxy: Proxy | None) -> trio.SocketStream:
    host, port, who = (
        (address.host, address.port, address.authority) if proxy is None else (proxy.host, proxy.port, proxy)
    )
    try:
        return await trio.open_tcp_stream(host, port)
    except UnicodeError:
        raise UnknownHost(f"{who}: no name of a host has labels so long, or empty") from None
    except OSError as error:
        if isinstance(error, trio.socket.gaierror):
            unasked = error.errno == trio.socket.EAI_AGAIN
            text = f"{who}: the name does not resolve ({error.strerror})"
            raise UnknownHost(text, transient=unasked) from None
        cause = getattr(error.__cause__, "exceptions", (error.__cause__ or error,))[0]
        reason = os.strerror(cause.errno) if isinstance(cause, OSError) and cause.errno else str(error)
        raise Refused(f"{who}: {reason}") from None


async def _encrypt(stream: trio.SocketStream, address: Address, context: ssl.SSLContext | None) -> Tls:
    tls = Tls(context or public_authorities(), address.host)
    over, data = False, None
    try:
        while not over:
            over, flight = tls.shake_hands(data)
            await stream.send_all(flight)
            if not over and not (data := await stream.receive_some()):
                raise _closed(address, "TLS")
    except TlsFault as fault:
        raise TlsFailed(f"{address.authority}: no TLS: {fault}") from None
    except trio.BrokenResourceError:
        raise _closed(address, "TLS") from None
    return tls


def _closed(address: Address, handshake: str) -> Refused:
    return Refused(f"{address.authority}: closed the connection during the {handshake} handshake")


class _Handshake:
    """Bytes to and from the server before there is a wire. Raises Refused if it goes."""

    def __init__(self, stream: trio.SocketStream, tls: Tls | None, address: Address) -> None:
        self._stream, self._tls, self._address = stream, tls, address
        self.authority = address.authority

    async def say(self, data: bytes) -> None:
        try:
            await self._stream.send_all(data if self._tls is None else self._tls.encrypt(data))
        except trio.BrokenResourceError:
            raise self.closed() from None

    async def hear(self) -> bytes:
        """Some bytes; none at the end."""
        plain = b""
        try:
            while not plain:
                data = await self._stream.receive_some(READ_BYTES)
                plain = bytes(data) if self._tls is None else self._tls.decrypt(bytes(data))
                if not data:
                    break
        except (trio.BrokenResourceError, TlsFault):
            raise self.closed() from None
        return plain

    def closed(self) -> Refused:
        return _closed(self._address, "WebSocket")


async def _shake_hands(server: _Handshake, address: Address, headers: Mapping[str, str]) -> bytes:
    """Asks for a WebSocket; what came behind the 101 already. Raises Rejected, Refused."""
    core = ClientProtocol(address.uri, logger=QUIET)
    request = core.connect()
    for name, value in headers.items():
        request.headers[name] = value
    core.send_request(request)
    await server.say(b"".join(core.data_to_send()))
    answer = b""
    while (end := answer.find(b"\r\n\r\n") + 4) < 4 and len(answer) <= LARGEST_HEAD:
        data = await server.hear()
        if not data:
            raise server.closed()
        answer += data
    core.receive_data(answer[:end] if end >= 4 else answer)
    if core.state is State.OPEN:
        return answer[end:]
    raise await _rejection(server, core, answer[end:])


async def _rejection(server: _Handshake, core: ClientProtocol, body: bytes) -> Rejected:
    """Why there is no WebSocket, with the first words of the answer's body, if they come within the grace."""
    if core.handshake_exc is None:
        core.receive_data(body)
    with trio.move_on_after(GRACE):
        while core.handshake_exc is None:
            if data := await server.hear():
                core.receive_data(data)
            else:
                core.receive_eof()
    error = core.handshake_exc
    if isinstance(error, InvalidStatus):
        told = error.response
        message = f"{server.authority}: HTTP {told.status_code} {_line(told.body)}".rstrip()
        return Rejected(message, told.status_code, _seconds(told.headers.get("Retry-After", "")))
    return Rejected(f"{server.authority}: no WebSocket: {error or 'a refusal that does not end'}")


def _seconds(retry_after: str) -> float:
    """Of a `Retry-After` header; 0 for a date, which services of this kind do not send, and for nonsense."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 0.0


def _line(body: bytes | bytearray | None) -> str:
    """The beginning of a refusal's body, on one printable line."""
    text = " ".join((body or b"")[:200].decode("utf-8", "replace").split())
    return "".join(letter if letter.isprintable() else "?" for letter in text)
