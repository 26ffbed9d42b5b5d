"""What every wire owes its user, as a function that runs on anybody's wire."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Protocol

import trio

from twiliobridge.wires.wire import Wire, WireFull

PATIENCE = 5.0
"Seconds for anything that must happen at once: far more than a loopback needs."

MESSAGES = ("{}", "plain", "Grüße, \N{TELEPHONE RECEIVER}", "x" * 5000)
"ASCII, not ASCII, and longer than a network buffer of 4 KiB."


class Peer(Protocol):
    """The other end, as the check needs it. It reads only when it is told to."""

    async def say(self, message: str | bytes) -> None: ...
    async def hear(self) -> str: ...
    async def close(self) -> None:
        """Closes in good order."""
        ...

    async def vanish(self) -> None:
        """Breaks the transport without a goodbye."""
        ...


Pair = Callable[[], AbstractAsyncContextManager[tuple[Wire, Peer]]]
"Opens a wire and its other end, and closes both."


async def check_wire(pair: Pair, *, tells_close_from_loss: bool = True) -> None:
    """Raises AssertionError, or the error that the wire let through, where a wire breaks its word.

    `tells_close_from_loss=False`: the carrier does not say how the peer went, and BrokenResourceError it is.
    """
    for check in (_carries, _survives_cancellation, _delivers, _bounds, _closes):
        async with pair() as (wire, peer):
            with trio.fail_after(PATIENCE):
                await check(wire, peer)
    farewell = trio.EndOfChannel if tells_close_from_loss else trio.BrokenResourceError
    for leave, expected in ((Peer.close, farewell), (Peer.vanish, trio.BrokenResourceError)):
        async with pair() as (wire, peer):
            with trio.fail_after(PATIENCE):
                await _hears_the_end(wire, peer, leave.__name__, expected)


async def _carries(wire: Wire, peer: Peer) -> None:
    """Both ways, in order, text as text and binary as binary."""
    for text in MESSAGES:
        wire.send(text)
    assert [await peer.hear() for _ in MESSAGES] == list(MESSAGES)
    for message in (*MESSAGES, b"\x00\xff"):
        await peer.say(message)
        assert await wire.receive() == message


async def _survives_cancellation(wire: Wire, peer: Peer) -> None:
    """A cancelled receive loses nothing."""
    with trio.move_on_after(0.01):
        await wire.receive()
    await peer.say("after")
    assert await wire.receive() == "after"


class _Enough(Exception):  # noqa: N818 -- no error
    pass


async def _delivers(wire: Wire, peer: Peer) -> None:
    """Each message once and in order, however often one begins anew; what `take` raises comes out."""
    heard: list[str | bytes] = []

    def take(message: str | bytes) -> None:
        heard.append(message)
        if message == "enough":
            raise _Enough

    for _ in range(2):
        with trio.move_on_after(0.01):
            await wire.deliver(take)
    for word in ("first", "second"):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_say_all, peer, (*MESSAGES, word, "enough"))
            with suppress(_Enough):
                await wire.deliver(take)
    assert heard == [*MESSAGES, "first", "enough", *MESSAGES, "second", "enough"]


async def _say_all(peer: Peer, messages: tuple[str, ...]) -> None:
    for message in messages:
        await peer.say(message)


async def _bounds(wire: Wire, peer: Peer) -> None:
    """To a peer that does not read, `send` says WireFull in the end; `aclose` then closes in its grace."""
    try:
        while True:
            wire.send("x" * 60_000)
            await trio.lowlevel.checkpoint()
    except WireFull:
        await wire.aclose()


async def _closes(wire: Wire, peer: Peer) -> None:
    """What was sent before `aclose` arrives; a second one is harmless; then the wire is of no more use."""
    wire.send("last words")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(wire.aclose, 1000, "done")
        assert await peer.hear() == "last words"
        await peer.close()
    await wire.aclose()
    for use in (wire.receive, partial(wire.deliver, print), partial(_send, wire)):
        try:
            await use()
        except trio.ClosedResourceError:
            continue
        raise AssertionError("a closed wire can still be used")


async def _send(wire: Wire) -> None:
    wire.send("too late")


async def _hears_the_end(wire: Wire, peer: Peer, leave: str, expected: type[Exception]) -> None:
    """The last message first, then how it ended, every time one asks; `send` says so too."""
    await peer.say("last words")
    assert await wire.receive() == "last words"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(getattr(peer, leave))  # a wire may answer a close only while somebody receives
        for ask in (partial(wire.deliver, print), wire.receive):
            try:
                await ask()
            except expected:
                continue
            raise AssertionError(f"no {expected.__name__} after the peer's {leave}")
    try:
        wire.send("too late")
    except trio.BrokenResourceError:
        return
    raise AssertionError(f"a message could be sent after the peer's {leave}")
