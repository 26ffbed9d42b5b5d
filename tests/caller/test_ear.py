"""Waiting for the agent: all of its audio, as soon as it is over, and never longer than asked."""

import pytest
import trio

from twiliobridge.audio import silence
from twiliobridge.caller import Answer, CallEnded, TooSlow
from twiliobridge.mediastream import Media, Start, Stop


async def test_the_greeting_is_all_of_its_audio(autojump_clock, open_call, tone):
    """500 ms in five messages, 60 ms apart in network time, come back as 25 frames, 0.7 s after the last."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        begin = trio.current_time()
        for part in range(5):
            call.server.play(tone(100, seed=part))
            await trio.sleep(0.06)
        greeting = await call.client.wait_for_ai_greeting(5)
        assert trio.current_time() == pytest.approx(begin + 0.5 + 0.7)
    assert b"".join(greeting) == b"".join(tone(100, seed=part) for part in range(5))
    assert (len(greeting), len(greeting[0]), greeting.duration_ms) == (25, 160, 500)
    assert list(greeting[:2]) == [greeting[0], greeting[1]]


async def test_pauses_shorter_than_the_quiet_belong_to_the_answer(autojump_clock, open_call, tone):
    """A gap of 600 ms in an answer does not end it, a `quiet` of 0.5 s does."""
    for quiet, frames in ((0.7, 10), (0.5, 5)):
        async with open_call() as call:
            await call.client.initiate_call_flow()
            call.client.say(tone(20))
            await call.server.wait_for(Media, 2)
            call.server.play(tone(100))
            async with trio.open_nursery() as nursery:
                nursery.start_soon(say_later, call.server, tone(100, seed=1), 0.7)
                answer = await call.client.wait_for_ai_response(5, quiet=quiet)
        assert len(answer) == frames


async def say_later(server, audio, seconds):
    await trio.sleep(seconds)
    server.play(audio)


async def test_audio_that_is_queued_is_still_to_be_heard(autojump_clock, open_call, tone):
    """Even with no quiet at all, the answer ends with the buffer and not between two packets."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        call.client.say(tone(20))
        await call.server.wait_for(Media, 2)
        call.server.play(tone(1000))
        assert len(await call.client.wait_for_ai_response(5, quiet=0)) == 50


async def test_an_answer_that_came_before_anybody_waited_counts(autojump_clock, open_call, tone):
    """What was heard since the turn began is the answer, and when that is over the wait is, too."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.client.say(tone(100)).wait_said()
        call.server.play(tone(200, seed=1))
        await trio.sleep(3)
        begin = trio.current_time()
        answer = await call.client.wait_for_ai_response(0.5)
        assert trio.current_time() == begin
    assert b"".join(answer) == tone(200, seed=1)
    assert answer.latency_ms == pytest.approx(-20)  # the last frame lasts 20 ms, and the server did not wait


@pytest.mark.parametrize("padding", [0, 760, 3000])
async def test_the_latency_of_an_answer_does_not_depend_on_the_silence_in_a_file(
    autojump_clock, open_call, tone, padding
):
    """It counts from the last frame of speech: a server that answers half a second after it took half a
    second, whatever follows in the recording.
    """
    async with open_call() as call, trio.open_nursery() as nursery:
        await call.client.initiate_call_flow()

        async def answer_after(ms):
            await trio.sleep(ms / 1000)
            call.server.play(tone(200, seed=1))

        utterance = call.client.say(tone(200) + silence(padding))
        nursery.start_soon(answer_after, 20 + 200 + 500)
        await utterance.wait_said()
        answer = await call.client.wait_for_ai_response(5)
    assert answer.latency_ms == pytest.approx(500, abs=21)
    assert answer.talked_over_ms == 0


async def test_an_answer_that_begins_before_the_end_of_the_words_is_told_as_an_interruption(
    autojump_clock, open_call, tone
):
    """Only then is its latency negative, and it is told for how long both spoke."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        utterance = call.client.say(tone(1000) + silence(500))
        await trio.sleep(0.4)
        call.server.play(tone(400, seed=1))
        await utterance.wait_said()
        answer = await call.client.wait_for_ai_response(5)
    assert answer.latency_ms == pytest.approx(-600, abs=41)
    assert answer.talked_over_ms == pytest.approx(400)


async def test_each_audio_is_an_answer_once(autojump_clock, open_call, tone):
    """After an answer was returned, the next wait is for other audio."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        call.server.play(tone(100))
        await call.client.wait_for_ai_greeting(5)
        with pytest.raises(TooSlow, match=r"not heard within 1 s"):
            await call.client.wait_for_ai_response(1)
        call.server.play(tone(100, seed=1))
        assert b"".join(await call.client.wait_for_ai_response(5)) == tone(100, seed=1)


async def test_what_is_in_the_air_when_the_caller_speaks_is_no_answer(autojump_clock, open_call, tone):
    """After a barge-in the answer is new audio, and its latency counts from the end of the speech."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        call.server.play(tone(2000))
        await call.client.wait_until_heard(500)
        utterance = call.client.say(tone(300, seed=1))
        await trio.sleep(0.1)
        call.server.clear()
        await utterance.wait_said()
        await trio.sleep(0.4)
        call.server.play(tone(100, seed=2))
        answer = await call.client.wait_for_ai_response(5)
    assert b"".join(answer) == tone(100, seed=2)
    assert answer.latency_ms == pytest.approx(380)


async def test_a_barge_in_can_be_timed_to_the_millisecond(autojump_clock, open_call, tone):
    """`wait_until_heard(n)` returns n ms after the answer began, also between two packets."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        begin = trio.current_time()
        call.server.play(tone(1000))
        for ms in (20, 433, 1000):
            await call.client.wait_until_heard(ms)
            assert trio.current_time() == pytest.approx(begin + ms / 1000)


async def test_too_slow_says_what_was_heard_until_then(autojump_clock, open_call, tone):
    """A timeout is an error of its own and a TimeoutError, whether nothing was heard or no end of it."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        with pytest.raises(TimeoutError, match=r"the agent was not heard within 1\.5 s"):
            await call.client.wait_for_ai_greeting(1.5)
        call.server.play(tone(5000))
        with pytest.raises(TooSlow, match=r"had not finished after 10[02]0 ms of audio within 1 s"):
            await call.client.wait_for_ai_greeting(1)
        with pytest.raises(TooSlow, match="has not hung up within 1 s"):
            await call.client.wait_for_hangup(1)


async def test_no_wait_for_what_the_agent_never_says_is_for_ever(autojump_clock, open_call, tone):
    """TooSlow after the timeout, and after half a minute without one."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Start)
        call.server.play(tone(200))
        for bound in ((1,), ()):
            with pytest.raises(TooSlow, match=r"200 ms were heard within .* not 500"):
                await call.client.wait_until_heard(500, *bound)
        assert trio.current_time() - call.client.line.began == pytest.approx(31)


async def test_a_server_that_closes_ends_every_wait(autojump_clock, open_call, tone):
    """Whoever waits for audio gets CallEnded with the code; whoever waits for the hang-up gets the code."""
    waits = [
        lambda client: client.wait_for_ai_greeting(9),
        lambda client: client.wait_for_ai_response(9),
        lambda client: client.wait_until_heard(100),
        lambda client: client.line.say_all(tone(9000)),
    ]
    for wait in waits:
        async with open_call() as call:
            await call.client.initiate_call_flow()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(close_later, call.server, 1)
                with pytest.raises(CallEnded, match="the server closed") as ended:
                    await wait(call.client)
            assert ended.value.close_code == 1000
            assert await call.client.wait_for_hangup(1) == 1000
            with pytest.raises(CallEnded):
                call.client.say(tone(20))
        assert [warning.code for warning in call.client.warnings] == [31921]
        assert not call.server.all(Stop)


async def close_later(server, seconds):
    await trio.sleep(seconds)
    await server.wire.aclose()


async def test_a_goodbye_before_the_hangup_is_an_answer(autojump_clock, open_call, tone):
    """If the server closes after the answer began, the answer is what was heard of it."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.client.say(tone(20)).wait_said()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(close_later, call.server, 0.31)
            call.server.play(tone(1000, seed=1))
            answer = await call.client.wait_for_ai_response(5)
    assert b"".join(answer) == tone(1000, seed=1)[: 320 * 8]


async def test_a_caller_who_hung_up_hears_nobody(autojump_clock, open_call):
    """After hangup() every wait and every word is a CallEnded that says so."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.client.hangup()
        for wait in (call.client.wait_for_ai_response, call.client.wait_for_hangup):
            with pytest.raises(CallEnded, match="the caller hung up"):
                await wait(1)
        with pytest.raises(CallEnded, match="the caller hung up"):
            await call.client.send_dtmf("1")


def test_an_answer_in_a_failed_assertion_is_one_line():
    answer = Answer(b"\xff" * 160, began=1.0, ended=1.02, latency_ms=500.0)
    assert repr(answer) == "Answer(began=1.0, ended=1.02, latency_ms=500.0, gaps_ms=(), talked_over_ms=0.0)"
