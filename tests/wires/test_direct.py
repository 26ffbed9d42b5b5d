"""The wire straight on a socket: the server's end, the client's over TLS, and what `send` leaves over."""

import gc
import socket
import ssl
from contextlib import suppress
from functools import partial

import pytest
import trio
import trio.testing
from served import descriptors, settled, tasks
from trio_websocket import ConnectionClosed
from websockets.protocol import Protocol
from wire_pairs import arrived, fill, say, tls_pair, upgraded_pair

from twiliobridge.wires import TlsFailed, WireFull
from twiliobridge.wires.check import check_wire
from twiliobridge.wires.direct import MOST_IN_A_STEP


async def test_a_closed_wire_leaves_the_collector_nothing():
    """What waits for a full collection grows with every long call that has ended."""
    gc.collect()
    gc.disable()
    before = {id(core) for core in protocols()}
    try:
        async with upgraded_pair() as (wire, end):
            wire.send("hello")
            assert await end.hear() == "hello"
            await wire.aclose()
        del wire
        assert not [core for core in protocols() if id(core) not in before]
    finally:
        gc.enable()


def protocols():
    """All of the process: other tests may have left some that live yet."""
    return [core for core in gc.get_objects() if type(core) is Protocol]


async def test_the_server_s_end_is_a_wire_and_leaves_nothing():
    before = descriptors(), tasks()
    await check_wire(upgraded_pair)
    assert await settled(lambda: (descriptors(), tasks()), before) == before


@pytest.mark.parametrize("protocol", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_the_client_s_end_over_tls_is_one_and_leaves_nothing(authority, protocol):
    before = descriptors(), tasks()
    await check_wire(partial(tls_pair, authority, protocol=protocol))
    assert await settled(lambda: (descriptors(), tasks()), before) == before


async def test_a_certificate_for_somebody_else_is_one_line(authority):
    with pytest.raises(ExceptionGroup) as group:
        async with tls_pair(authority, "elsewhere.example"):
            pass
    (error,) = group.value.exceptions
    assert isinstance(error, TlsFailed)
    assert "no TLS: Hostname mismatch" in str(error)
    assert "\n" not in str(error)


async def test_the_farewell_says_with_which_code_the_peer_closed():
    async with upgraded_pair() as (wire, far), trio.open_nursery() as nursery:
        nursery.start_soon(far.connection.aclose, 1001, "out of money")
        with pytest.raises(trio.EndOfChannel, match=r"^closed with 1001 out of money$"):
            await wire.receive()


async def test_the_close_code_and_reason_reach_the_peer():
    async with upgraded_pair() as (wire, far):
        await wire.aclose(1001, "later")
        assert (far.connection.closed.code, far.connection.closed.reason) == (1001, "later")


async def test_a_receive_that_waits_hears_of_our_own_close(monkeypatch):
    """In another task; and the close does not wait for its grace, were it a minute."""
    monkeypatch.setattr("twiliobridge.wires.direct.GRACE", 60)
    async with upgraded_pair() as (wire, _), trio.open_nursery() as nursery:

        async def listen():
            with pytest.raises(trio.ClosedResourceError):
                await wire.receive()

        nursery.start_soon(listen)
        await trio.testing.wait_all_tasks_blocked()
        with trio.fail_after(30):
            await wire.aclose()


async def test_what_is_sent_is_on_its_way_before_anything_else_happens():
    """No checkpoint passes between a send and the kernel."""
    async with upgraded_pair() as (wire, far):
        socket_there = far.connection._stream.socket
        wire.send("now")
        head = await socket_there.recv(5, socket.MSG_PEEK)
        assert head == b"\x81\x03now"


async def test_messages_of_one_read_are_received_in_one_step_but_not_for_ever():
    """As many as the bound in a row; then others have their turn."""
    async with upgraded_pair() as (wire, far):
        sizes = [await say(far, str(number)) for number in range(3 * MOST_IN_A_STEP)]
        await arrived(wire, sum(sizes))
        turns = 0

        async def count_turns():
            nonlocal turns
            while True:
                turns += 1
                await trio.lowlevel.checkpoint()

        assert await wire.receive() == "0"
        async with trio.open_nursery() as nursery:
            nursery.start_soon(count_turns)
            for number in range(1, MOST_IN_A_STEP):
                assert await wire.receive() == str(number)
            assert turns == 0
            for number in range(MOST_IN_A_STEP, 2 * MOST_IN_A_STEP + 1):
                assert await wire.receive() == str(number)
            assert turns >= 1
            nursery.cancel_scope.cancel()


async def test_what_the_kernel_does_not_take_waits_and_arrives_in_order():
    """More than the buffers of loopback hold; whole, and without a reader until then."""
    messages = [str(number % 10) * 100_000 for number in range(100)]
    async with upgraded_pair(1 << 24) as (wire, far):
        for text in messages:
            wire.send(text)
        assert wire._waiting > 0
        assert [await far.hear() for _ in messages] == messages
        assert wire._waiting == 0


async def test_the_bound_on_the_backlog_is_in_bytes_and_a_goodbye_finds_room():
    async with upgraded_pair(1 << 16) as (wire, far):
        with pytest.raises(WireFull, match="the bound is 65536"):
            fill(wire)
        assert 0 < wire._waiting <= 1 << 16
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wire.aclose, 1000, "done")
            with pytest.raises(ConnectionClosed, match="1000"):
                await hear_out(far)


async def hear_out(far):
    while True:
        await far.hear()


async def test_one_may_close_while_the_backlog_is_being_written():
    """In the very turn in which the kernel takes more of it; which of the two tasks is first is a toss."""
    for _ in range(10):
        async with upgraded_pair(1 << 16) as (wire, far), trio.open_nursery() as nursery:
            with pytest.raises(WireFull):
                fill(wire)
            await trio.testing.wait_all_tasks_blocked()
            with wire._socket.dup() as same:
                nursery.start_soon(hear, far)
                await trio.lowlevel.wait_writable(same)
            await wire.aclose()
            nursery.cancel_scope.cancel()


async def hear(far):
    with suppress(ConnectionClosed):
        await hear_out(far)


async def test_a_flood_of_pings_that_are_not_heard_fills_nothing():
    """Pongs past the bound are dropped."""
    async with upgraded_pair(1 << 16) as (wire, far), trio.open_nursery() as nursery:
        nursery.start_soon(wire.receive)
        stream = far.connection._stream
        ping = b"\x89\xfd\x00\x00\x00\x00" + b"p" * 125
        with trio.move_on_after(0.5):
            while True:
                await stream.send_all(ping * 500)
        assert wire._waiting <= (1 << 16) + 65536
        nursery.cancel_scope.cancel()


async def test_pings_are_answered_while_somebody_receives():
    async with upgraded_pair() as (wire, far), trio.open_nursery() as nursery:
        nursery.start_soon(wire.receive)
        with trio.fail_after(10):
            await far.connection.ping(b"are you there?")
        nursery.cancel_scope.cancel()


async def test_nothing_is_negotiated_that_was_not_asked_for():
    """Twilio offers neither subprotocol nor compression, and refuses an answer that names one."""
    async with upgraded_pair() as (_, far):
        names = {name for name, _ in far.connection.handshake_headers}
    assert not names & {b"sec-websocket-protocol", b"sec-websocket-extensions"}
