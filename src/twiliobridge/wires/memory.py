"""Two ends of a wire in one process: what one sends, the other receives."""

import trio

from twiliobridge.wires.outbox import Outbox
from twiliobridge.wires.wire import Wire

BACKLOG = 1 << 20
"Bytes. As much as a phone's wire may owe (settings.py), so that a test meets the bound that a call does."


class MemoryWire(Wire):
    """One end. A message counts as sent once the other end has received it."""

    def __init__(self, outbox: Outbox, inbox: Outbox) -> None:
        self._outbox = outbox
        self._inbox = inbox
        self._peer: MemoryWire | None = None
        self._farewell: Exception | None = None

    async def receive(self) -> str | bytes:
        try:
            return await self._inbox.take()
        except trio.EndOfChannel:
            raise self._peer_farewell() from None

    def send(self, text: str) -> None:
        self._outbox.put(text)

    def send_binary(self, data: bytes) -> None:
        """What no peer of ours may do, and a test must be able to."""
        self._outbox.put(data)

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        self._leave(trio.EndOfChannel(f"closed with {code} {reason}".rstrip()))
        await trio.lowlevel.checkpoint()

    def vanish(self) -> None:
        """As a broken network does: the other end gets what was sent, then BrokenResourceError."""
        self._leave(trio.BrokenResourceError("the peer vanished"))

    def _leave(self, farewell: Exception) -> None:
        self._farewell = self._farewell or farewell
        self._outbox.end()
        self._inbox.abandon()

    def _peer_farewell(self) -> Exception:
        assert self._peer is not None
        assert self._peer._farewell is not None  # noqa: SLF001 -- the other end of the same wire
        return self._peer._farewell  # noqa: SLF001 -- likewise


def memory_wires(backlog: int = BACKLOG) -> tuple[MemoryWire, MemoryWire]:
    """Both ends of a new wire; `backlog` bytes may wait unreceived in each direction."""
    there, back = Outbox(backlog), Outbox(backlog)
    near, far = MemoryWire(there, back), MemoryWire(back, there)
    near._peer, far._peer = far, near  # noqa: SLF001 -- likewise
    return near, far
