"""Each way in which a call can end: both legs, once, within a bound, for the reason given.

Where it is the model that is lost, the caller hears what is queued before the call goes back to TwiML: a law
of `call_laws`.
"""

from contextlib import asynccontextmanager

import pytest
import trio
from numbered_speech import say, speech
from whole_call import open_call

from twiliobridge.conversation import Ending, Limits
from twiliobridge.offline.faults import Odd
from twiliobridge.offline.incidents import Incident
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import ResponseDone
from twiliobridge.wires import Refused

QUICK = Knobs(latency=0.1, speed=20)
AT_ONCE = 0.05
LEFT_MS = 2000
"Of the greeting, when things begin to happen."


@asynccontextmanager
async def speaking(knobs=QUICK, **options):
    """A call in which the agent has said half of its greeting, and all of it is queued."""
    async with open_call((say(1, 2 * LEFT_MS),), (say(2, 1000),), knobs=knobs, **options) as call:
        await call.client.wait_until_heard(LEFT_MS)
        yield call


async def over(call, ending, least, most):
    """The call ends so, that many seconds from now."""
    began = trio.current_time()
    with trio.fail_after(most):
        await call.over.wait()
    assert call.summary.ending is ending
    assert trio.current_time() - began >= least
    assert call.to_model.left


def heard(call):
    return b"".join(bytes(stretch.audio) for stretch in call.line.heard.stretches)


async def test_the_caller_hangs_up(autojump_clock):
    async with speaking() as call:
        await call.client.hangup()
        await over(call, Ending.CALLER_HUNG_UP, 0, AT_ONCE)


async def test_the_phone_closes_without_stop(autojump_clock):
    async with speaking() as call:
        call.phone.lost = lambda text: '"stop"' in text
        await call.client.hangup()
        await over(call, Ending.CALLER_HUNG_UP, 0, AT_ONCE)


async def test_the_phone_drops(autojump_clock):
    async with speaking() as call:
        await call.client.drop()
        await over(call, Ending.PHONE_LOST, 0, AT_ONCE)


async def test_the_phone_drops_before_the_model_answers_the_dial(autojump_clock):
    cancelled = trio.Event()

    @asynccontextmanager
    async def endless():
        try:
            await trio.sleep_forever()
        finally:
            cancelled.set()
        yield

    async with open_call(dial=endless) as call:
        await trio.sleep(1)
        await call.client.drop()
        with trio.fail_after(AT_ONCE):
            await call.over.wait()
    assert call.summary.ending is Ending.PHONE_LOST
    assert cancelled.is_set()


@pytest.mark.parametrize("code", [1000, 1006, 1011])
async def test_the_model_closes_or_vanishes_and_cannot_be_had_again(autojump_clock, code):
    async with speaking() as call:
        call.refuses = Refused("model.example:443: nobody listens")
        call.end_session(code, "gone")
        await over(call, Ending.MODEL_UNREACHABLE, LEFT_MS / 1000 - 0.05, LEFT_MS / 1000 + 0.1)
        assert heard(call) == speech(1, 2 * LEFT_MS)
    assert call.summary.detail == "model.example:443: nobody listens"


async def test_every_response_fails_for_want_of_quota(autojump_clock):
    async with open_call(knobs=Knobs(respond=(Incident(Odd.QUOTA),))) as call:
        await over(call, Ending.MODEL_LOST, 0, 1)
    assert call.summary.detail.startswith("insufficient_quota")


async def test_every_response_fails(autojump_clock):
    """It is tried once more, and then an apology is."""
    async with open_call(knobs=Knobs(respond=(Incident(Odd.SERVER_ERROR),))) as call:
        await over(call, Ending.MODEL_LOST, 0, 3)
        assert len(call.events(ResponseDone)) == 3


async def test_nothing_is_ever_answered(autojump_clock):
    """The caller hears TwiML within eight seconds; another session was tried, and asked in vain."""
    async with open_call(knobs=Knobs(respond=(Incident(Odd.MISSING),))) as call:
        await over(call, Ending.MODEL_SILENT, 7.9, 8.1)
    assert len(call.summary.sessions) == 2


async def test_the_model_never_confirms_a_session(autojump_clock):
    """The second attempt begins in time, and fares no better."""
    async with open_call(knobs=Knobs(session_updated_after=60.0)) as call:
        await over(call, Ending.MODEL_UNREACHABLE, 9.9, 10.1)
    assert [attempt.dialled_at for attempt in call.summary.sessions] == [0.0, 4.5, 9.5]


async def test_the_model_never_answers_the_dial(autojump_clock):
    @asynccontextmanager
    async def endless():
        await trio.sleep_forever()
        yield

    async with open_call(dial=endless) as call:
        with trio.fail_after(10.1):
            await call.over.wait()
    assert call.summary.ending is Ending.MODEL_UNREACHABLE


async def test_the_dial_is_refused(autojump_clock):
    """It is tried again, for ten seconds at the most."""

    @asynccontextmanager
    async def nobody():
        raise Refused("model.example:443: nobody listens")
        yield

    async with open_call(dial=nobody) as call:
        with trio.fail_after(10.1):
            await call.over.wait()
    assert call.summary.ending is Ending.MODEL_UNREACHABLE
    assert call.summary.detail == "model.example:443: nobody listens"


async def test_the_longest_call(autojump_clock):
    async with open_call((say(1, 8000),), knobs=QUICK, limits=Limits(longest_call=5)) as call:
        await over(call, Ending.TOO_LONG, 8, 8.5)
        assert heard(call) == speech(1, 8000)
