"""Tools in a call: their text reaches the model, whatever they do, and they end with the call."""

import logging

import pytest
import trio
from lines import call
from peers import START, STOP, Exchange

from twiliobridge.call.tools import LONGEST_OUTPUT
from twiliobridge.conversation import Agent, Ending, Tool
from twiliobridge.realtime.events import CreateItem


async def outputs_of(tool, arguments="{}", name="tool"):
    """What the model reads when its first response calls a tool that does `tool`."""
    agent = Agent(
        instructions="Be brief.", greeting="Hi.", tools=(Tool("tool", "A tool.", tool, within=5.0),)
    )
    async with call(Exchange(tool_calls=[(name, arguments)]), agent) as line:
        line.phone.call()
        await line.phone.hear_speech()
        line.phone.say(STOP)
    assert line.summary.ending is Ending.CALLER_HUNG_UP
    return [e.item.output for e in line.exchange.model.heard if isinstance(e, CreateItem)]


async def test_a_tool_gets_its_arguments_and_the_call_and_its_text_reaches_the_model(autojump_clock):
    async def tool(arguments, who):
        return f"{arguments['card']} of {who.call_sid} {who.parameters['plan']}"

    assert await outputs_of(tool, '{"card": "4271"}') == [f"4271 of {START.call_sid} gold"]


async def test_a_tool_that_fails_is_an_error_text(autojump_clock, caplog):
    async def tool(arguments, who):
        raise LookupError("no such card")

    assert await outputs_of(tool) == ["error: no such card"]
    assert START.call_sid in caplog.text


async def test_a_tool_that_is_slow_is_an_error_text(autojump_clock, caplog):
    async def tool(arguments, who):
        await trio.sleep(5.1)
        return "too late"

    assert await outputs_of(tool) == ["error: tool did not answer within 5 seconds"]


@pytest.mark.parametrize("answer", [None, {"balance": 3}, object(), b"bytes"])
async def test_what_is_no_text_is_an_error_text(autojump_clock, answer, caplog):
    async def tool(arguments, who):
        return answer

    assert await outputs_of(tool) == [f"error: tool returned {type(answer).__name__}, not text"]


async def test_text_that_no_message_can_carry_reaches_the_model_without_it(autojump_clock):
    async def tool(arguments, who):
        return "five \ud800 six"

    assert await outputs_of(tool) == ["five ? six"]


async def test_the_text_of_a_failure_is_as_clean(autojump_clock, caplog):
    caplog.set_level(logging.CRITICAL, "twiliobridge.call")  # a log in UTF-8 could not write this one

    async def tool(arguments, who):
        raise OSError("no file \udcff")

    assert await outputs_of(tool) == ["error: no file ?"]


async def test_more_text_than_a_model_takes_is_an_error_text(autojump_clock, caplog):
    async def tool(arguments, who):
        return "x" * (LONGEST_OUTPUT + 1)

    (output,) = await outputs_of(tool)
    assert output.startswith("error: tool returned 100001 characters")


@pytest.mark.parametrize("arguments", ["{", "[]", "7"])
async def test_arguments_that_are_no_object_are_an_error_text(autojump_clock, arguments, caplog):
    async def tool(arguments, who):
        return "never"

    (output,) = await outputs_of(tool, arguments)
    assert output.startswith("error: the arguments are no JSON object")


async def test_a_tool_that_nobody_has_is_an_error_text(autojump_clock):
    (output,) = await outputs_of(None, name="fly")
    assert "fly" in output


async def test_a_running_tool_is_cancelled_with_its_call(autojump_clock):
    cancelled = trio.Event()

    async def tool(arguments, who):
        try:
            await trio.sleep_forever()
        except trio.Cancelled:
            cancelled.set()
            raise

    agent = Agent(instructions="Be brief.", greeting="Hi.", tools=(Tool("tool", "A tool.", tool),))
    async with call(Exchange(tool_calls=[("tool", "{}")]), agent) as line:
        line.phone.call()
        await trio.sleep(1)
        line.phone.say(STOP)
    assert cancelled.is_set()
