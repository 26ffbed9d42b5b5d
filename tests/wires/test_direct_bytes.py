"""The wire straight on a socket, and what its peer reads byte by byte."""

import socket
from contextlib import asynccontextmanager

import pytest
import trio
from websockets.protocol import Side

from twiliobridge.wires.direct import open_direct_wire
from twiliobridge.wires.framing import Framing

BOUND = 1 << 20


@asynccontextmanager
async def bare_pair():
    """The server's end past its handshake, and a stream of bytes to it."""
    here, there = socket.socketpair()
    here.setblocking(False)
    framing = Framing(Side.SERVER, BOUND)
    async with (
        open_direct_wire(here, framing, backlog=BOUND) as wire,
        trio.SocketStream(trio.socket.from_stdlib_socket(there)) as stream,
    ):
        yield wire, stream


async def echo(wire):
    while True:
        wire.send(await wire.receive())


async def echo_delivered(wire):
    await wire.deliver(wire.send)


@pytest.mark.parametrize("way", [echo, echo_delivered])
async def test_a_ping_between_fragments_is_answered_before_the_message(way):
    """In the order in which they came, though one read brought them all."""
    mask = bytes(4)
    async with bare_pair() as (wire, far), trio.open_nursery() as nursery:
        nursery.start_soon(way, wire)
        for _ in range(2):
            await far.send_all(b"\x01\x81" + mask + b"a\x89\x81" + mask + b"p\x80\x81" + mask + b"b")
            heard = b""
            while len(heard) < 7:
                heard += await far.receive_some()
            assert heard == b"\x8a\x01p" + b"\x81\x02ab"
        nursery.cancel_scope.cancel()


async def test_who_breaks_a_rule_hears_why_and_the_end_at_once(monkeypatch):
    """Not only after the grace, were it a minute: the server ends the connection (RFC 6455, 7.1.7)."""
    monkeypatch.setattr("twiliobridge.wires.direct.GRACE", 60)
    async with bare_pair() as (wire, far), trio.open_nursery() as nursery:
        await far.send_all(b"\xf1\x80" + bytes(4))
        with pytest.raises(trio.BrokenResourceError, match="1002"):
            await wire.receive()
        nursery.start_soon(wire.aclose)
        with trio.fail_after(30):
            heard = b"".join([piece async for piece in far])
        assert heard[0] == 0x88
        assert heard[2:4] == (1002).to_bytes(2)
        await far.aclose()
