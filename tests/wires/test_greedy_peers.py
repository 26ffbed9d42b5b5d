"""A peer that says much, and nothing, takes no more than its turn; what we owe it has a bound."""

import ssl

import pytest
import trio
from wire_pairs import arrived, fill, say, tls_pair, upgraded_pair

from twiliobridge.wires import WireFull
from twiliobridge.wires.direct import MOST_IN_A_STEP

MANY = 500
PINGS = b"\x89\x80\x00\x00\x00\x00" * MANY + b"\x81\x84\x00\x00\x00\x00last"
FRAGMENTS = b"\x01\x80\x00\x00\x00\x00" + b"\x00\x80\x00\x00\x00\x00" * MANY + b"\x80\x84\x00\x00\x00\x00last"


async def by_receive(wire, take):
    while True:
        take(await wire.receive())


async def by_deliver(wire, take):
    await wire.deliver(take)


@pytest.mark.parametrize("hear", [by_receive, by_deliver])
@pytest.mark.parametrize("flood", [PINGS, FRAGMENTS], ids=["pings", "fragments"])
async def test_others_have_their_turn_amid_frames_that_are_no_messages(hear, flood):
    async with upgraded_pair() as (wire, far), trio.open_nursery() as nursery:
        await far.connection._stream.send_all(flood)
        await arrived(wire, len(flood))
        heard, turns = [], 0
        nursery.start_soon(hear, wire, heard.append)
        while not heard:
            turns += 1
            await trio.lowlevel.checkpoint()
        assert heard == ["last"]
        assert turns > MANY // MOST_IN_A_STEP
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("hear", [by_receive, by_deliver])
async def test_nothing_is_heard_once_another_task_closes(hear):
    """Also where the one that hears has just given way to others; which of the two is first is a toss."""
    for _ in range(10):
        async with upgraded_pair() as (wire, far), trio.open_nursery() as nursery:
            sizes = [await say(far, "text") for _ in range(2 * MOST_IN_A_STEP)]
            await arrived(wire, sum(sizes))
            for _ in range(MOST_IN_A_STEP):
                await wire.receive()

            async def listen(wire=wire):
                heard = []
                with pytest.raises(trio.ClosedResourceError):
                    await hear(wire, heard.append)
                assert not heard

            nursery.start_soon(listen)
            nursery.start_soon(wire.aclose)


class Renegotiating:
    """TLS 1.2 whose peer has asked for a new handshake, and then says nothing."""

    def write(self, _data):
        raise ssl.SSLWantReadError

    read = write


async def test_what_tls_cannot_say_yet_counts_as_waiting(authority):
    async with tls_pair(authority) as (wire, _):
        before, wire._tls._tls = wire._tls._tls, Renegotiating()
        with pytest.raises(WireFull, match="the bound is 1048576"):
            fill(wire)
        wire._tls._tls = before
