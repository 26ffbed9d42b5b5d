"""Tools in a call: their text reaches the model, whatever they do, and they end with the call."""

import pytest
import trio
from lines import call
from peers import START, STOP, Exchange

from twiliobridge.conversation import Agent, Ending, Speaker, Tool, ToolError
from twiliobridge.realtime.events import CreateItem


async def outputs_of(tool, arguments="{}", name="tool"):
    """What the model reads when its first response calls a tool that does `tool`."""
    agent = Agent(
        instructions="Be brief.", greeting="Hi.", tools=(Tool("tool", "A tool.", tool, within=3.0),)
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


@pytest.mark.parametrize(
    ("error", "read"),
    [
        (LookupError("no card like '4271'"), "error: the tool failed (LookupError)"),
        (SystemExit(2), "error: the tool failed (SystemExit)"),
        (ToolError("no such card"), "error: no such card"),
    ],
)
async def test_a_tool_that_fails_is_an_error_text(autojump_clock, caplog, error, read):
    async def tool(arguments, who):
        raise error

    assert await outputs_of(tool) == [read]
    assert START.call_sid in caplog.text


async def test_a_tool_that_is_slow_is_an_error_text(autojump_clock, caplog):
    async def tool(arguments, who):
        await trio.sleep(3.1)
        return "too late"

    assert await outputs_of(tool) == ["error: tool did not answer within 3 seconds"]


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ({"balance": 3}, '{"balance":3}'),
        (None, "Done. The tool returned nothing."),
        (object(), "error: the tool ran, but returned object, which cannot be written as JSON"),
        ("five \ud800 six", "five ? six"),
    ],
)
async def test_what_it_returns_reaches_the_model_as_a_message_can_carry_it(autojump_clock, answer, read):
    async def tool(arguments, who):
        return answer

    assert await outputs_of(tool) == [read]


async def test_a_tool_that_nobody_has_is_an_error_text(autojump_clock):
    async def tool(arguments, who):
        return "never"

    (output,) = await outputs_of(tool, name="fly")
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


async def test_a_tool_knows_what_was_said_so_far(autojump_clock):
    """Its own call included, which has no answer yet."""
    told = []

    async def tool(arguments, who):
        told.append(who)
        return "done"

    await outputs_of(tool, '{"card": 4271}')
    (who,) = told
    assert [(line.speaker, line.text) for line in who.transcript] == [(Speaker.TOOL, 'tool({"card": 4271})')]
