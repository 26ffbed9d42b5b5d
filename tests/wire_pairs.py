"""A wire on a socket, and a peer of another make at its other end."""

import socket
import ssl
from contextlib import asynccontextmanager
from functools import partial

import trio
from trio_websocket import connect_websocket_url, serve_websocket
from websocket_end import WebSocketEnd

from twiliobridge.wires.upgrade import open_upgraded_wire, peek_upgrade
from twiliobridge.wires.websocket import open_websocket_wire

BACKLOG = 1 << 20
LARGEST = 1 << 22


@asynccontextmanager
async def served_pair(serve, wires, done):
    """The server's end: the wire that `serve(listener)` adds to `wires` and keeps open until `done`."""
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with trio.open_nursery() as nursery, trio.open_nursery() as client:
        nursery.start_soon(serve, listener)
        url = f"ws://127.0.0.1:{listener.socket.getsockname()[1]}/"
        connection = await connect_websocket_url(client, url, message_queue_size=1)
        while not wires:  # noqa: ASYNC110 -- the handler's first line
            await trio.sleep(0.001)
        try:
            yield wires[0], WebSocketEnd(connection)
        finally:
            done.set()
            await trio.aclose_forcefully(connection._stream)
            client.cancel_scope.cancel()
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def upgraded_pair(backlog=BACKLOG):
    """The server's end, straight on the socket."""
    wires, done = [], trio.Event()

    async def answer(stream):
        async with open_upgraded_wire(
            await peek_upgrade(stream, ("/",)), backlog=backlog, max_message_size=LARGEST
        ) as wire:
            wires.append(wire)
            await done.wait()

    async def serve(listener):
        await trio.serve_listeners(answer, [listener])

    async with served_pair(serve, wires, done) as pair:
        yield pair


@asynccontextmanager
async def tls_pair(authority, hostname="localhost", protocol=None):
    """The client's end, encrypted."""
    ends, done = [], trio.Event()
    there = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(hostname).configure_cert(there)
    here = ssl.create_default_context()
    authority.configure_trust(here)
    if protocol is not None:
        here.maximum_version = protocol

    async def accept(request):
        ends.append(WebSocketEnd(await request.accept()))
        await done.wait()

    async with trio.open_nursery() as nursery:
        serving = partial(serve_websocket, accept, "127.0.0.1", 0, there, message_queue_size=1)
        server = await nursery.start(serving)
        url = f"wss://localhost:{server.port}/"
        async with open_websocket_wire(
            url, backlog=BACKLOG, max_message_size=LARGEST, ssl_context=here
        ) as wire:
            while not ends:  # noqa: ASYNC110 -- likewise
                await trio.sleep(0.001)
            yield wire, ends[0]
            done.set()
        nursery.cancel_scope.cancel()


async def say(far, text):
    """Bytes of the frame."""
    await far.say(text)
    return 6 + len(text)


async def arrived(wire, size):
    """Returns when that many bytes can be read at once."""
    await trio.lowlevel.wait_readable(wire._socket)
    while len(wire._socket.recv(1 << 16, socket.MSG_PEEK)) < size:  # noqa: ASYNC110 -- the kernel's
        await trio.sleep(0.001)


def fill(wire):
    while True:
        wire.send("x" * 10_000)
