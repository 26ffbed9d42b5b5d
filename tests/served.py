"""A bridge on a real socket, a phone that dials it, and what of both is still there afterwards."""

import gc
import socket
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import trio
import trio.testing
from peers import Exchange, Phone

from twiliobridge.conversation import Agent
from twiliobridge.server import serve
from twiliobridge.settings import Settings
from twiliobridge.wires.websocket import open_websocket_wire

LANE = "auto"
"Of bridges without settings of their own for that; see tests/server/conftest.py."

AGENT = Agent(instructions="Be brief.", greeting="Hello.", may_hang_up=False)


def drop(phone):
    """Ends a phone's connection without a goodbye."""
    phone.wire._socket.shutdown(socket.SHUT_RDWR)


class Bridge:
    """`serve`, with models in memory."""

    def __init__(self, url, stop, models, ended):
        self.url = url
        self.stop = stop
        self.models = models
        self.ended = ended
        "The summaries of the calls that are over."

    @asynccontextmanager
    async def phone(self, path="/twilio-agent", headers=None):
        async with open_websocket_wire(
            "ws" + self.url.removeprefix("http") + path, headers, backlog=1 << 24, max_message_size=1 << 24
        ) as wire:
            yield Phone(wire)

    async def endings(self, count):
        """The endings of the first `count` calls, once there are as many."""
        with trio.fail_after(5):
            while len(self.ended) < count:  # noqa: ASYNC110 -- another task's list
                await trio.sleep(0.005)
        return [summary.ending for summary in self.ended]


@asynccontextmanager
async def bridge(settings=None, agent=AGENT, **more):
    models, ended, stop = Exchange(), [], trio.Event()
    async with trio.open_nursery() as nursery:
        (url,) = await nursery.start(
            partial(
                serve,
                replace(settings or Settings(port=0), media_lane=LANE),
                agent,
                more.pop("dial", models.dial),
                stop=stop,
                ended=ended.append,
                **more,
            )
        )
        await trio.testing.wait_all_tasks_blocked()
        yield Bridge(url, stop, models, ended)
        stop.set()


def descriptors():
    """Open ones of this process, without what other tests left to the collector; None where the system does
    not tell.
    """
    gc.collect()
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if sys.platform == "linux" else None


async def settled(probe, expected):
    """`probe()` once it equals `expected`, or what it is after five seconds (promise C8)."""
    with trio.move_on_after(5):
        while probe() != expected:  # noqa: ASYNC110 -- descriptors and tasks send no events
            await trio.sleep(0.01)
    return probe()


def tasks():
    return trio.lowlevel.current_statistics().tasks_living


async def http(url, path, form=None, headers=()):
    """A plain HTTP/1.1 request: status, body. Written out, so that no client library is between."""
    host, port = url.removeprefix("http://").split(":")
    body = urlencode(form).encode() if form is not None else b""
    lines = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
        f"Host: {host}:{port}",
        "Connection: close",
        f"Content-Length: {len(body)}",
        "Content-Type: application/x-www-form-urlencoded",
        *headers,
    ]
    async with await trio.open_tcp_stream(host, int(port)) as stream:
        await stream.send_all("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        answer = b"".join([chunk async for chunk in stream])
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


async def hear_until_it_raises(phone):
    while True:
        await phone.hear()
