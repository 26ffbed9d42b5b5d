"""The outgoing wire over loopback, against a server that is trio-websocket itself.

Real sockets, because the socket is the point: which side closes first is chosen, and descriptors are counted.
"""

import ssl
import struct
from contextlib import asynccontextmanager
from functools import partial

import pytest
import trio
from served import descriptors
from trio_websocket import serve_websocket

from twiliobridge.wires import Refused, Rejected, TlsFailed, UnknownHost
from twiliobridge.wires.check import check_wire
from twiliobridge.wires.websocket import Address, open_websocket_wire

BACKLOG = 1 << 20
LONGEST = 1 << 22


class ServerEnd:
    def __init__(self, connection):
        self.connection = connection
        self.left = trio.Event()

    async def say(self, message):
        await self.connection.send_message(message)

    async def hear(self):
        return await self.connection.get_message()

    async def close(self):
        await self.connection.aclose(1000)

    async def vanish(self):
        await trio.aclose_forcefully(self.connection._stream)


@asynccontextmanager
async def server(accepting):
    """Serves `accepting(request)` on a free port; the URL."""
    async with trio.open_nursery() as nursery:
        listening = await nursery.start(
            partial(serve_websocket, accepting, "127.0.0.1", 0, None, message_queue_size=1)
        )
        yield f"ws://127.0.0.1:{listening.port}/x?y=z"
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def websocket_pair():
    ends, done = [], trio.Event()

    async def accept(request):
        ends.append(ServerEnd(await request.accept()))
        await done.wait()

    async with (
        server(accept) as url,
        open_websocket_wire(url, backlog=BACKLOG, max_message_size=LONGEST) as wire,
    ):
        while not ends:
            await trio.lowlevel.checkpoint()
        yield wire, ends[0]
        done.set()


async def test_it_is_a_wire_and_leaves_no_descriptor():
    before = descriptors()
    await check_wire(websocket_pair)
    assert descriptors() == before


@pytest.mark.parametrize("leave", ["close", "vanish"])
async def test_a_server_that_leaves_first_leaves_no_socket_behind(leave):
    before = descriptors()
    for _ in range(3):
        async with websocket_pair() as (wire, far), trio.open_nursery() as nursery:
            nursery.start_soon(getattr(far, leave))
            with pytest.raises((trio.EndOfChannel, trio.BrokenResourceError)):
                await wire.receive()
    assert descriptors() == before


async def test_the_farewell_says_the_code_and_the_reason():
    async with websocket_pair() as (wire, far), trio.open_nursery() as nursery:
        nursery.start_soon(far.connection.aclose, 1001, "session expired")
        with pytest.raises(trio.EndOfChannel, match="1001 session expired"):
            await wire.receive()


async def test_a_cancelled_user_still_closes_in_good_order_and_at_once(monkeypatch):
    """As a call is when it ends: the model gets its 1000; the grace is not waited for, were it a minute."""
    monkeypatch.setattr("twiliobridge.wires.direct.GRACE", 60)
    began = trio.current_time()
    with trio.CancelScope() as scope:
        async with websocket_pair() as (_, far):
            scope.cancel()
            await trio.sleep_forever()
    assert trio.current_time() - began < 30
    assert far.connection.closed.code == 1000


async def test_a_message_past_the_bound_ends_this_wire_only():
    async def accept(request):
        connection = await request.accept()
        await connection.send_message("x" * 1001)
        await connection.send_message("y" * 1000)
        await connection.get_message()

    async def talk(url):
        async with open_websocket_wire(url, backlog=BACKLOG, max_message_size=1000) as wire:
            with pytest.raises(trio.BrokenResourceError, match="1009"):
                await wire.receive()

    async def until_closed(request):
        with pytest.raises(Exception, match="1009"):
            await accept(request)

    async with server(until_closed) as url:
        await talk(url)
        await talk(url)


async def test_headers_path_and_query_arrive():
    seen = {}

    async def accept(request):
        seen.update(request.headers)
        seen["path"] = request.path
        await request.accept()

    async with (
        server(accept) as url,
        open_websocket_wire(url, {"authorization": "Bearer k"}, backlog=BACKLOG, max_message_size=9) as wire,
    ):
        with pytest.raises(trio.EndOfChannel):
            await wire.receive()
    assert seen[b"authorization"] == b"Bearer k"
    assert seen["path"] == "/x?y=z"


async def dial(url, **more):
    async with open_websocket_wire(url, backlog=1, max_message_size=1, **more):
        raise AssertionError("there was nobody to talk to")


async def test_a_rejected_handshake_says_the_status_and_the_first_words():
    async def reject(request):
        await request.reject(401, body=b'{"error": "bad\n key"}')

    async with server(reject) as url:
        with pytest.raises(Rejected, match=r'^127.0.0.1:\d+: HTTP 401 \{"error": "bad key"\}$'):
            await dial(url)


@pytest.mark.parametrize(("scheme", "handshake"), [("ws", "WebSocket"), ("wss", "TLS")])
@pytest.mark.parametrize("reset", [False, True])
async def test_a_server_that_closes_during_the_handshake_is_noticed_at_once(scheme, handshake, reset):
    """It may take the next connection: a balancer that has lost its server does so."""

    async def hang_up(stream):
        await stream.receive_some()
        if reset:
            stream.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_LINGER, struct.pack("ii", 1, 0))
        await stream.aclose()

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, hang_up, [listener])
        with (
            trio.fail_after(10),
            pytest.raises(Refused, match=f"during the {handshake} handshake") as refused,
        ):
            await dial(f"{scheme}://127.0.0.1:{listener.socket.getsockname()[1]}/")
        assert refused.value.transient
        nursery.cancel_scope.cancel()


async def test_nobody_listening_is_one_line():
    """The port is taken, so that nobody else comes to listen there meanwhile."""
    with trio.socket.socket() as taken:
        await taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=rf"^127.0.0.1:{port}: Connection refused$"):
            await dial(f"ws://127.0.0.1:{port}/")


async def test_a_name_that_does_not_resolve_is_one_line():
    with pytest.raises(UnknownHost, match=r"^nowhere\.invalid: the name does not resolve"):
        await dial("ws://nowhere.invalid/")


@pytest.mark.parametrize(("fault", "transient"), [("EAI_AGAIN", True), ("EAI_NONAME", False)])
async def test_a_name_that_nobody_could_be_asked_for_may_resolve_later(fault, transient):
    class Resolver(trio.abc.HostnameResolver):
        async def getaddrinfo(self, *_):
            raise trio.socket.gaierror(getattr(trio.socket, fault), "it does not")

        async def getnameinfo(self, *_):
            raise NotImplementedError

    trio.socket.set_custom_hostname_resolver(Resolver())
    with pytest.raises(UnknownHost) as unknown:
        await dial("ws://somewhere.invalid/")
    assert unknown.value.transient is transient


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".invalid"])
async def test_a_name_that_cannot_be_looked_up_is_one_line(host):
    with pytest.raises(UnknownHost, match=f"^{host}: no name of a host"):
        await dial(f"ws://{host}/")


async def test_a_server_without_tls_is_one_line():
    async def speak_plainly(stream):
        await stream.send_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, speak_plainly, [listener])
        port = listener.socket.getsockname()[1]
        with pytest.raises(TlsFailed, match="no TLS"):
            await dial(f"wss://127.0.0.1:{port}/", ssl_context=ssl.create_default_context())
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("url", "authority", "port", "resource"),
    [
        ("ws://h", "h", 80, "/"),
        ("wss://h/a?b=c", "h", 443, "/a?b=c"),
        ("wss://h:8443/", "h:8443", 8443, "/"),
        ("ws://[::1]:80/p", "[::1]", 80, "/p"),
        ("ws://h:443/", "h:443", 443, "/"),
    ],
)
def test_the_address_of_a_url(url, authority, port, resource):
    address = Address.of(url)
    assert (address.authority, address.port, address.resource) == (authority, port, resource)


@pytest.mark.parametrize("url", ["http://h/", "h:80", "", "wss:///path"])
def test_what_is_no_websocket_url(url):
    with pytest.raises(ValueError, match="begins with"):
        Address.of(url)
