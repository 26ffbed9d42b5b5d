"""Servers that nobody here wrote, by each way to them: the official package over HTTP and over pipes."""

import sys
from contextlib import asynccontextmanager

import mcp_shop
import pytest
import trio
from far_end import listening
from hypercorn.config import Config

from twiliobridge.offline.mcp.peer import open_by_http, open_by_pipe
from twiliobridge.offline.mcp.rpc import McpFault
from twiliobridge.offline.mcp.servers import McpServer, McpServers
from twiliobridge.wires.hypercorn import base_url, listen, serve_app

SHOP = (sys.executable, mcp_shop.__file__)


@asynccontextmanager
async def served(**kind):
    """The URL of a shop that runs here."""
    app = mcp_shop.shop().streamable_http_app(**kind)
    async with trio.open_nursery() as nursery, app.router.lifespan_context(app):
        listeners = await listen("127.0.0.1", 0)
        nursery.start_soon(serve_app, app, Config(), listeners)
        yield f"{base_url(listeners[0])}/mcp"
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def by_events():
    async with served() as url, open_by_http(url, {}) as peer:
        yield peer


@asynccontextmanager
async def by_json():
    async with served(json_response=True, stateless_http=True) as url, open_by_http(url, {}) as peer:
        yield peer


def by_pipe():
    return open_by_pipe(SHOP)


@pytest.mark.parametrize("way", [by_events, by_json, by_pipe])
async def test_a_server_is_listed_and_called_and_its_failures_are_told(way):
    with trio.fail_after(20):
        async with way() as peer:
            opens, fails = await peer.tools()
            assert (opens.name, opens.description, opens.reads_only) == (
                "opens",
                "When the shop opens.",
                True,
            )
            assert opens.schema["properties"]["day"]["type"] == "string"
            assert (fails.name, fails.reads_only) == ("fails", False)
            assert (
                await peer.call("opens", {"day": "Saturday"})
                == "On Saturday at nine. You have asked 1 times."
            )
            with pytest.raises(McpFault, match="till is stuck") as failed:
                await peer.call("fails", {})
            assert failed.value.detail["type"] == "tool_execution_error"
            with pytest.raises(McpFault, match="nothing"):
                await peer.call("nothing", {})


async def test_what_a_server_keeps_it_keeps_from_call_to_call():
    with trio.fail_after(20):
        async with by_pipe() as peer:
            await peer.call("opens", {"day": "Monday"})
            assert (await peer.call("opens", {"day": "Tuesday"})).endswith("2 times.")


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.exit()", "the server has ended"),
        ("import sys; sys.stdin.readline(); print('x' * 2000000)", "more than"),
    ],
)
async def test_a_program_that_is_no_server_is_a_fault(program, reason):
    with trio.fail_after(20):
        with pytest.raises(McpFault, match=reason):
            async with open_by_pipe((sys.executable, "-c", program)):
                pass
        with pytest.raises(McpFault, match="No such file"):
            async with open_by_pipe(("/no/such/program",)):
                pass


async def test_a_program_that_prints_and_asks_is_borne_and_ended_with_the_block():
    program = """
import json, sys
print("welcome")
print(json.dumps({"jsonrpc": "2.0", "id": 7, "method": "ping"}), flush=True)
asked = json.loads(sys.stdin.readline())
assert json.loads(sys.stdin.readline()) == {"jsonrpc": "2.0", "id": 7, "result": {}}
print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": {}}), flush=True)
sys.stdin.read()
while True: pass
"""
    with trio.fail_after(20):
        async with open_by_pipe((sys.executable, "-c", program)):
            pass


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "http_error", 500),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "http_error", 401),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{]", "protocol_error", -32700),
        (b"", "http_error", 424),
    ],
)
async def test_a_server_by_http_that_is_none_is_a_fault_with_its_status(answer, kind, code):
    async def serve(stream):
        async with stream:
            await stream.receive()
            await stream.send(answer)

    with trio.fail_after(20):
        async with listening(serve) as port:
            with pytest.raises(McpFault) as fault:
                async with open_by_http(f"http://127.0.0.1:{port}/mcp", {}):
                    pass
        assert (fault.value.detail["type"], fault.value.detail["code"]) == (kind, code)


async def test_a_stream_of_events_is_read_up_to_the_answer_though_it_does_not_end():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hello\r\n\r\n"

    async def serve(stream):
        async with stream:
            asked = (await stream.receive()).decode()
            number = 1 if '"initialize"' in asked else 2
            await stream.send(head + b'data: {"jsonrpc":"2.0","id":%d,"result":{}}\r\n\r\n' % number)
            if "notifications" not in asked:
                await trio.sleep_forever()

    with trio.fail_after(20):
        async with listening(serve) as port, open_by_http(f"http://127.0.0.1:{port}/mcp", {}) as peer:
            assert await peer.tools() == ()


def test_a_server_is_declared_by_its_label_and_its_command():
    assert McpServer.of("shop=python -m shop 'a b'") == McpServer("shop", ("python", "-m", "shop", "a b"))
    for none in ("shop", "=python", "shop= "):
        with pytest.raises(ValueError, match="LABEL=COMMAND"):
            McpServer.of(none)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://10.0.0.1/mcp", "10.0.0.1 is not this machine"),
        ("https://shop.example/mcp", "shop.example is not this machine"),
        ("ftp://127.0.0.1", "not an http"),
        (None, "OpenAI's own"),
    ],
)
def test_nobody_is_dialled_beyond_this_machine(url, reason):
    with pytest.raises(McpFault, match=reason):
        McpServers().open("shop", url, {})


def test_whoever_embeds_it_may_allow_more_and_a_declared_server_takes_the_place_of_any_address():
    everywhere = McpServers(may_dial=lambda _host: True)
    assert everywhere.open("shop", "https://shop.example/mcp", {})
    assert McpServers((McpServer("shop", SHOP),)).open("shop", "https://shop.example/mcp", {})
