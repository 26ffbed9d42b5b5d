"""The bicycle shop, as somebody new writes it: an agent's file, and a tool as they are used to write it."""

import json
import logging

import pytest
import trio
from far_end import listening
from numbered_speech import numbers_in, say, speech
from patient_clock import patient
from whole_call import open_call

from twiliobridge.agents import read_agent
from twiliobridge.call import open_tool_resources
from twiliobridge.conversation import END_CALL, Agent, Ending, Tool
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import CreateItem
from twiliobridge.wires.http import Service

QUICK = Knobs(latency=0.1, speed=20)

FILE = """
instructions = "You answer the telephone of a bicycle shop. One or two short sentences at a time."
greeting = "Velo Corner, good morning. How can I help?"

[[tools]]
name = "opening_hours"
description = "When the shop is open on a given day."
parameters = { type = "object", properties = { day = { type = "string" } }, required = ["day"] }
"""

SHOP = """
import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass


@dataclass
class Hours:
    day: str
    open: str


async def on_trio(arguments, call):
    return Hours(arguments["day"], "nine to six")


def in_a_thread(arguments, call):
    with closing(sqlite3.connect(":memory:")) as database:
        (hours,) = database.execute("SELECT 'nine to six'").fetchone()
    return {"day": arguments["day"], "open": hours}


async def on_asyncio(arguments, call):
    hours = await asyncio.wait_for(asyncio.to_thread(lambda: "nine to six"), timeout=60)
    return {"day": arguments["day"], "open": hours}
"""

HOURS = '{"day":"Monday","open":"nine to six"}'
ASKED = (say(1, 500),), (say(2, 300), CallTool("opening_hours", {"day": "Monday"})), (say(3, 800),)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    (tmp_path / "velo_shop.py").write_text(SHOP)
    monkeypatch.syspath_prepend(tmp_path)


async def what_the_model_read(clock, agent):
    """After a caller has asked, and heard the answer."""
    async with open_tool_resources() as tools:
        with patient(clock, tools):
            async with open_call(*ASKED, agent=agent, knobs=QUICK, tools=tools) as call:
                await call.client.wait_for_ai_greeting()
                await call.line.say_all(speech(50, 400))
                answer = await call.client.wait_for_ai_response(30, quiet=2)
                assert numbers_in(answer.audio) == [2, 3]
    return [event.item.output for _, event in call.events(CreateItem)]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "keys",
    [
        'run = "velo_shop:on_trio"',
        'run = "velo_shop:in_a_thread"',
        'run = "velo_shop:on_asyncio"\nloop = "asyncio"',
    ],
)
async def test_its_tool_is_a_function_of_any_kind(autojump_clock, keys):
    assert await what_the_model_read(autojump_clock, read_agent(FILE + keys, "agent.toml")) == [HOURS]


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("GET", "/hours/{day}", ("GET", "/hours/Monday", b"")),
        ("GET", "/hours", ("GET", "/hours?day=Monday", b"")),
        ("POST", "/hours", ("POST", "/hours", b'{"day":"Monday"}')),
    ],
)
async def test_its_tool_is_a_url(autojump_clock, method, path, asked):
    requests = []

    async def serve(stream):
        async with stream:
            service = Service(stream)
            requests.append(await service.request())
            await service.answer(200, "application/json", json.dumps(json.loads(HOURS), indent=2).encode())

    async with listening(serve) as port:
        keys = (
            f'url = "http://127.0.0.1:{port}{path}"\nmethod = "{method}"\nheaders = {{ X-Key = "$SHOP_KEY" }}'
        )
        agent = read_agent(FILE + keys, "agent.toml", {"SHOP_KEY": "k"})
        assert await what_the_model_read(autojump_clock, agent) == [HOURS]
    (request,) = requests
    assert (request.method, request.target, request.body) == asked
    assert request.headers["x-key"] == "k"


async def test_a_booking_that_has_begun_is_written_though_the_agent_hangs_up(autojump_clock, caplog):
    """It said goodbye and called both tools in one response."""
    caplog.set_level(logging.INFO, "twiliobridge.call")
    steps = []

    async def book(arguments, call):
        steps.append("card charged")
        await trio.sleep(1.5)
        steps.append("booking written")
        return "booked"

    agent = Agent("Be brief.", "Hello.", tools=(Tool("book", "Books.", book, finish=True),))
    replies = (say(1, 500),), (say(2, 400), CallTool("book"), CallTool(END_CALL))
    async with open_call(*replies, agent=agent, knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        await call.line.say_all(speech(50, 400))
        await call.client.wait_for_hangup(10)
    assert call.summary.ending is Ending.AGENT_HUNG_UP
    assert steps == ["card charged", "booking written"]
    assert "tool book finished: 'booked'" in caplog.text
