"""The model calls functions: each call gets one output, and then the model is asked to go on, once."""

import pytest
import trio
from numbered_speech import numbers_in, say, speech
from whole_call import AGENT, open_call

from twiliobridge.conversation import END_CALL, Agent, Ending, Tool, ToolError
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import (
    CreateItem,
    CreateResponse,
    OutputItemDone,
    ResponseCreated,
    SpeechStarted,
)

QUICK = Knobs(latency=0.1, speed=20)


async def works(arguments, call):
    return f"{arguments['card']} is fine"


async def fails(arguments, call):
    raise LookupError("no such card")


async def refuses(arguments, call):
    raise ToolError("no such card")


async def sleeps(arguments, call):
    await trio.sleep(arguments.get("for", 60))
    return "slept"


class Forgetful(Agent):
    """Offers tools that it does not have."""

    def tool(self, name):
        return None


def agent(*tools, kind=Agent):
    declared = tuple(Tool(tool.__name__, "A tool.", tool, within=3.0) for tool in tools)
    return kind(instructions="Be brief.", greeting="Hello.", tools=declared)


def outputs(call):
    """What the model read, by call id: each of them once, or this fails."""
    called = [e.item.call_id for _, e in call.events(OutputItemDone) if e.item.type == "function_call"]
    given = [e.item for _, e in call.events(CreateItem) if e.item.type == "function_call_output"]
    assert sorted(item.call_id for item in given) == sorted(called)
    by_id = {item.call_id: item.output for item in given}
    return [by_id[call_id] for call_id in called]


def asks(call):
    """How often the model was asked to speak, the greeting not counted."""
    return len(call.events(CreateResponse)) - 1


@pytest.mark.parametrize(
    ("tool", "kind", "output"),
    [
        (works, Agent, "4271 is fine"),
        (fails, Agent, "error: the tool failed (LookupError)"),
        (refuses, Agent, "error: no such card"),
        (sleeps, Agent, "error: sleeps did not answer within 3 seconds"),
        (works, Forgetful, "error: there is no tool named 'works' that can run now"),
    ],
)
async def test_a_tool(autojump_clock, caplog, tool, kind, output):
    """That works, fails, takes too long, or does not exist: the caller is answered."""
    replies = (say(1, 500),), (say(2, 300), CallTool(tool.__name__, {"card": "4271"})), (say(3, 800),)
    async with open_call(*replies, agent=agent(tool, kind=kind), knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        await call.line.say_all(speech(50, 400))
        answer = await call.client.wait_for_ai_response(30, quiet=4)
        assert numbers_in(answer.audio) == [2, 3]
        assert outputs(call) == [output]
        assert asks(call) == 1


async def test_two_at_once(autojump_clock):
    """They run at the same time, and the model goes on when it has both outputs."""
    replies = (say(1, 500),), (CallTool("sleeps", {"for": 2}), CallTool("sleeps", {"for": 1})), (say(3, 800),)
    async with open_call(*replies, agent=agent(sleeps), knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        assert (await call.turn(50)).audio == speech(3, 800)
        assert outputs(call) == ["slept", "slept"]
        assert asks(call) == 1
        first, second = (now for now, _ in call.events(OutputItemDone)[-3:-1])
        [(one, _), (other, _)] = call.events(CreateItem)
        assert other - first == pytest.approx(2)
        assert one - second == pytest.approx(1)


@pytest.mark.parametrize("answers_after", [0.3, 1.0, 1.7, 2.9])
async def test_the_caller_speaks_while_it_runs(autojump_clock, answers_after):
    """Whether it ends while the caller speaks, thereafter, or while the model replies to that.

    The model is asked once at the most, and one response is made that knows the output.
    """
    replies = (
        (say(1, 500),),
        (CallTool("sleeps", {"for": answers_after}),),
        *((say(n, 800),) for n in range(3, 9)),
    )
    async with open_call(*replies, agent=agent(sleeps), knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        await call.line.say_all(speech(50, 400))
        await call.wait_for(OutputItemDone, lambda done: done.item.type == "function_call")
        await call.line.say_all(speech(51, 500))
        await trio.sleep(5)
        assert len(call.events(SpeechStarted)) == 2
        assert outputs(call) == ["slept"]
        assert asks(call) <= 1
        [(given, _)] = call.events(CreateItem)
        *_, (last, _) = created = call.events(ResponseCreated)
        assert last >= given
        assert len(created) == 3 + asks(call)  # the greeting, the call, the answer to the turn


async def test_end_call_hangs_up_when_the_goodbye_was_heard(autojump_clock):
    """Not a byte of it is lost, and the line closes as soon as it was heard."""
    replies = (say(1, 500),), (say(2, 1500), CallTool(END_CALL))
    async with open_call(*replies, agent=AGENT, knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        answer = await call.turn(50)
        assert answer.audio == speech(2, 1500)
        with trio.fail_after(1):
            await call.over.wait()
        assert 0 <= call.over_at - answer.ended < 0.05
    assert call.summary.ending is Ending.AGENT_HUNG_UP


async def test_end_call_without_a_goodbye_gets_one_first(autojump_clock):
    replies = (say(1, 500),), (CallTool(END_CALL),), (say(3, 900),)
    async with open_call(*replies, agent=AGENT, knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        assert (await call.turn(50)).audio == speech(3, 900)
        await call.client.wait_for_hangup(1)
        assert asks(call) == 1
    assert call.summary.ending is Ending.AGENT_HUNG_UP


async def test_an_interrupted_goodbye_is_called_off(autojump_clock):
    """The agent does not hang up on somebody who speaks; the model is told, and answers."""
    replies = (say(1, 500),), (say(2, 3000), CallTool(END_CALL)), (say(3, 600),)
    async with open_call(*replies, agent=AGENT, knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        await call.line.say_all(speech(50, 400))
        await call.client.wait_until_heard(1000)
        assert numbers_in((await call.turn(51)).audio)[-1] == 3
        await trio.sleep(10)
        assert not call.over.is_set()
        assert len(outputs(call)) == 1
        assert not asks(call)  # the turn is answered by the service itself
    assert call.summary.ending is Ending.CALLER_HUNG_UP
