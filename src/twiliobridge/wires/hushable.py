"""A connection that can fall silent without being closed, as one does whose network is gone."""

from typing import Any

import trio


class Hushable:
    """A socket's stream to those who carry it, with `hush`."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self._hushed = False

    def hush(self) -> None:
        """From now on nothing is written, and what comes is thrown away, until the peer's end."""
        self._hushed = True

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data = await self._stream.receive_some(max_bytes)
        while self._hushed and data:
            data = await self._stream.receive_some(max_bytes)
        return data

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        if self._hushed:
            await trio.lowlevel.checkpoint()
        else:
            await self._stream.send_all(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever else a stream has is the stream's
        return getattr(self._stream, name)
