"""TLS in front of the server: one client takes no `ws:`. An authority of the run signs its certificate."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import trio
import trustme

PIECE = 64 * 1024


class Authority:
    """Signs for 127.0.0.1; its own certificate is a file that Node reads by `NODE_EXTRA_CA_CERTS`."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.file = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.file)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(self.context)

    @asynccontextmanager
    async def before(self, port: int) -> AsyncIterator[int]:
        """The port where the same server speaks TLS, for as long as the block lasts."""
        async with trio.open_nursery() as nursery:
            serve = partial(trio.serve_ssl_over_tcp, self._carrier(port), 0, self.context, host="127.0.0.1")
            (listener,) = await nursery.start(serve)
            yield listener.transport_listener.socket.getsockname()[1]
            nursery.cancel_scope.cancel()

    def _carrier(self, port: int) -> Callable[[trio.SSLStream[trio.SocketStream]], Awaitable[None]]:
        async def carry(client: trio.SSLStream[trio.SocketStream]) -> None:
            server = await trio.open_tcp_stream("127.0.0.1", port)
            async with client, server, trio.open_nursery() as nursery:
                nursery.start_soon(copy, client, server, nursery.cancel_scope)
                nursery.start_soon(copy, server, client, nursery.cancel_scope)

        return carry


async def copy(source: trio.abc.ReceiveStream, sink: trio.abc.SendStream, both: trio.CancelScope) -> None:
    """Until either end is gone; then the other direction ends, too."""
    try:
        while piece := await source.receive_some(PIECE):
            await sink.send_all(piece)
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        pass
    both.cancel()
