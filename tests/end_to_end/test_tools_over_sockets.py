"""Tools as people write them, over real sockets: what the model reads, and what the caller hears."""

import sys
import time

import pytest
from numbered_speech import say
from real_call import real_call, side_by_side

from twiliobridge.conversation import Agent, Tool
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.knobs import Knobs

QUICK = Knobs(latency=0.1, speed=5)


async def exits(arguments, call):
    sys.exit(2)


async def on_asyncio(arguments, call):
    import asyncio  # noqa: PLC0415 -- as whoever writes such a tool has it

    await asyncio.wait_for(asyncio.sleep(0.01), 1)
    return {"balance": 10}


async def holds(arguments, call):
    time.sleep(3)  # noqa: ASYNC251 -- what is tried
    return "ten dollars"


def plain(arguments, call):
    time.sleep(0.5)
    return {"balance": 10}


async def tells_too_much(arguments, call):
    raise ValueError("SELECT card FROM cards WHERE key = 'sk-123'")


JSON, FAILED = '{"balance":10}', "error: the tool failed ({})"
TOOLS = {
    "exits": (Tool("exits", "Exits.", exits), FAILED.format("SystemExit")),
    "on_asyncio": (Tool("on_asyncio", "Waits.", on_asyncio, loop="asyncio"), JSON),
    "plain": (Tool("plain", "Waits.", plain), JSON),
    "tells_too_much": (
        Tool("tells_too_much", "Fails.", tells_too_much),
        "error: the tool failed (ValueError)",
    ),
}


async def tool_turn(name):
    """What the model read, and what the caller heard."""
    agent = Agent("Be brief.", "Hello.", tools=(TOOLS[name][0],))
    async with real_call((say(1, 500),), (CallTool(name),), (say(2, 700),), knobs=QUICK, agent=agent) as call:
        await call.client.wait_for_ai_greeting()
        await call.ask()
        await call.client.wait_for_ai_response(8)
        return [text for _, text in call.sessions[0].told], call.heard


async def test_whatever_a_tool_is_or_raises_the_caller_is_answered():
    played = await side_by_side(tool_turn, TOOLS)
    assert played == [([output], [1, 2]) for _, output in TOOLS.values()]


@pytest.mark.minutes
async def test_a_tool_that_holds_every_call_of_the_server_is_named(caplog):
    agent = Agent("Be brief.", "Hello.", tools=(Tool("holds", "Sleeps.", holds),))
    async with real_call(
        (say(1, 500),), (CallTool("holds"),), (say(2, 700),), knobs=QUICK, agent=agent
    ) as call:
        await call.client.wait_for_ai_greeting()
        await call.ask()
        await call.client.wait_for_ai_response(8)
        assert call.heard == [1, 2]
    assert "tool holds held the trio loop for 3.0" in caplog.text
