"""A TCP connection, encrypted where asked, under Trio and asyncio alike; through a proxy under Trio alone."""

import math
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
import trio
from anyio.abc import ByteStream
from anyio.streams.tls import TLSStream

from twiliobridge.wires.proxy import Proxy, tunnel
from twiliobridge.wires.tls import reason
from twiliobridge.wires.wire import Refused, TlsFailed, UnknownHost


@asynccontextmanager
async def open_tcp(
    host: str,
    port: int,
    *,
    secure: bool,
    ssl_context: ssl.SSLContext | None = None,
    proxy: Proxy | None = None,
    within: float = math.inf,
) -> AsyncIterator[ByteStream]:
    """Connect; the connection is closed on leaving the block, without ceremony.

    UnknownHost, Refused, ProxyRefused or TlsFailed, one line each; Refused, too, if nobody accepts the
    connection `within` so many seconds. All else is unbounded: whoever calls has a deadline.
    """
    first = (host, port) if proxy is None else (proxy.host, proxy.port)
    stream: ByteStream = await _connect(*first, within)
    try:
        if proxy is not None:
            await tunnel(_TrioStream(stream), proxy, host, port)
        if secure:
            stream = await _encrypt(stream, host, port, ssl_context)
        yield stream
    finally:
        await anyio.aclose_forcefully(stream)


async def _connect(host: str, port: int, within: float) -> ByteStream:
    try:
        with anyio.fail_after(within):
            return await anyio.connect_tcp(host, port)
    except TimeoutError:
        raise Refused(f"no connection to {host}:{port} within {within:g} s") from None
    except socket.gaierror as error:
        raise UnknownHost(f"{host} does not resolve: {error.strerror}") from None
    except OSError as error:
        raise Refused(f"no connection to {host}:{port}: {_reason(error)}") from None


async def _encrypt(
    stream: ByteStream, host: str, port: int, ssl_context: ssl.SSLContext | None
) -> ByteStream:
    try:
        # A peer that knows the length of its messages needs no goodbye of TLS.
        return await TLSStream.wrap(stream, hostname=host, ssl_context=ssl_context, standard_compatible=False)
    except ssl.SSLError as error:
        raise TlsFailed(f"no TLS with {host}:{port}: {reason(error)}") from None
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        raise TlsFailed(f"no TLS with {host}:{port}: the connection was closed meanwhile") from None


class _TrioStream:
    """What `tunnel` says and hears, in Trio's words."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    async def send_all(self, data: bytes) -> None:
        try:
            await self._stream.send(data)
        except anyio.BrokenResourceError as broken:
            raise trio.BrokenResourceError from broken

    async def receive_some(self) -> bytes:
        try:
            with suppress(anyio.EndOfStream):
                return await self._stream.receive()
        except anyio.BrokenResourceError as broken:
            raise trio.BrokenResourceError from broken
        return b""


def _reason(error: OSError) -> str:
    """What the system said; for several addresses, about the first of them."""
    first: BaseException | None = error
    while isinstance(first, OSError) and not first.errno and first.__cause__:
        first = first.__cause__
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return os.strerror(first.errno) if isinstance(first, OSError) and first.errno else str(error)
