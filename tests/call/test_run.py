"""One call over memory wires, in virtual time, with the real relay: how it lives, and each way it can end."""

from contextlib import asynccontextmanager
from functools import partial

import pytest
import trio
from lines import AGENT, Line, call
from peers import START, STOP, Exchange, is_speech

from twiliobridge.conversation import Ending, Limits
from twiliobridge.mediastream import Media, Play
from twiliobridge.realtime.events import AppendAudio, CreateResponse
from twiliobridge.wires import Refused, Unreachable, memory_wires
from twiliobridge.wires.wire import Rejected


async def test_a_call_is_greeted_heard_and_ended_by_stop(autojump_clock):
    """Speech reaches both ends, `stop` ends the call, and the summary says which call it was."""
    async with call() as line:
        line.phone.call()
        await line.phone.hear_speech()
        line.phone.frame()
        await trio.sleep(1)
        line.phone.say(STOP)
        await line.phone.hear_the_end()
    assert (line.summary.ending, line.summary.call_sid) == (Ending.CALLER_HUNG_UP, START.call_sid)
    assert line.summary.stream_sid == START.stream_sid
    assert 1 <= line.summary.duration < 1.1
    assert line.summary.phone.messages >= 4
    assert sum(event.size for event in line.phone.heard if is_speech(event)) == 480
    assert any(isinstance(event, AppendAudio) for event in line.exchange.model.heard)


async def hear_until_it_raises(phone):
    while True:
        await phone.hear()


async def test_the_peers_are_told_that_the_call_is_over(autojump_clock):
    async with call() as line:
        line.phone.call()
        await line.phone.hear_speech()
        line.phone.say(STOP)
        with pytest.raises(trio.EndOfChannel, match="1000 caller hung up"):
            await hear_until_it_raises(line.phone)


@pytest.mark.parametrize(
    ("leave", "ending"),
    [("aclose", Ending.CALLER_HUNG_UP), ("vanish", Ending.PHONE_LOST)],
)
async def test_a_phone_that_leaves_without_stop(autojump_clock, leave, ending):
    async with call() as line:
        line.phone.call()
        await line.phone.hear_speech()
        if (leaving := getattr(line.phone.wire, leave)()) is not None:
            await leaving
    assert line.summary.ending is ending


@pytest.mark.parametrize("leave", ["aclose", "vanish"])
async def test_a_model_that_leaves_is_dialled_again(autojump_clock, leave):
    """The call goes on; the summary tells of both sessions."""
    async with call() as line:
        line.phone.call()
        await line.phone.hear_speech()
        if (leaving := getattr(line.exchange.model.wire, leave)()) is not None:
            await leaving
        await trio.sleep(1)
        assert len(line.exchange.models) == 2
        line.phone.say(STOP)
        await line.phone.hear_the_end()
    assert line.summary.ending is Ending.CALLER_HUNG_UP
    first, second = line.summary.sessions
    assert first.why.startswith("model lost: ")
    assert first.ended_at <= second.ready_at
    assert not second.why


@pytest.mark.parametrize("leave", ["aclose", "vanish"])
async def test_a_model_that_cannot_be_had_again_ends_the_call_with_the_reason(autojump_clock, leave):
    """Three attempts, and then the way back to TwiML."""
    exchange = Exchange()
    dials = []

    @asynccontextmanager
    async def dial():
        dials.append(trio.current_time())
        if len(dials) > 1:
            raise Refused("model.example: Connection refused")
        async with exchange.dial() as wire:
            yield wire

    async with call(exchange, dial=dial) as line:
        line.phone.call()
        await line.phone.hear_speech()
        if (leaving := getattr(exchange.model.wire, leave)()) is not None:
            await leaving
        await line.phone.hear_the_end()
    assert len(dials) == 4
    assert dials[-1] - dials[1] < 15
    assert line.summary.ending is Ending.MODEL_UNREACHABLE
    assert line.summary.detail == "model.example: Connection refused"


async def test_a_handshake_that_is_refused_for_a_while_is_tried_again(autojump_clock):
    """503 once, and the call stands."""
    exchange = Exchange()
    refusals = [Rejected("model.example: HTTP 503", 503, 2.0)]

    @asynccontextmanager
    async def dial():
        if refusals:
            raise refusals.pop()
        async with exchange.dial() as wire:
            yield wire

    async with call(exchange, dial=dial) as line:
        line.phone.call()
        await line.phone.hear_speech()
        line.phone.say(STOP)
    assert line.summary.ending is Ending.CALLER_HUNG_UP
    assert [session.why for session in line.summary.sessions] == [
        "model unreachable: model.example: HTTP 503",
        "",
    ]
    assert line.summary.sessions[1].dialled_at == 2.0


async def test_a_refused_key_is_not_tried_again(autojump_clock):
    """It would be refused again."""

    @asynccontextmanager
    async def dial():
        raise Rejected("model.example: HTTP 401", 401)
        yield

    async with call(dial=dial) as line:
        line.phone.call()
    assert line.summary.ending is Ending.MODEL_UNREACHABLE
    assert line.summary.duration < 0.1


async def test_a_failed_dial_is_the_ending_and_says_why(autojump_clock):
    @asynccontextmanager
    async def nobody():
        raise Unreachable("model.example: Connection refused")
        yield

    async with call(dial=nobody) as line:
        line.phone.call()
        await line.phone.hear_the_end()
    assert (line.summary.ending, line.summary.detail) == (
        Ending.MODEL_UNREACHABLE,
        "model.example: Connection refused",
    )


@asynccontextmanager
async def endless():
    await trio.sleep_forever()
    yield


async def test_a_call_in_which_nobody_says_anything_is_given_up(autojump_clock):
    async with call(dial=endless) as line:
        pass
    assert 9.9 < line.summary.duration < 11


async def test_a_model_that_never_answers_the_dial_is_given_up(autojump_clock):
    async with call(dial=endless) as line:
        line.phone.call()
    assert line.summary.ending is Ending.MODEL_UNREACHABLE
    assert 9.9 < line.summary.duration < 11


async def test_a_phone_that_never_says_start_is_given_up(autojump_clock):
    async with call() as line:
        pass
    assert line.summary.ending is Ending.PHONE_SILENT
    assert line.summary.call_sid == ""
    assert 9.9 < line.summary.duration < 11


async def test_the_longest_call(autojump_clock):
    async with call(limits=Limits(longest_call=60.0, model_silence=1000.0)) as line:
        line.phone.call()
        await line.phone.hear_the_end()
    assert line.summary.ending is Ending.TOO_LONG
    assert 60 <= line.summary.duration < 75


async def test_malformed_messages_are_counted_and_tolerated_up_to_the_bound(autojump_clock):
    async with call(limits=Limits(most_faults=3)) as line:
        line.phone.call()
        await line.phone.hear_speech()
        for text in ("{", '{"event":"media"}', "[]"):
            line.phone.wire.send(text)
        line.phone.frame()
        await trio.sleep(1)
        assert line.summary is None
        line.phone.wire.send_binary(b"{}")
    assert line.summary.ending is Ending.PHONE_UNREADABLE
    assert line.summary.phone.faults == 4


async def test_a_model_that_talks_nonsense_is_left_at_the_bound_for_another_session(autojump_clock):
    async with call(limits=Limits(most_faults=3)) as line:
        line.phone.call()
        await line.phone.hear_speech()
        for _ in range(4):
            line.exchange.model.wire.send("nonsense")
        await trio.sleep(1)
        line.phone.say(STOP)
    left, taken = line.summary.sessions
    assert "3 faults" in left.why
    assert taken.ready_at is not None
    assert line.summary.ending is Ending.CALLER_HUNG_UP


async def test_a_phone_that_stops_reading(autojump_clock):
    """Past the wire's bound the call ends, and waits for the phone no longer than its grace."""
    async with call(line=Line(backlog=800)) as line:
        line.phone.call()
    assert line.summary.ending is Ending.PHONE_STALLED
    assert line.summary.duration < 3


@asynccontextmanager
async def deaf():
    """Dials a model that reads nothing."""
    near, far = memory_wires(backlog=100)
    far.send('{"type":"session.created","event_id":"e","session":{"type":"realtime"}}')
    near.send("x" * 100)
    yield near


async def test_a_model_that_stops_reading(autojump_clock):
    """Each session that is tried does, until the time for the first is over."""
    async with call(dial=deaf) as line:
        line.phone.call()
    assert line.summary.ending is Ending.MODEL_STALLED
    assert len(line.summary.sessions) > 1


async def test_a_model_that_stops_reading_is_replaced(autojump_clock):
    exchange = Exchange()
    dials = iter([deaf(), exchange.dial()])
    async with call(exchange, dial=partial(next, dials)) as line:
        line.phone.call()
        await line.phone.hear_speech()
        line.phone.say(STOP)
    assert line.summary.ending is Ending.CALLER_HUNG_UP
    assert [session.why.split(":")[0] for session in line.summary.sessions] == ["model stopped reading", ""]


async def test_shutdown_ends_a_call_with_a_summary(autojump_clock):
    shutdown = trio.Event()
    async with call(shutdown=shutdown) as line:
        line.phone.call()
        await line.phone.hear_speech()
        shutdown.set()
    assert line.summary.ending is Ending.SHUTDOWN


async def test_a_watch_is_told_every_event_of_both_legs(autojump_clock):
    seen = []
    async with call(watch=lambda leg, way, event, now: seen.append((leg, way, type(event), now))) as line:
        line.phone.call()
        await line.phone.hear_speech()
        line.phone.frame()
        await trio.sleep(1)
        line.phone.say(STOP)
    kinds = {(leg, way, kind) for leg, way, kind, _ in seen}
    assert ("phone", "in", Media) in kinds
    assert ("phone", "out", Play) in kinds
    assert ("model", "out", CreateResponse) in kinds
    assert len({leg + way for leg, way, *_ in kinds}) == 4
    assert [now for *_, now in seen] == sorted(now for *_, now in seen)


async def test_two_calls_share_nothing(autojump_clock):
    """The end of one call is nothing to the other, and each has a session of its own."""
    exchange = Exchange()
    async with trio.open_nursery() as nursery:
        first, second = Line(), Line()
        for line in (first, second):
            nursery.start_soon(line.run, exchange.dial, AGENT)
            line.phone.call()
            await line.phone.hear_speech()
        first.phone.wire.vanish()
        await trio.sleep(1)
        assert (first.summary.ending, second.summary) == (Ending.PHONE_LOST, None)
        second.phone.say(STOP)
    assert second.summary.ending is Ending.CALLER_HUNG_UP
    assert len(exchange.models) == 2
