"""`finish`: what a tool has begun it completes, even where the caller has gone."""

import logging

import pytest
import trio
from lines import call
from peers import STOP, Exchange

from twiliobridge.call.tools import open_tool_resources, tool_output
from twiliobridge.conversation import Agent, CallInfo, Tool
from twiliobridge.realtime.events import CreateItem

CALL = CallInfo("CA1", "MZ1", {})


class Booking:
    """Charges at once, and writes after three seconds."""

    def __init__(self):
        self.steps = []

    async def run(self, arguments, call):
        self.steps.append("charged")
        await trio.sleep(3)
        self.steps.append("written")
        return "booked"

    def agent(self, **more):
        tools = (Tool("book", "Books.", self.run, **more),)
        return Agent(instructions="Be brief.", greeting="Hi.", tools=tools)


@pytest.mark.parametrize(("finish", "steps"), [(True, ["charged", "written"]), (False, ["charged"])])
async def test_the_caller_hangs_up_meanwhile(autojump_clock, caplog, finish, steps):
    """The call is over at once; its server waits for the tool, and the log has the result."""
    caplog.set_level(logging.INFO)
    booking, began = Booking(), trio.current_time()
    async with open_tool_resources() as resources:
        agent = booking.agent(finish=finish)
        async with call(Exchange(tool_calls=[("book", "{}")]), agent, tools=resources) as line:
            line.phone.call()
            await trio.sleep(1)
            line.phone.say(STOP)
        assert booking.steps == ["charged"]
        assert trio.current_time() - began < 2
    assert booking.steps == steps
    assert ("tool book finished: 'booked'" in caplog.text) == finish


async def test_a_call_of_no_server_returns_when_it_is_done(autojump_clock):
    booking = Booking()
    async with call(Exchange(tool_calls=[("book", "{}")]), booking.agent(finish=True)) as line:
        line.phone.call()
        await trio.sleep(1)
        line.phone.say(STOP)
    assert booking.steps == ["charged", "written"]


async def test_where_the_caller_stays_it_answers_as_any_tool_does(autojump_clock):
    booking = Booking()
    async with call(Exchange(tool_calls=[("book", "{}")]), booking.agent(finish=True)) as line:
        line.phone.call()
        await line.phone.hear_speech()
        line.phone.say(STOP)
    outputs = [e.item.output for e in line.exchange.model.heard if isinstance(e, CreateItem)]
    assert outputs == ["booked"]


async def test_it_has_no_more_than_its_time(autojump_clock, caplog):
    booking = Booking()
    async with open_tool_resources() as resources:
        began = trio.current_time()
        with trio.move_on_after(1):
            await tool_output(booking.agent(finish=True, within=2.0).tools[0], "{}", CALL, resources)
    assert trio.current_time() - began == 2
    assert booking.steps == ["charged"]
    assert "tool book did not answer within 2 s" in caplog.text


async def test_a_server_that_is_cancelled_does_not_wait_and_says_what_it_cut(autojump_clock, caplog):
    booking = Booking()
    with trio.move_on_after(1) as scope:
        async with open_tool_resources() as resources:
            await tool_output(booking.agent(finish=True).tools[0], "{}", CALL, resources)
    assert scope.cancelled_caught
    assert booking.steps == ["charged"]
    assert "tool book was cut short, with the server" in caplog.text
