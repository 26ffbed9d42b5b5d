"""An endpoint on loopback is asked, and what it answers, or that nobody does, reaches the model."""

import json
import ssl
from contextlib import asynccontextmanager, suppress

import anyio
import pytest
import trio
import trustme
from anyio.streams.tls import TLSStream
from far_end import listening

from twiliobridge.call.tools import asking, open_tool_resources, tool_output
from twiliobridge.conversation import CallInfo, Endpoint, Tool
from twiliobridge.wires.http import LARGEST_BODY, Service
from twiliobridge.wires.proxy import Proxies

CALL = CallInfo("CA1", "MZ1", {})
PARAMETERS = {"type": "object", "properties": {"day": {"type": "string"}}}


class Shop:
    """Answers with `answers`, one after the other: (status, text, header fields)."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def serve(self, stream):
        async with stream:
            service = Service(stream)
            self.asked.append(await service.request())
            status, text, *fields = self.answers.pop(0)
            await service.answer(status, "application/json", text.encode(), *fields)


async def told(port, path="/hours/{day}", *, scheme="http", host="127.0.0.1", proxies=None, **more):
    endpoint = Endpoint(f"{scheme}://{host}:{port}{path}".replace(":/h", "/h"), **more)
    tool = Tool("hours", "When it is open.", endpoint, PARAMETERS, within=5.0)
    async with open_tool_resources(proxies=proxies or Proxies()) as resources:
        return await tool_output(tool, '{"day": "Monday"}', CALL, resources)


async def test_it_is_asked_with_the_arguments_and_its_answer_is_the_tool_s():
    shop = Shop((200, '{"open": true}'), (201, "{}"))
    async with listening(shop.serve) as port:
        assert await told(port, method="GET", headers={"X-Key": "k"}) == '{"open":true}'
        assert await told(port, "/book") == "{}"
    first, second = shop.asked
    assert (first.method, first.target, first.body) == ("GET", "/hours/Monday", b"")
    assert first.headers["x-key"] == "k"
    assert first.headers["host"] == f"127.0.0.1:{port}"
    assert (second.method, second.path, json.loads(second.body)) == ("POST", "/book", {"day": "Monday"})
    assert second.headers["content-type"] == "application/json"


async def test_a_refusal_is_an_error_text():
    shop = Shop((422, '{"detail":"closed"}'))
    async with listening(shop.serve) as port:
        assert await told(port) == 'error: HTTP 422: {"detail":"closed"}'


async def test_redirects_on_the_same_host_are_followed_up_to_a_bound():
    here = (302, "", {"Location": "/again"})
    shop = Shop((303, "", {"Location": "/there"}), (200, '"done"'), *[here] * 9)
    async with listening(shop.serve) as port:
        assert await told(port) == '"done"'
        assert [(each.method, each.path) for each in shop.asked] == [
            ("POST", "/hours/Monday"),
            ("GET", "/there"),
        ]
        assert await told(port) == "error: HTTP 302: more than 3 redirects"
    assert len(shop.asked) == 2 + 4


async def test_a_redirect_to_another_host_is_not_followed():
    other = Shop()
    async with listening(other.serve) as elsewhere:
        shop = Shop((307, "", {"Location": f"http://127.0.0.1:{elsewhere}/"}))
        async with listening(shop.serve) as port:
            assert await told(port) == "error: HTTP 307: a redirect to another host is not followed"
    assert not other.asked


@pytest.mark.parametrize(
    ("port", "scheme", "text"),
    [(1, "http", "error: the tool failed (Refused)"), (1, "https", "error: the tool failed (Refused)")],
)
async def test_where_nobody_listens_the_model_is_told_no_address(port, scheme, text, caplog):
    """The log is: in one line, because it is no fault of the program."""
    assert await told(port, scheme=scheme) == text
    assert "CA1 tool hours: no connection to 127.0.0.1:1" in caplog.text
    assert "Traceback" not in caplog.text


async def mumble(stream):
    async with stream:
        await stream.receive()
        await stream.send(b"what?\r\n\r\n")


async def pour(stream):
    async with stream:
        await stream.receive()
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        with trio.move_on_after(5):
            while True:
                await stream.send(b"x" * 65536)


@pytest.mark.parametrize(
    ("serve", "reason"), [(mumble, "no HTTP"), (pour, f"more than {LARGEST_BODY} bytes")]
)
async def test_what_is_no_answer_is_an_error_text(serve, reason, caplog):
    async def carefully(stream):
        with suppress(anyio.BrokenResourceError):  # the client leaves in the middle
            await serve(stream)

    async with listening(carefully) as port:
        assert await told(port) == "error: the tool failed (BadAnswer)"
    assert reason in caplog.text


async def test_one_that_does_not_answer_in_time_is_an_error_text(monkeypatch, autojump_clock):
    async def never(*_):
        await trio.sleep_forever()

    monkeypatch.setattr(asking, "_send", never)
    assert await told(1) == "error: hours did not answer within 5 seconds"


@asynccontextmanager
async def shop_with_tls(monkeypatch, shop, *, trusted):
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    client = ssl.create_default_context()
    if trusted:
        authority.configure_trust(client)
    monkeypatch.setattr(asking, "public_authorities", lambda: client)
    async with listening(shop.serve, context) as port:
        yield port


@pytest.mark.parametrize(
    ("trusted", "text"), [(True, '{"open":true}'), (False, "error: the tool failed (TlsFailed)")]
)
async def test_https_is_encrypted_and_the_certificate_is_checked(monkeypatch, trusted, text):
    shop = Shop((200, '{"open": true}'))
    async with shop_with_tls(monkeypatch, shop, trusted=trusted) as port:
        assert await told(port, scheme="https") == text
    assert len(shop.asked) == trusted


class ProxyToShop:
    """Leads every name to the shop, as a proxy in a company's network leads out."""

    def __init__(self, shop, context=None):
        self.shop, self.context, self.asked = shop, context, []

    async def serve(self, stream):
        self.asked.append((await stream.receive()).split(b"\r\n")[0].decode())
        await stream.send(b"HTTP/1.1 200 go on\r\n\r\n")
        if self.context is not None:
            stream = await TLSStream.wrap(
                stream, server_side=True, ssl_context=self.context, standard_compatible=False
            )
        await self.shop.serve(stream)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_way_out_may_be_a_proxy(monkeypatch, scheme):
    """For https the one for https, for all else the one for everything; the proxy sees no content of TLS."""
    authority = trustme.CA()
    context, client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("shop.example").configure_cert(context)
    authority.configure_trust(client)
    monkeypatch.setattr(asking, "public_authorities", lambda: client)
    proxy = ProxyToShop(Shop((200, '{"open": true}')), context if scheme == "https" else None)
    async with listening(proxy.serve) as port:
        here, nowhere = f"http://127.0.0.1:{port}", "http://127.0.0.1:1"
        proxies = Proxies(here, nowhere) if scheme == "https" else Proxies(nowhere, here)
        assert await told("", scheme=scheme, host="shop.example", proxies=proxies) == '{"open":true}'
    assert proxy.asked == [f"CONNECT shop.example:{443 if scheme == 'https' else 80} HTTP/1.1"]


async def test_a_proxy_that_does_not_lead_there_is_an_error_text(caplog):
    async def refuse(stream):
        async with stream:
            await stream.receive()
            await stream.send(b"HTTP/1.1 403 no\r\nContent-Length: 0\r\n\r\n")

    async with listening(refuse) as port:
        proxies = Proxies(any=f"http://127.0.0.1:{port}")
        text = await told("", host="shop.example", proxies=proxies)
    assert text == "error: the tool failed (ProxyRefused)"
    assert "does not lead to shop.example:80: HTTP 403" in caplog.text
