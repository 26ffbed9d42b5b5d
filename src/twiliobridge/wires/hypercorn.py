"""Listening, and Hypercorn for whoever connects."""

import logging
import os
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import trio
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState, Framework
from hypercorn.utils import wrap_app

from twiliobridge.wires.asgi import TRANSPORT
from twiliobridge.wires.hushable import Hushable
from twiliobridge.wires.proxy import authority

HUSH = "twiliobridge.hush"
"Key in the ASGI scope's `state`: lets the connection fall silent."

log = logging.getLogger(__name__)

Listeners = list[trio.SocketListener]

Lane = Callable[[trio.SocketStream], Awaitable[bool]]
"Serves a connection that it takes, to its end. False: it takes it not, and has left it unread."


class CannotListen(Exception):  # noqa: N818 -- the sentence that it is
    """One line: the address, and what the system said."""


async def listen(host: str, port: int) -> Listeners:
    """Binds and listens; port 0 takes a free one. Raises CannotListen."""
    try:
        return await trio.open_tcp_listeners(port, host=host)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
        raise CannotListen(f"cannot listen on {host}:{port}: {reason}") from None


def base_url(listener: trio.SocketListener) -> str:
    """`http://127.0.0.1:8000` and the like."""
    host, port = listener.socket.getsockname()[:2]
    return f"http://{authority(host, port)}"


async def serve_app(
    app: Framework,
    config: Config,
    listeners: Listeners,
    lane: Lane | None = None,
    tls: ssl.SSLContext | None = None,
    *,
    hushable: bool = False,
) -> None:
    """Serves until cancelled; closes the listeners and every connection then. `lane` is asked first.

    With `tls`, every connection must begin with a handshake of that. `hushable`: HUSH in an ASGI scope's
    `state` lets its connection fall silent.

    Hypercorn's own loop does not give an app the connection's stream, and without that a peer which reads
    nothing holds its handler for ever: Hypercorn writes under a shield, without a bound.
    """
    context = WorkerContext(None)
    asgi = wrap_app(app, config.wsgi_max_body_size, "asgi")

    async def answer(stream: trio.SocketStream) -> None:
        try:
            if lane is not None and await lane(stream):
                return
            state = ConnectionState({TRANSPORT: stream})
            carried: Any = stream  # Hypercorn's annotation is a TLS stream only
            if hushable:
                carried = Hushable(stream)
                state[HUSH] = carried.hush
            if tls is not None:
                carried = _encrypted(carried, tls)
            await TCPServer(asgi, config, context, state, carried).run()
        except Exception:  # whatever one connection makes of us or of Hypercorn, the others live
            log.exception("a connection failed")

    await trio.serve_listeners(answer, listeners)


def _encrypted(stream: trio.SocketStream, tls: ssl.SSLContext) -> trio.SSLStream[trio.SocketStream]:
    """As HTTP has it, where peers do not say goodbye by TLS."""
    return trio.SSLStream(stream, tls, server_side=True, https_compatible=True)
