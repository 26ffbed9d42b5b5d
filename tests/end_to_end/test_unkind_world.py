"""A model that is as unkind as the world, over real sockets and in real time: what the caller hears, when,
and what each session was told.

The rows of a table run beside each other, so a table takes as long as its longest row. What is measured in
real time is measured less what the machine stood still meanwhile. The same in virtual time is in
`test_unbroken` and in tests/conversation.
"""

from dataclasses import dataclass

import pytest
import trio
from numbered_speech import say
from real_call import real_call, side_by_side

from twiliobridge.conversation import Agent, Ending, Tool
from twiliobridge.conversation.transcript import Speaker
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.knob_text import set_knob
from twiliobridge.offline.knobs import Knobs

LATENCY = 0.1
NEXT_WORD = 1.5 + LATENCY
"Seconds of silence at the most, besides those for which the service itself asks."
VAD = 0.5
"Seconds of silence by which a service knows that the caller's turn is over."

QUICK = Knobs(latency=LATENCY, speed=5)
ENOUGH = [(say(number, 700),) for number in range(2, 9)]


# ---------------------------------------------------------------- answers that are none


ODD = {
    "text*1@2": ([1, 2], 0.0),
    "text*2@2": ([1, 3], 0.0),
    "empty*1@2": ([1, 3], 0.0),
    "empty*2@2": ([1, 4], 0.0),
    "filtered*1@2": ([1, 3], 0.0),
    "filtered:300*1@2": ([1, 2, 3], 0.0),
    "cut*1@2": ([1, 2], 0.0),
    "cancelled*1@2": ([1, 2, 3], 0.0),
    "rate_limited:1.2*1@2": ([1, 3], 1.2),
    "rate_limited:0.4*2@2": ([1, 4], 0.8),
    "server_error*1@2": ([1, 3], 0.25),
    "error*1@2": ([1, 2], 1.2),
    "missing*1@2": ([1, 2], 2.5),
}
"What the answer to the first turn is like; the speeches that the caller hears, and the wait that is lawful."


async def a_turn(odd):
    async with real_call((say(1, 500),), *ENOUGH, knobs=set_knob(QUICK, f"respond={odd}")) as call:
        await call.client.wait_for_ai_greeting()
        await call.ask()
        answer = await call.client.wait_for_ai_response(10)
        return call.heard, answer.latency_ms / 1000 - call.stood_still


@pytest.mark.minutes
async def test_no_turn_stays_unanswered():
    played = await side_by_side(a_turn, ODD)
    heard = {odd: heard for odd, (heard, _) in zip(ODD, played, strict=True)}
    assert heard == {odd: heard for odd, (heard, _) in ODD.items()}
    late = {odd: latency for odd, (_, latency) in zip(ODD, played, strict=True)}
    assert {odd: latency for odd, latency in late.items() if latency > VAD + ODD[odd][1] + NEXT_WORD} == {}


FATAL = {"quota": "insufficient_quota", "rate_limited:0.1": "rate_limit_exceeded", "empty": "empty"}
"What no answer comes of, however often it is asked for; what the call's summary says then."


async def to_its_end(odd):
    async with real_call((say(1, 500),), *ENOUGH, knobs=set_knob(QUICK, f"respond={odd}@2")) as call:
        await call.client.wait_for_ai_greeting()
        asked = await call.ask()
        await call.client.wait_for_hangup(10)
        return await call.summary(), trio.current_time() - asked - call.stood_still


@pytest.mark.minutes
async def test_a_call_that_cannot_be_answered_goes_back_to_twiml_with_a_reason():
    for (summary, seconds), reason in zip(await side_by_side(to_its_end, FATAL), FATAL.values(), strict=True):
        assert summary.ending is Ending.MODEL_LOST
        assert reason in summary.detail
        assert seconds < 8


# ---------------------------------------------------------------- sessions that break


async def looks(arguments, call):
    await trio.sleep(1)
    return "ten dollars"


LOOKER = Agent("Be brief.", "Hello.", tools=(Tool("look", "Looks.", looks),))
SLOW = Knobs(latency=LATENCY, speed=2)
HELLO, LOOK = (say(1, 1200),), (CallTool("look"),)


@dataclass(frozen=True)
class Phase:
    replies: tuple
    heard: tuple[int, ...]
    told: tuple[tuple[str, str], ...]
    "What the second session is told, item by item, before it says anything."


GREETED, ASKED, ASKED_AGAIN = ("assistant", "1 1200"), ("user", "50"), ("user", "51")
LOOKED = (("function_call", "look"), ("function_call_output", "ten dollars"))
PHASES = {
    "greeting": Phase((HELLO, *ENOUGH), (1, 2), (GREETED,)),
    "quiet": Phase((HELLO, *ENOUGH), (1, 2), (GREETED,)),
    "answering": Phase(
        (HELLO, (say(2, 2500),), *ENOUGH[1:]), (1, 2, 3), (GREETED, ASKED, ("assistant", "2 2500"))
    ),
    "tool running": Phase((HELLO, LOOK, *ENOUGH), (1, 2), (GREETED, ASKED, *LOOKED)),
    "second answer": Phase(
        (HELLO, ENOUGH[0], (say(3, 2500),), *ENOUGH[2:]),
        (1, 2, 3, 4),
        (GREETED, ASKED, ("assistant", "2 700"), ASKED_AGAIN, ("assistant", "3 2500")),
    ),
}
CODES = (1006, 1001, 1000)


async def until(phase, call):
    """The call is in that phase."""
    client = call.client
    if phase == "greeting":
        return await client.wait_until_heard(400)
    await client.wait_for_ai_greeting()
    if phase == "quiet":
        return None
    await call.ask()
    if phase == "tool running":
        return await trio.sleep(VAD + LATENCY + 0.4)
    if phase == "second answer":
        await client.wait_for_ai_response()
        await call.ask(51)
    return await client.wait_until_heard(400)


async def lost(row):
    phase, code = row
    async with real_call(*PHASES[phase].replies, knobs=SLOW, agent=LOOKER) as call:
        await until(phase, call)
        await call.sessions[0].end(code)
        since = trio.current_time()
        if phase == "quiet":
            await trio.sleep(0.5)
            since = await call.ask()
        await call.until_heard(len(PHASES[phase].heard))
        silence = call.silence_after(since) - call.stood_still
        return tuple(call.heard), tuple(call.sessions[1].told), silence, len(call.sessions)


@pytest.mark.minutes
async def test_a_session_that_breaks_is_followed_by_another():
    """The caller hears on, no word twice; the next word comes in time."""
    rows = [(phase, code) for phase in PHASES for code in CODES]
    for (phase, code), (heard, told, silence, sessions) in zip(
        rows, await side_by_side(lost, rows), strict=True
    ):
        row, due = f"{code} while {phase}", PHASES[phase]
        assert (row, heard, told) == (row, due.heard, due.told)
        assert (row, sessions) == (row, 2)
        assert silence < NEXT_WORD + (VAD if phase == "quiet" else 0.6 if phase == "tool running" else 0), row


RENEWED = "model lost: its session is about to expire"


@pytest.mark.minutes
async def test_a_call_outlives_its_sessions():
    """Each is replaced before it expires, sessions so short even in mid-answer; the last knows every turn."""
    async with real_call(HELLO, *ENOUGH, knobs=set_knob(SLOW, "session_seconds=6")) as call:
        await call.client.wait_for_ai_greeting()
        for turn in range(3):
            await call.ask(50 + turn)
            answer = await call.client.wait_for_ai_response(8)
            assert answer.latency_ms / 1000 - call.stood_still < VAD + NEXT_WORD
        await call.client.hangup()
        summary = await call.summary()
    assert call.heard == sorted(set(call.heard)), "no word twice"
    assert len(call.heard) >= 4
    asked = [line.text for line in summary.transcript if line.speaker is Speaker.CALLER]
    assert asked == ["50", "51", "52"]
    assert [session.why for session in summary.sessions[:2]] == [RENEWED] * 2
    told = [text for role, text in call.sessions[-1].told if role == "user"]
    assert told == asked[: len(told)]
    assert told


LOSSES = ("1001@answer*1", "1011@answer*1", "1012@silence*1", "1001@caller*1", "1001@greeting*1")
"""As the service ends a session by itself: 1001 comes with an error, `session_expired`."""


async def ended_by_the_service(loss):
    async with real_call((say(1, 700),), *ENOUGH, knobs=set_knob(SLOW, f"lose={loss}")) as call:
        await call.client.wait_for_ai_greeting()
        await trio.sleep(0.7)
        asked = await call.ask()
        await call.until_heard(2, beyond=2.0)
        silence = call.silence_after(asked) - call.stood_still
        return silence, len(call.sessions), len(set(call.heard)) - len(call.heard)


@pytest.mark.minutes
async def test_what_the_service_ends_by_itself_is_taken_up_again():
    for loss, (silence, sessions, twice) in zip(
        LOSSES, await side_by_side(ended_by_the_service, LOSSES), strict=True
    ):
        assert silence < VAD + NEXT_WORD, loss
        assert (loss, sessions, twice) == (loss, 2, 0)


@pytest.mark.minutes
async def test_a_handshake_that_is_refused_once_costs_half_a_second():
    async with real_call((say(1, 500),), knobs=set_knob(QUICK, "refuse=503:0*1")) as call:
        greeting = await call.client.wait_for_ai_greeting()
        assert greeting.latency_ms / 1000 - call.stood_still < 0.5 + NEXT_WORD
        await call.client.hangup()
        refused, stood = (await call.summary()).sessions
        assert "503" in refused.why
        assert stood.ready_at is not None
