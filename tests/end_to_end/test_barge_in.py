"""The caller speaks while the agent is heard.

That this was dealt with rightly is checked by `call_laws` at the end of each call; what stands here brings
the situations about.
"""

from dataclasses import replace
from math import inf
from random import Random

import msgspec
import pytest
import trio
from call_laws import truncations
from numbered_speech import numbers_in, say, speech
from whole_call import AGENT, GREETING, open_call

from twiliobridge.caller import MarkEchoed
from twiliobridge.conversation.agent import DEFAULT_TURN_DETECTION
from twiliobridge.mediastream import Clear
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import (
    CancelResponse,
    OutputAudioDelta,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
    SpeechStopped,
)

QUICK = Knobs(latency=0.1, speed=20, delta_ms=(50, 400), stragglers=2)


def items(call):
    """Ids of the model's spoken items, in order."""
    return list(dict.fromkeys(event.item_id for _, event in call.events(OutputAudioDelta)))


async def test_while_it_is_generated(autojump_clock):
    """Two stragglers follow the interruption, and nobody hears them."""
    knobs = Knobs(latency=0.1, speed=1.5, delta_ms=(200, 300), stragglers=2)
    async with open_call((say(GREETING, 5000),), (say(2, 500),), knobs=knobs) as call:
        await call.client.wait_until_heard(1000)
        assert numbers_in((await call.turn(50)).audio)[-1] == 2
        (began, _) = call.events(SpeechStarted)[0]
        (done, _) = call.events(ResponseDone)[0]
        late = [e for now, e in call.events(OutputAudioDelta) if now == began and e.item_id == items(call)[0]]
        assert done == began
        assert len(late) >= 2
        assert len(call.events(Clear)) == 1
    assert list(truncations(call)) == items(call)[:1]


async def test_when_it_was_generated_long_ago(autojump_clock):
    """The usual case on a telephone: only speech_started tells of it."""
    async with open_call((say(GREETING, 5000),), (say(2, 500),), knobs=QUICK) as call:
        await call.client.wait_until_heard(1000)
        assert call.events(ResponseDone)
        await call.turn(50)
    [ms] = truncations(call).values()
    assert 1000 <= ms < 1200


async def test_when_all_was_heard(autojump_clock):
    """Nothing to clear, nothing to cut: an ordinary turn."""
    async with open_call((say(GREETING, 500),), (say(2, 500),), knobs=QUICK) as call:
        await call.client.wait_for_ai_greeting()
        await call.turn(50)
        assert not call.events(Clear)
    assert not truncations(call)


async def test_before_its_first_audio(autojump_clock):
    """A response without audio has nothing that could be truncated; the greeting is owed again."""
    knobs = Knobs(latency=3.0, stragglers=2)
    async with open_call((say(GREETING, 500),), (say(2, 500),), (say(GREETING, 400),), knobs=knobs) as call:
        await call.wait_for(ResponseCreated)
        assert (await call.turn(50)).audio == speech(GREETING, 400)
        assert len(call.events(ResponseDone)) == 3
    assert not truncations(call)


async def test_items_in_the_queue_are_cut_at_0(autojump_clock):
    """What nobody heard was not said."""
    async with open_call((say(1, 1500), say(2, 2000), say(3, 500)), (say(4, 500),), knobs=QUICK) as call:
        await call.client.wait_until_heard(1100)
        answer = await call.turn(50)
        assert numbers_in(answer.audio)[-1] == 4
    first, *later = (truncations(call)[item] for item in items(call)[:3])
    assert 1100 <= first < 1300
    assert later == [0, 0]


async def test_in_the_middle_of_the_second_item(autojump_clock):
    """What was heard whole stays whole; positions count from the first byte of their own item."""
    async with open_call((say(1, 1500), say(2, 2000)), (say(4, 500),), knobs=QUICK) as call:
        await call.client.wait_until_heard(2000)
        await call.turn(50)
    [(item, ms)] = truncations(call).items()
    assert item == items(call)[1]
    assert 500 <= ms < 700


async def test_a_second_one_50_ms_into_the_answer(autojump_clock):
    """The new item is cut, at about 50 ms: the marks that the first `clear` flushed count for nothing."""
    knobs = Knobs(latency=0.09, speed=20, stragglers=2)
    async with open_call((say(1, 8000),), (say(2, 3000),), (say(3, 500),), knobs=knobs) as call:
        await call.client.wait_until_heard(2000)
        call.client.say(speech(50, 300))
        await call.wait_for(SpeechStopped)
        await trio.sleep(
            0.065
        )  # 90 ms to the answer; from the caller's next frame 60 ms to the verdict "speech"
        await call.turn(51)
        first_audio = next(now for now, e in call.events(OutputAudioDelta) if e.item_id == items(call)[1])
        assert round(call.events(SpeechStarted)[1][0] - first_audio, 3) == 0.05
    assert list(truncations(call)) == items(call)[:2]
    assert abs(truncations(call)[items(call)[1]] - 50) <= 20


async def test_marks_that_a_clear_flushes_are_not_taken_for_the_next_answers(autojump_clock):
    """They come back, over a slow line, when the next answer is already being heard.

    Both answers are cut before a mark of their own is back: the clock alone would be right, and is.
    """
    knobs = Knobs(latency=0, speed=20, delta_ms=(300, 400))
    async with open_call((say(1, 8000),), (say(2, 8000),), (say(3, 400),), knobs=knobs, lag=0.1) as call:
        call.to_model.lag = call.model.lag = 0
        await call.client.wait_until_heard(20)
        for keys in "1#", "2#":
            for key in keys:
                await call.client.send_dtmf(key)
            await trio.sleep(0.22)
        assert [note.cleared for _, note in call.notes if isinstance(note, MarkEchoed)].count(True) > 15
        assert list(truncations(call)) == items(call)[:2]
        assert all(215 < ms < 225 for ms in truncations(call).values())


@pytest.mark.parametrize("after_ms", [1400, 1430, 1460, 1490, 1520, 1550])
async def test_a_line_that_stalled(autojump_clock, after_ms):
    """What is heard late is known to be: marks correct the clock, which never runs ahead of the next one."""
    knobs = Knobs(latency=0, speed=1.3, delta_ms=(30, 60))
    async with open_call((say(1, 8000),), (say(2, 500),), knobs=knobs) as call:
        await call.client.wait_until_heard(1000)
        call.phone.stop_reading()
        await trio.sleep(1)
        call.phone.read_on()
        await call.client.wait_until_heard(after_ms)
        await call.client.send_dtmf("#")
        await call.client.wait_for_ai_response(10)
        assert len(call.line.heard.stretches) == 3  # before the stall, after it, and the answer
    assert list(truncations(call)) == items(call)[:1]


@pytest.mark.parametrize("digits", ["1#", "*"])
async def test_a_key_silences_the_agent(autojump_clock, digits):
    """The service knows nothing of keys: it is told to stop, and to answer."""
    knobs = Knobs(latency=0.1, speed=1.5, stragglers=2)
    async with open_call((say(GREETING, 5000),), (say(2, 500),), knobs=knobs) as call:
        await call.client.wait_until_heard(1000)
        for digit in digits:
            await call.client.send_dtmf(digit)
        assert numbers_in((await call.client.wait_for_ai_response(10)).audio)[-1] == 2
        assert len(call.events(CancelResponse)) == 1
    assert list(truncations(call)) == items(call)[:1]


# ---------------------------------------------------------------- whatever and whenever

CALLS, INTERRUPTIONS = 10, 21
BRISK = replace(
    AGENT, turn_detection=msgspec.structs.replace(DEFAULT_TURN_DETECTION, silence_duration_ms=200)
)


@pytest.mark.parametrize("seed", range(CALLS))
async def test_random_calls(autojump_clock, seed):
    """Items of any length, made at any speed in deltas of any size, interrupted by voice or key at any time.

    The line is up to 8 ms late each way. The bound of 60 ms has no room for more: 16 for marks that are late
    both ways, 20 for a mark that comes back only with its packet, 20 for the packet heard after `clear`.
    """
    random = Random(seed)  # noqa: S311
    shortest = random.choice((30, 90, 400))
    knobs = Knobs(
        latency=random.choice((0.0, 0.1, 0.3)),
        speed=random.choice((1.1, 3.0, 5.0, 50.0)),
        delta_ms=(shortest, shortest + random.choice((1, 100, 900))),
        stragglers=random.randrange(3),
        seed=seed,
    )
    replies = [
        tuple(
            say((3 * turn + part) % 99, random.randint(20, 1600))
            for part in range(random.choice((1, 1, 2, 3)))
        )
        for turn in range(10 * INTERRUPTIONS)
    ]
    errors = {"response_cancel_not_active"}  # a key and the end of a response may cross on a line with lag
    lag = random.choice((0, 0.004, 0.008))
    async with open_call(*replies, agent=BRISK, knobs=knobs, lag=lag, errors=errors) as call:
        for _ in range(INTERRUPTIONS):
            await interrupt(call, random)
        await trio.sleep(random.uniform(0, 2))
    assert len(call.events(Clear)) >= INTERRUPTIONS


async def interrupt(call, random):
    """Interrupts the agent while it is heard; speaks to it first, if it has finished."""
    clears = len(call.events(Clear))
    while len(call.events(Clear)) == clears:
        with trio.move_on_after(1.5):
            await call.line.bell.wait_until(lambda: -inf if call.line.queued_ms else inf)
        await trio.sleep(random.choice((0, random.uniform(0, 0.3), random.uniform(0, 1.0))))
        if random.random() < 0.2:
            await call.client.send_dtmf(random.choice("123"))
            await call.client.send_dtmf("#")
        else:
            await call.line.say_all(speech(99, random.randint(100, 300)))
        await trio.sleep(random.choice((0.05, 0.4)))
