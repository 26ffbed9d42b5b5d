"""Whole sessions with MCP servers: in virtual time where the server is a double, and with real ones."""

import json
import logging
import sys
from contextlib import asynccontextmanager

import mcp_shop
import pytest
import trio
from offline_driver import ENGINES, Recited
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.mcp.desk import CALLED_WITHIN, LISTED_WITHIN
from twiliobridge.offline.mcp.peer import McpPeer
from twiliobridge.offline.mcp.rpc import Answer, read
from twiliobridge.offline.mcp.servers import McpServer, McpServers
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import open_offline_model

SHOP = {
    "type": "mcp",
    "server_label": "shop",
    "server_url": "http://127.0.0.1:1/mcp",
    "require_approval": "never",
}
SESSION = {"type": "realtime", "output_modalities": ["text"], "tools": [SHOP]}

STRICT = TypeAdapter(RealtimeServerEvent)


def model(servers, *replies):
    return OfflineModel(ENGINES, lambda: Recited(*replies), Knobs(latency=0), mcp=servers)


class Client:
    def __init__(self, wire):
        self.wire = wire

    def say(self, kind, **fields):
        self.wire.send(json.dumps({"type": kind, **fields}))

    async def hear(self, kind):
        """The first event of that type; each up to it must pass the types of OpenAI's SDK."""
        while (event := json.loads(await self.wire.receive()))["type"] != kind:
            STRICT.validate_python(event)
        STRICT.validate_python(event)
        return event

    async def call(self):
        """The item of a call that the model makes."""
        self.say("response.create")
        (item,) = (await self.hear("response.done"))["response"]["output"]
        return item


class Slow:
    """A transport whose server takes its time, by method."""

    def __init__(self, **seconds):
        self.seconds = seconds

    async def ask(self, number, message):
        method = read(message).method
        await trio.sleep(self.seconds.get(method.rpartition("/")[2], 0))
        tools = {"tools": [{"name": "opens"}], "content": [{"type": "text", "text": "at nine"}]}
        return Answer(id=number, result=tools)

    async def tell(self, message):
        await trio.lowlevel.checkpoint()


class Doubles(McpServers):
    def __init__(self, transport):
        object.__setattr__(self, "transport", transport)
        object.__setattr__(self, "opened", [])

    @asynccontextmanager
    async def open(self, label, url, headers):
        self.opened.append(label)
        peer = McpPeer(self.transport)
        await peer.greet()
        try:
            yield peer
        finally:
            self.opened.remove(label)


async def test_a_server_is_opened_once_for_a_session_and_closed_with_it(autojump_clock):
    servers = Doubles(Slow())
    async with open_offline_model(model(servers, (CallTool("opens"),), (CallTool("opens"),))) as wire:
        client = Client(wire)
        client.say("session.update", session=SESSION)
        await client.hear("mcp_list_tools.completed")
        for _ in range(2):
            assert (await client.call())["output"] == "at nine"
        assert servers.opened == ["shop"]
    assert servers.opened == []


async def test_a_server_that_does_not_answer_in_time_is_failed_and_the_session_goes_on(autojump_clock):
    async with open_offline_model(model(Doubles(Slow(list=1e6)))) as wire:
        client = Client(wire)
        client.say("session.update", session=SESSION)
        await client.hear("mcp_list_tools.failed")
        assert trio.current_time() == pytest.approx(LISTED_WITHIN, abs=0.1)
        client.say("response.create")
        assert (await client.hear("response.done"))["response"]["status"] == "completed"


async def test_a_call_that_is_not_answered_in_time_fails_and_the_caller_may_interrupt_it(autojump_clock):
    servers = Doubles(Slow(call=1e6))
    async with open_offline_model(model(servers, (CallTool("opens"),), (CallTool("opens"),))) as wire:
        client = Client(wire)
        client.say("session.update", session=SESSION)
        await client.hear("mcp_list_tools.completed")
        item = await client.call()
        assert item["error"]["message"] == f"no answer within {CALLED_WITHIN:g} s"
        assert trio.current_time() == pytest.approx(CALLED_WITHIN, abs=0.1)
        client.say("response.create")
        await client.hear("response.mcp_call.in_progress")
        client.say("response.cancel")
        assert (await client.hear("response.done"))["response"]["status"] == "cancelled"


async def test_a_declared_server_is_started_for_the_session_whatever_address_the_client_names():
    """Real processes and real time, for that is what it is about."""
    servers = McpServers((McpServer("shop", (sys.executable, mcp_shop.__file__)),))
    with trio.fail_after(20):
        async with open_offline_model(model(servers, (CallTool("opens", {"day": "Saturday"}),))) as wire:
            client = Client(wire)
            client.say("session.update", session=SESSION)
            await client.hear("mcp_list_tools.completed")
            item = await client.call()
            assert item["output"] == "On Saturday at nine. You have asked 1 times."


async def test_a_server_that_is_not_there_is_one_line_in_the_log(caplog):
    caplog.set_level(logging.WARNING, "twiliobridge.offline.mcp")
    with trio.fail_after(20):
        async with open_offline_model(model(McpServers())) as wire:
            client = Client(wire)
            client.say("session.update", session=SESSION)
            await client.hear("mcp_list_tools.failed")
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("the tools of the MCP server 'shop' are not known: no connection to 127.0.0.1:1")
