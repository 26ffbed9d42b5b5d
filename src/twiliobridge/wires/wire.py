"""The seam between a call and whatever carries it.

A live call never waits to speak: audio that cannot be written now is late, and late audio is worthless. So
`send` is synchronous with a bounded backlog, and a peer that stops reading is left, with a reason.
"""

from collections.abc import Callable
from typing import NoReturn, Protocol

GRACE = 1.0
"Seconds that a peer has, once we leave, to take what is queued and to answer the close."


PASSING = frozenset({408, 425, 429})
"HTTP statuses of the client's kind that pass by themselves (RFC 9110, RFC 8470, RFC 6585)."


def passes(status: int) -> bool:
    """Whether another request may fare better than one with this answer."""
    return status in PASSING or 500 <= status <= 599


class WireFull(Exception):  # noqa: N818 -- named as trio names its own: BrokenResourceError is not WireFullError
    """The peer reads too slowly: the backlog of unsent bytes would pass its bound."""


class Unreachable(Exception):  # noqa: N818 -- likewise
    """No wire could be opened. The message is one line: who was dialled, and what went wrong."""

    transient = False
    "Another attempt may fare better."
    retry_after = 0.0
    "Seconds that the peer asks us to wait before that."


class UnknownHost(Unreachable):
    """The name does not resolve."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        """`transient`: nobody was there to say so."""
        super().__init__(message)
        self.transient = transient


class Refused(Unreachable):
    """Nobody listens there, or the network does not lead there."""

    transient = True


class TlsFailed(Unreachable):
    """The certificate or the encryption was not acceptable to one of the two."""


class Rejected(Unreachable):
    """The answer to the WebSocket handshake was not 101."""

    def __init__(self, message: str, status: int = 0, retry_after: float = 0.0) -> None:
        """`status` is HTTP's, 0 where the answer was none."""
        super().__init__(message)
        self.status = status
        self.transient = passes(status)
        self.retry_after = retry_after


class Wire(Protocol):
    __slots__ = ()
    """An open, message-based connection. Who opened it closes it."""

    async def receive(self) -> str | bytes:
        """The next message; bytes only where the peer sent a binary frame.

        Raises trio.EndOfChannel once the peer has closed in good order, trio.BrokenResourceError if it
        vanished or broke the transport's rules, both after the last message and with a reason as their text,
        and trio.ClosedResourceError after our own `aclose`. Cancellation loses no message.
        """
        ...

    async def deliver(self, take: Callable[[str | bytes], None]) -> NoReturn:
        """Receives for ever: calls `take` with each message, and raises what `receive` would, or `take` has.

        `take` may run in another task than the one that waits here, with its context variables.
        """
        while True:
            take(await self.receive())

    def send(self, text: str) -> None:
        """Hands over one text message, in order, without waiting.

        Raises WireFull past the bound on unsent bytes, trio.BrokenResourceError once the peer is known to be
        gone (`receive` then says so too, and why) and trio.ClosedResourceError after our own `aclose`.
        """
        ...

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        """Sends what is queued if the peer takes it within a grace period, and closes regardless. Idempotent.

        Cancelled, it still closes, without the grace.
        """
        ...
