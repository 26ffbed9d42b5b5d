"""The way out through a proxy: which hosts it is for, and what is said to it, over loopback."""

import base64
from contextlib import asynccontextmanager

import h11
import pytest
import trio
from trio_websocket import serve_websocket

from twiliobridge.settings import Settings
from twiliobridge.wires import Refused, UnknownHost
from twiliobridge.wires.proxy import Proxy, ProxyRefused, proxy_for
from twiliobridge.wires.websocket import open_websocket_wire

PROXY = "http://user:p%40ss@proxy.example:3128"


@pytest.mark.parametrize(
    ("host", "exempt", "is_asked"),
    [
        ("api.openai.com", "", True),
        ("api.openai.com", "*", False),
        ("api.openai.com", "openai.com", False),
        ("api.openai.com", ".openai.com, example.com", False),
        ("api.openai.com", "*.OpenAI.com", False),
        ("api.openai.com", "api.openai.com:443", False),
        ("api.openai.com", "api.openai.com:8443", True),
        ("api.notopenai.com", "openai.com", True),
        ("10.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", False),
        ("10.1.2.3", "10.1.2.3:443", False),
        ("10.1.2.3", "192.168.0.0/16,nonsense/", True),
        ("2001:db8::1", "[2001:db8::1]", False),
        ("127.0.0.1", "", False),
        ("::1", "", False),
        ("localhost", "", False),
    ],
)
def test_for_whom_a_proxy_is_asked(host, exempt, is_asked):
    """All but loopback and what is exempt: names with what ends in them, addresses, networks, ports."""
    assert (proxy_for(host, 443, PROXY, exempt) is not None) == is_asked


def test_a_proxy_s_url():
    """Its login is decoded, and shown nowhere; the scheme may be missing."""
    proxy = Proxy.of(PROXY)
    assert (proxy.host, proxy.port, proxy.login) == ("proxy.example", 3128, "user:p@ss")
    assert "p@ss" not in f"{proxy} {proxy!r}"
    assert Proxy.of("proxy.example:3128") == Proxy("proxy.example", 3128)
    assert Proxy.of("http://[::1]") == Proxy("::1", 80)


@pytest.mark.parametrize("url", ["socks5://u:secret@h:1080", "https://h", "http://h:0x1", "http://"])
def test_what_is_no_proxy_of_ours_is_one_line_without_the_password(url):
    with pytest.raises(ValueError, match="must be http://host:port") as caught:
        Proxy.of(url)
    assert "secret" not in str(caught.value)


def test_the_environment_names_the_proxy_in_either_case():
    """As curl has it: lower case wins. An unusable one is no matter until it is needed."""
    told = Settings.from_environ({"HTTPS_PROXY": "http://a", "https_proxy": "http://b", "no_proxy": "c"})
    assert (told.https_proxy, told.no_proxy) == ("http://b", "c")
    assert Settings.from_environ({"ALL_PROXY": "socks5://d"}).all_proxy == "socks5://d"


class Tunnels:
    """A proxy of one page: answers CONNECT with `status`, and leads to `port` whatever was asked for."""

    def __init__(self, port, status=200):
        self.port, self.status, self.asked = port, status, None

    async def serve(self, client):
        http = h11.Connection(h11.SERVER)
        async with client:
            while not isinstance(event := http.next_event(), h11.Request):
                http.receive_data(await client.receive_some())
            self.asked = event
            await client.send_all(b"HTTP/1.1 %d So\r\n\r\n" % self.status)
            if self.status == 200:
                far = await trio.open_tcp_stream("127.0.0.1", self.port)
                async with far, trio.open_nursery() as nursery:
                    nursery.start_soon(pump, client, far, nursery.cancel_scope)
                    nursery.start_soon(pump, far, client, nursery.cancel_scope)


async def pump(source, sink, over):
    async for data in source:
        await sink.send_all(data)
    over.cancel()


async def echo(request):
    connection = await request.accept()
    await connection.send_message(await connection.get_message())


@asynccontextmanager
async def tunnels(status=200):
    """The proxy, and how it is told of."""
    async with trio.open_nursery() as nursery:
        far = await nursery.start(serve_websocket, echo, "127.0.0.1", 0, None)
        proxy = Tunnels(far.port, status)
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, proxy.serve, [listener])
        yield proxy, Proxy("127.0.0.1", listener.socket.getsockname()[1], "user:p@ss")
        nursery.cancel_scope.cancel()


def dial(proxy):
    return open_websocket_wire("ws://far.invalid/x", backlog=1000, max_message_size=1000, proxy=proxy)


async def test_a_call_through_a_proxy():
    """The proxy looks the host up, and is told its port and our login; the far end never sees that."""
    async with tunnels() as (served, proxy), dial(proxy) as wire:
        wire.send("hello")
        assert await wire.receive() == "hello"
    assert (served.asked.method, served.asked.target) == (b"CONNECT", b"far.invalid:80")
    asked = dict(served.asked.headers)
    assert asked[b"host"] == b"far.invalid:80"
    assert asked[b"proxy-authorization"] == b"Basic " + base64.b64encode(b"user:p@ss")


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_proxy_that_refuses_is_named(status):
    async with tunnels(status) as (_, proxy):
        expected = rf"^the proxy 127.0.0.1:{proxy.port} does not lead to far.invalid:80: HTTP {status} So$"
        with pytest.raises(ProxyRefused, match=expected) as refused:
            async with dial(proxy):
                pass
    assert refused.value.transient is (status == 502)


@pytest.mark.parametrize(
    ("says", "error", "words"),
    [(b"220 ready\r\n\r\n", ProxyRefused, "is no HTTP proxy"), (b"", Refused, "closed the connection")],
)
async def test_what_is_no_proxy_is_said(says, error, words):
    async def serve(stream):
        await stream.receive_some()
        await stream.send_all(says)

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, [listener])
        proxy = Proxy("127.0.0.1", listener.socket.getsockname()[1])
        with pytest.raises(error, match=f"the proxy 127.0.0.1:{proxy.port} {words}"):
            async with dial(proxy):
                pass
        nursery.cancel_scope.cancel()


async def test_a_proxy_that_is_not_there_is_named():
    with pytest.raises(Refused, match=r"^the proxy 127.0.0.1:1: Connection refused$"):
        async with dial(Proxy("127.0.0.1", 1)):
            pass
    with pytest.raises(UnknownHost, match=r"^the proxy nowhere.invalid:1: the name does not resolve"):
        async with dial(Proxy("nowhere.invalid", 1)):
            pass
