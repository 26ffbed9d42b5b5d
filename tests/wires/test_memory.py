"""The wire in one process keeps the promises of every wire."""

from contextlib import asynccontextmanager

import pytest
import trio

from twiliobridge.wires import MemoryWire, WireFull, memory_wires
from twiliobridge.wires.check import check_wire


class FarEnd:
    """The other memory wire, as a peer."""

    def __init__(self, wire: MemoryWire) -> None:
        self.wire = wire

    async def say(self, message):
        self.wire.send(message) if isinstance(message, str) else self.wire.send_binary(message)

    async def hear(self):
        return await self.wire.receive()

    async def close(self):
        await self.wire.aclose()

    async def vanish(self):
        self.wire.vanish()


@asynccontextmanager
async def memory_pair():
    near, far = memory_wires()
    yield near, FarEnd(far)
    await near.aclose()
    await far.aclose()


async def test_it_is_a_wire():
    await check_wire(memory_pair)


async def test_the_bound_is_in_bytes_and_receiving_makes_room():
    """What waits never exceeds the bound, counted in UTF-8, and every message received frees its bytes."""
    near, far = memory_wires(backlog=10)
    near.send("üüüü")
    with pytest.raises(WireFull):
        near.send("abc")
    near.send("ab")
    await far.receive()
    near.send("12345678")


async def test_an_empty_backlog_takes_one_message_of_any_size():
    near, _ = memory_wires(backlog=10)
    near.send("x" * 100)
    with pytest.raises(WireFull):
        near.send("x")


async def test_the_farewell_says_with_which_code_the_peer_closed():
    near, far = memory_wires()
    await far.aclose(1001, "session expired")
    with pytest.raises(trio.EndOfChannel, match="1001 session expired"):
        await near.receive()
