"""A TCP connection, encrypted where asked, under Trio and asyncio alike."""

import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import ByteStream

from twiliobridge.wires.tls import reason
from twiliobridge.wires.wire import Refused, TlsFailed, UnknownHost


@asynccontextmanager
async def open_tcp(
    host: str, port: int, *, secure: bool, ssl_context: ssl.SSLContext | None = None
) -> AsyncIterator[ByteStream]:
    """Connect; the connection is closed on leaving the block, without ceremony.

    UnknownHost, Refused or TlsFailed, one line each. Unbounded: whoever calls has a deadline.
    """
    stream = await _connect(host, port, secure=secure, ssl_context=ssl_context)
    try:
        yield stream
    finally:
        await anyio.aclose_forcefully(stream)


async def _connect(host: str, port: int, *, secure: bool, ssl_context: ssl.SSLContext | None) -> ByteStream:
    try:
        if not secure:
            return await anyio.connect_tcp(host, port)
        # A peer that knows the length of its messages needs no goodbye of TLS.
        return await anyio.connect_tcp(
            host, port, tls=True, ssl_context=ssl_context, tls_standard_compatible=False
        )
    except ssl.SSLError as error:
        raise TlsFailed(f"no TLS with {host}:{port}: {reason(error)}") from None
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        raise TlsFailed(f"no TLS with {host}:{port}: the connection was closed meanwhile") from None
    except socket.gaierror as error:
        raise UnknownHost(f"{host} does not resolve: {error.strerror}") from None
    except OSError as error:
        raise Refused(f"no connection to {host}:{port}: {_reason(error)}") from None


def _reason(error: OSError) -> str:
    """What the system said; for several addresses, about the first of them."""
    first: BaseException | None = error
    while isinstance(first, OSError) and not first.errno and first.__cause__:
        first = first.__cause__
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return os.strerror(first.errno) if isinstance(first, OSError) and first.errno else str(error)
