"""What was said and is not yet written: a queue bounded in bytes, filled without waiting."""

import math

import trio

from twiliobridge.wires.wire import WireFull


class Outbox:
    """Messages in order. An empty one takes a message of any size: that has bounds of its own."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        "Bytes of UTF-8."
        self._waiting = 0
        self._put, self._take = trio.open_memory_channel[str | bytes](math.inf)

    def put(self, message: str | bytes) -> None:
        """Raises WireFull past the bound, trio.BrokenResourceError after `abandon`."""
        size = size_of(message)
        if self._waiting and self._waiting + size > self._bound:
            raise WireFull(f"{self._waiting} bytes wait unread; the bound is {self._bound}")
        self._put.send_nowait(message)
        self._waiting += size

    async def take(self) -> str | bytes:
        """The oldest message; trio.EndOfChannel after `end` and the last. Cancellation takes nothing."""
        message = await self._take.receive()
        self._waiting -= size_of(message)
        return message

    def end(self) -> None:
        """No more will be put; what waits can still be taken. Idempotent."""
        self._put.close()

    def abandon(self) -> None:
        """No more will be taken: `put` raises from now on. Idempotent."""
        self._take.close()


def size_of(message: str | bytes) -> int:
    """Bytes of a message on the wire, without framing."""
    # isascii() reads a flag of the string, and nearly all of a call is ASCII: base64 in JSON.
    return len(message) if isinstance(message, bytes) or message.isascii() else len(message.encode())
