"""What carries a call: a WebSocket, or a wire within the process."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import anyio
import anyio.lowlevel
import trio

from twiliobridge.caller.errors import CallEnded
from twiliobridge.mediastream.errors import StreamCode
from twiliobridge.wires.wire import Wire


class Carrier(Protocol):
    """What a phone line needs of its connection. Who opened it closes it."""

    async def receive(self) -> str | bytes:
        """The next message. CallEnded, with the close code, once the server has closed or vanished."""
        ...

    def send(self, text: str) -> None:
        """Queue one text message. WireFull past the backlog's bound; nothing happens once the server is
        gone.
        """
        ...

    async def carry(self) -> None:
        """Bring what is queued to the network until the server is gone. What is being sent when this is
        cancelled is lost.
        """
        ...

    async def wait_carried(self) -> None:
        """Returns when nothing is queued any more, or nobody will take it."""
        ...

    async def aclose(self) -> None:
        """Say goodbye, and close. Only while neither `receive` nor `carry` runs. Idempotent."""
        ...

    async def abort(self) -> None:
        """Vanish without a goodbye."""
        ...


Connect = Callable[[str, str | None, ssl.SSLContext | None, str | None], AbstractAsyncContextManager[Carrier]]
"URL, auth token, TLS context, and the URL by which the server knows itself if it is another, to a carrier."


class WireCarrier:
    """A call over `wires`, for a bridge in the same process: Trio only. `wire` belongs to the call from now
    on.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def receive(self) -> str | bytes:
        try:
            return await self._wire.receive()
        except trio.EndOfChannel:
            raise CallEnded("the server closed", 1000) from None
        except trio.BrokenResourceError:
            raise CallEnded("the server vanished without closing", 1006, StreamCode.BROKEN_PIPE) from None

    def send(self, text: str) -> None:
        try:
            self._wire.send(text)
        except trio.BrokenResourceError:
            return  # `receive` meets the same end, and says why

    async def carry(self) -> None:
        await anyio.sleep_forever()  # the wire does

    async def wait_carried(self) -> None:
        await anyio.lowlevel.checkpoint()

    async def aclose(self) -> None:
        await self._wire.aclose()

    async def abort(self) -> None:
        vanish = getattr(self._wire, "vanish", None)
        if vanish is None:
            await self._wire.aclose(1006)
        else:
            vanish()


def over_wire(
    wire: Wire,
) -> Connect:
    """For `MockTwilioClient(connect=...)`: the call goes over `wire`, which it closes, whatever the URL
    is.
    """

    @asynccontextmanager
    async def connect(
        _url: str, _token: str | None, _tls: ssl.SSLContext | None, _signed_url: str | None
    ) -> AsyncIterator[Carrier]:
        try:
            yield WireCarrier(wire)
        finally:
            with anyio.move_on_after(1, shield=True):
                await wire.aclose()

    return connect
