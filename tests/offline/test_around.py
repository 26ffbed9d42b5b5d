"""Who serves the offline model may listen in."""

from contextlib import asynccontextmanager
from functools import partial

import trio
from judged import offline_model

from twiliobridge.offline import PATH, serve_offline
from twiliobridge.wires.hypercorn import base_url
from twiliobridge.wires.websocket import open_websocket_wire


async def test_something_can_be_put_around_the_wire_of_each_session():
    """It is there for as long as the session."""
    told = []

    @asynccontextmanager
    async def around(wire):
        told.append("begins")
        yield wire
        told.append("ends")

    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(partial(serve_offline, offline_model(), port=0, around=around))
        url = "ws" + base_url(listener).removeprefix("http") + PATH + "?model=gpt-realtime"
        async with open_websocket_wire(url, backlog=1 << 20, max_message_size=1 << 20) as wire:
            assert "session.created" in await wire.receive()
            assert told == ["begins"]
        with trio.fail_after(5):
            while len(told) < 2:  # noqa: ASYNC110 -- another task's list
                await trio.sleep(0.01)
        nursery.cancel_scope.cancel()
    assert told == ["begins", "ends"]
