"""The incoming wire: Quart-Trio on Hypercorn over loopback, because quart-trio's own client is no witness."""

from contextlib import asynccontextmanager

import trio
from hypercorn.config import Config
from quart import websocket
from quart_trio import QuartTrio
from served import descriptors, settled, tasks
from wire_pairs import BACKLOG, served_pair

from twiliobridge.wires.asgi import EndIsTold, open_asgi_wire
from twiliobridge.wires.check import check_wire
from twiliobridge.wires.hypercorn import serve_app


@asynccontextmanager
async def asgi_pair():
    app = QuartTrio("test")
    app.asgi_websocket_class = EndIsTold
    wires, done = [], trio.Event()

    @app.websocket("/")
    async def answer():
        async with open_asgi_wire(websocket, BACKLOG) as wire:
            wires.append(wire)
            await done.wait()

    async def serve(listener):
        await serve_app(app, Config(), [listener])

    async with served_pair(serve, wires, done) as pair:
        yield pair


async def test_it_is_a_wire_and_leaves_nothing():
    before = descriptors(), tasks()
    await check_wire(asgi_pair, tells_close_from_loss=False)
    assert await settled(lambda: (descriptors(), tasks()), before) == before


async def test_what_came_before_the_close_is_heard_before_it():
    """Quart-Trio by itself cancels the handler instead, and `stop` is lost."""
    async with asgi_pair() as (wire, far):
        for number in range(5):
            await far.say(str(number))
        await far.close()
        await trio.sleep(0.05)
        assert [await wire.receive() for _ in range(5)] == ["0", "1", "2", "3", "4"]


async def test_the_close_code_and_reason_reach_the_peer():
    async with asgi_pair() as (wire, far):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wire.aclose, 1001, "later")
            while far.connection.closed is None:  # noqa: ASYNC110 -- trio-websocket has no event for it
                await trio.sleep(0.001)
        assert (far.connection.closed.code, far.connection.closed.reason) == (1001, "later")


async def test_an_empty_binary_message_is_one():
    async with asgi_pair() as (wire, far):
        await far.say(b"")
        assert await wire.receive() == b""


async def test_nothing_is_negotiated_that_was_not_asked_for():
    """Twilio offers neither subprotocol nor compression, and refuses an answer that names one."""
    async with asgi_pair() as (_, far):
        names = {name for name, _ in far.connection.handshake_headers}
    assert not names & {b"sec-websocket-protocol", b"sec-websocket-extensions"}
