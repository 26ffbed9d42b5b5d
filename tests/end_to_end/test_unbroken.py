"""A model that is lost in mid-call: the caller hears on, loses no word, and hears none twice."""

from itertools import pairwise

import pytest
import trio
from call_laws import messages
from numbered_speech import numbers_in, say, speech
from whole_call import open_call

from twiliobridge.conversation import Agent, Ending, Limits, Tool
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import CreateItem, SpeechStarted

QUICK = Knobs(latency=0.1, speed=20)
LOSSES = [(1006, ""), (1001, "Your session hit the maximum duration of 60 minutes."), (1000, "")]


async def slow(arguments, call):
    await trio.sleep(2)
    return "ten dollars"


SHOP = Agent(instructions="Be brief.", greeting="Hello.", tools=(Tool("balance", "Looks.", slow),))


def heard(call):
    return b"".join(bytes(stretch.audio) for stretch in call.line.heard.stretches)


def told(call):
    """What the last session was told of the conversation: role or kind, and words."""
    items = [message["item"] for message in messages(call.to_model.sent, "conversation.item.create")]
    return [
        (item.get("role") or item["type"], "".join(part["text"] for part in item.get("content", [])))
        for item in items
    ]


def longest_silence(call, since):
    """Seconds, from that moment on, between stretches that were heard, and before the first."""
    began = [(stretch.began, len(stretch.audio) / 8000) for stretch in call.line.heard.stretches]
    ends = [since, *(start + length for start, length in began if start + length > since)]
    starts = [start for start, length in began if start + length > since]
    return max(start - end for end, start in zip(ends, starts, strict=False))


@pytest.mark.parametrize(("code", "reason"), LOSSES)
async def test_in_the_greeting(autojump_clock, code, reason):
    """What is queued is heard, and nothing more is said: there is no second greeting."""
    async with open_call((say(1, 3000),), (say(2, 700),), knobs=QUICK) as call:
        await call.client.wait_until_heard(1000)
        call.end_session(code, reason)
        await trio.sleep(4)
        assert heard(call) == speech(1, 3000)
        assert (await call.turn(50)).audio == speech(2, 700)
    assert call.dials == 2
    assert call.summary.ending is Ending.CALLER_HUNG_UP
    assert len(call.summary.sessions) == 2


@pytest.mark.parametrize(("code", "reason"), LOSSES)
async def test_in_mid_answer(autojump_clock, code, reason):
    """What was sent is heard; the rest is asked for, and follows without a pause."""
    knobs = Knobs(latency=0.1, speed=2)
    replies = (say(1, 500),), (say(2, 8000),), (say(3, 700),)
    async with open_call(*replies, knobs=knobs) as call:
        await call.client.wait_for_ai_greeting()
        await call.line.say_all(speech(50, 400))
        await call.client.wait_until_heard(1500)
        call.end_session(code, reason)
        lost_at = trio.current_time()
        await trio.sleep(9)
        *_, before, after = numbers_in(heard(call))
        assert (before, after) == (2, 3)
        assert longest_silence(call, lost_at) < 1.5 + knobs.latency
        assert told(call)[-2:] == [("user", "50"), ("assistant", told(call)[-1][1])]


@pytest.mark.parametrize(("code", "reason"), LOSSES)
async def test_while_a_tool_runs(autojump_clock, code, reason):
    """It reports to the new session, which answers."""
    replies = (say(1, 500),), (CallTool("balance"),), (say(3, 700),)
    async with open_call(*replies, knobs=QUICK, agent=SHOP) as call:
        await call.client.wait_for_ai_greeting()
        await call.line.say_all(speech(50, 400))
        await trio.sleep(1.2)
        call.end_session(code, reason)
        answer = await call.client.wait_for_ai_response(5)
        assert answer.audio == speech(3, 700)
        assert [kind for kind, _ in told(call)][-2:] == ["function_call", "function_call_output"]


@pytest.mark.parametrize(("code", "reason"), LOSSES)
async def test_while_the_caller_speaks(autojump_clock, code, reason):
    """The new session hears the turn from its beginning."""
    async with open_call((say(1, 500),), (say(2, 700),), knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call.line.say_all, speech(50, 2000))
            await call.wait_for(SpeechStarted)
            await trio.sleep(0.7)
            call.end_session(code, reason)
        assert (await call.client.wait_for_ai_response(5)).audio == speech(2, 700)
    assert [line.text for line in call.summary.transcript if line.speaker.value == "caller"] == ["50"]


@pytest.mark.parametrize(("code", "reason"), LOSSES)
async def test_in_silence(autojump_clock, code, reason):
    """Nobody notices."""
    async with open_call((say(1, 500),), (say(2, 700),), (say(3, 600),), knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        assert (await call.turn(50)).audio == speech(2, 700)
        await trio.sleep(2)
        call.end_session(code, reason)
        await trio.sleep(2)
        assert heard(call) == speech(1, 500) + speech(2, 700)
        assert (await call.turn(51)).audio == speech(3, 600)
        assert [role for role, _ in told(call)] == ["assistant", "user", "assistant"]


async def test_sessions_of_a_minute(autojump_clock):
    """A session is replaced before it expires; the call outlives three of them."""
    limits = Limits(renew_before=20, renew_latest=5)
    knobs = Knobs(latency=0.1, speed=20, session_seconds=60)
    replies = [(say(number, 700),) for number in range(1, 10)]
    async with open_call(*replies, knobs=knobs, limits=limits) as call:
        await call.client.wait_for_ai_greeting()
        for number in range(2, 9):
            await trio.sleep(18)
            assert (await call.turn(50)).audio == speech(number, 700)
    assert call.dials == 4
    assert call.summary.ending is Ending.CALLER_HUNG_UP
    sessions = call.summary.sessions
    assert [session.why for session in sessions[:-1]] == ["model lost: its session is about to expire"] * 3
    assert all(after.ready_at - before.ended_at < 0.5 for before, after in pairwise(sessions))


async def test_a_session_that_expires_without_a_warning(autojump_clock):
    """An error, then 1001: another takes its place, and knows all that was said."""
    knobs = Knobs(latency=0.1, speed=20, session_seconds=10)
    limits = Limits(renew_before=0, renew_latest=-1)
    replies = [(say(number, 700),) for number in range(1, 5)]
    async with open_call(*replies, knobs=knobs, limits=limits, errors={"session_expired"}) as call:
        await call.client.wait_for_ai_greeting()
        assert (await call.turn(50)).audio == speech(2, 700)
        await trio.sleep(10)
        assert (await call.turn(51)).audio == speech(3, 700)
        assert [words for role, words in told(call) if role == "user"] == ["50"]
    assert call.dials == 2


async def test_an_interruption_of_what_a_lost_session_said(autojump_clock):
    """The new session is told again, as it was heard."""
    async with open_call((say(1, 6000),), (say(2, 700),), knobs=QUICK) as call:
        await call.client.wait_until_heard(1000)
        call.end_session(1006)
        await trio.sleep(1)
        assert (await call.turn(50)).audio[-80:] == speech(2, 700)[-80:]
        first, *others = [event.item for _, event in call.events(CreateItem)]
        assert first.role == "assistant"
        assert all(item.role != "assistant" or len(item.content[0].text) < 6 for item in others)
