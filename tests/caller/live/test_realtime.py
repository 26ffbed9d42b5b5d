"""A conversation as on a telephone: what the microphone hears is what the bridge hears."""

import os
import signal

import numpy as np
import pytest
import trio
from scripted_headset import ScriptedHeadset
from sound_match import alignment

from twiliobridge.audio import ulaw_decode
from twiliobridge.caller import CallerStartsSpeaking
from twiliobridge.mediastream import Media, Stop
from twiliobridge.sound import SoundError


@pytest.fixture
def converse(open_live_call):
    """`converse(act, **options)` holds a realtime conversation while `act(call)` happens; stops after it."""

    async def hold(act, phone=None, **options):
        async with open_live_call(**(phone or {})) as call, trio.open_nursery() as nursery:

            async def stop_after_act():
                while call.headset.speaker is None:  # noqa: ASYNC110 -- nothing tells
                    await trio.sleep(0.01)
                await act(call)
                await call.client.stop_microphone_recording()

            nursery.start_soon(stop_after_act)
            result = await call.client.live_realtime_conversation(**options)
            nursery.cancel_scope.cancel()
        return call, result

    return hold


def speaking(voice, *turns, answer=b"\x20" * 1600):
    """Says each of `turns` (ms, level), and has the server answer 0.6 s after its end."""

    async def act(call):
        await trio.sleep(2)
        for turn in turns:
            call.headset.microphone.speak(voice(*turn))
            await trio.sleep(turn[0] / 1000 + 0.6)
            if answer:
                call.server.play(answer)
            await trio.sleep(3)

    return act


async def test_speech_arrives_and_every_turn_is_told(autojump_clock, converse, voice):
    """The same sound at 8 kHz, 50 frames a second; latency is from the end of speech to the answer."""
    call, result = await converse(speaking(voice, (400, 0.1), (600, 0.1)))
    assert alignment(ulaw_decode(call.server.speech()), voice(380)[::2])[1] > 0.99
    assert result.success
    assert result["success"] is True
    assert (result.turns_detected, result.turns_answered) == (2, 2)
    assert [turn.duration_ms for turn in result.turns] == pytest.approx([400, 600], abs=21)
    assert [turn.latency_ms for turn in result.turns] == pytest.approx([560, 560], abs=45)
    assert result.microphone.chunks_per_second == pytest.approx(50, abs=0.5)
    assert result.microphone.mic_to_wire_ms.greatest <= 45
    assert result.total_audio_chunks_sent == result.microphone.chunks_sent > 300
    assert result.microphone.chunks_dropped == result.microphone.chunks_missing == 0
    assert isinstance(call.server.told[-1][1], Stop)
    assert not call.headset.open


async def test_waiting_for_the_greeting_keeps_the_microphone_shut(autojump_clock, converse, voice):
    """With it, what is said over the greeting is not heard; without it, it is."""

    async def interrupt(call):
        call.headset.microphone.speak(voice(300))
        await trio.sleep(3)

    for wait in (True, False):
        call, result = await converse(interrupt, wait_for_greeting=wait)
        assert bool(call.server.speech()) is not wait
        assert (result.greeting_ms == 200) is wait
        assert result.turns_detected == (0 if wait else 1)


async def test_a_missing_greeting_is_a_failure_and_the_call_goes_on(autojump_clock, converse, voice):
    async def speak_later(call):
        await trio.sleep(10)
        await speaking(voice, (400, 0.1))(call)

    _, result = await converse(speak_later, {"greeting": b""})
    assert not result.success
    assert "no greeting" in result.error
    assert result.turns_answered == 1


async def test_the_threshold_decides_what_is_a_turn(autojump_clock, converse, voice):
    """And nothing else: what is below it is sent all the same."""
    for threshold, turns in ((0.05, 0), (0.01, 1)):
        call, result = await converse(speaking(voice, (400, 0.03)), voice_activation_threshold=threshold)
        assert result.turns_detected == turns
        assert call.server.speech()


async def test_the_silence_timeout_decides_where_a_turn_ends(autojump_clock, converse, voice):
    """Two sentences a second apart, without an answer between them: one turn at 2 s, two at 0.5 s."""

    async def hesitate(call):
        await trio.sleep(2)
        for _ in range(2):
            call.headset.microphone.speak(voice(300))
            await trio.sleep(1.3)
        await trio.sleep(3)

    for seconds, turns in ((2.0, 1), (0.5, 2)):
        _, result = await converse(hesitate, silence_timeout=seconds)
        assert result.turns_detected == turns


async def test_a_turn_without_any_answer_is_no_success(autojump_clock, converse, voice):
    _, result = await converse(speaking(voice, (400, 0.1), answer=b""))
    assert not result.success
    assert "1 of 1 turns had no answer" in result.error


async def test_a_silent_microphone_is_no_success(autojump_clock, converse):
    """Nothing failed, and nothing was shown."""

    async def listen(call):
        await trio.sleep(5)

    _, result = await converse(listen)
    assert (result.success, result.error) == (False, "nobody was heard to speak")


async def test_the_agent_is_heard_and_clear_silences_it(autojump_clock, converse, tone):
    """What the playback buffer plays is on the speaker, and a clear is silence from that packet on."""

    async def act(call):
        await trio.sleep(2)
        call.server.play(tone(1000))
        await trio.sleep(0.5)
        call.server.clear()
        call.cleared_at = trio.current_time()
        await trio.sleep(0.5)
        call.audible = call.headset.speaker.audible()

    call, _ = await converse(act)
    heard = call.audible[8000:]
    start, match = alignment(heard, ulaw_decode(tone(1000))[:3840])
    assert match > 0.99
    assert np.flatnonzero(heard)[-1] - start <= (500 + 20) * 8
    assert call.headset.speaker.cleared_at == [call.cleared_at], (
        "what waits in the device is not heard either"
    )


async def test_a_bridge_that_drops_is_a_failure_and_one_that_hangs_up_is_not(autojump_clock, converse, voice):
    async def vanish(call):
        await speaking(voice, (400, 0.1))(call)
        call.server.wire.vanish()
        await trio.sleep_forever()

    async def hang_up(call):
        await speaking(voice, (400, 0.1))(call)
        await call.server.wire.aclose()
        await trio.sleep_forever()

    _, dropped = await converse(vanish)
    _, ended = await converse(hang_up)
    assert (dropped.success, dropped.ended_by) == (False, "the bridge dropped the line")
    assert "vanished" in dropped.error
    assert (ended.success, ended.ended_by) == (True, "the agent hung up")


async def test_ctrl_c_is_a_clean_end(autojump_clock, converse, voice, tmp_path):
    """`stop` is sent, the result is there, and the audio can be saved."""

    async def interrupt(call):
        await speaking(voice, (400, 0.1))(call)
        os.kill(os.getpid(), signal.SIGINT)
        await trio.sleep_forever()

    call, result = await converse(interrupt)
    assert result.success
    assert result.ended_by == "the caller interrupted it"
    assert isinstance(call.server.told[-1][1], Stop)
    names = {path.stem for path in call.client.save_collected_audio(tmp_path)}
    assert {"call", "turn_00_agent", "turn_01_caller", "turn_01_agent"} <= names


async def test_a_microphone_that_is_pulled_out_ends_the_call_with_a_reason(autojump_clock, converse):
    async def pull(call):
        await trio.sleep(2)
        call.headset.microphone.gone = True
        await trio.sleep_forever()

    call, result = await converse(pull)
    assert (result.success, result.ended_by) == (False, "the microphone failed")
    assert "pulled out" in result.error
    assert isinstance(call.server.told[-1][1], Stop)


async def test_a_clock_that_runs_fast_loses_nothing_but_silence(autojump_clock, converse, voice):
    """Two per mille, for a minute: the delay stays below 100 ms, and no loud frame is lost."""

    async def act(call):
        for _ in range(12):
            await speaking(voice, (400, 0.1))(call)

    _, result = await converse(act, {"headset": ScriptedHeadset(fast=0.002)})
    assert result.microphone.chunks_dropped == 0
    assert result.microphone.chunks_skipped >= 3
    assert result.microphone.mic_to_wire_ms.greatest < 110
    assert [turn.duration_ms for turn in result.turns] == pytest.approx([400] * 12, abs=21)


@pytest.mark.parametrize("missing", ["microphone", "speaker"])
async def test_a_missing_device_is_an_error_before_the_stream(autojump_clock, open_live_call, missing):
    async with open_live_call(greeting=b"", headset=ScriptedHeadset(missing)) as call:
        with pytest.raises(SoundError, match=f"no {missing}"):
            await call.client.live_realtime_conversation()
        assert not call.headset.open
        assert call.client.line.began is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"voice_activation_threshold": 0.0009},
        {"voice_activation_threshold": 0.11},
        {"silence_timeout": 0},
        {"silence_timeout": 61},
    ],
)
async def test_what_is_out_of_range_is_refused(autojump_clock, open_live_call, wrong):
    async with open_live_call(greeting=b"") as call:
        with pytest.raises(ValueError, match=r"voice threshold|silence"):
            await call.client.live_realtime_conversation(**wrong)


async def test_the_simple_test_is_a_bool_and_a_summary(autojump_clock, open_live_call, capsys, voice):
    async with open_live_call() as call, trio.open_nursery() as nursery:

        async def act():
            await speaking(voice, (400, 0.1))(call)
            await call.client.stop_microphone_recording()

        nursery.start_soon(act)
        assert await call.client.simple_realtime_conversation_test() is True
        assert call.client.line.ending is not None, "the conversation hangs up, not the end of the block"
    printed = capsys.readouterr().out
    assert "turn 1: at" in printed
    assert printed.endswith("PASSED\n")
    async with open_live_call(greeting=b"", headset=ScriptedHeadset("microphone")) as call:
        assert await call.client.simple_realtime_conversation_test() is False
    assert "FAILED: this machine has no microphone" in capsys.readouterr().out
    async with open_live_call(greeting=b"") as call:
        await call.server.wire.aclose()
        await call.client.wait_for_hangup(1)
        assert await call.client.simple_live_conversation_test() is False
    assert "FAILED: the server closed" in capsys.readouterr().out


async def test_recording_and_streaming(autojump_clock, open_live_call, voice):
    """What was recorded can be said; what is streamed is heard as it is captured, and is one turn."""
    async with open_live_call(greeting=b"") as call:
        client = call.client
        await client.initiate_call_flow()
        await client.start_microphone_recording()
        call.headset.microphone.speak(voice(300))
        await trio.sleep(0.5)
        recorded = await client.stop_microphone_recording()
        assert alignment(ulaw_decode(recorded), voice(250)[::2])[1] > 0.99
        assert not call.server.speech()
        assert await client.stop_microphone_recording() == b""
        async with trio.open_nursery() as nursery:

            async def speak():
                await trio.sleep(0.1)
                call.headset.microphone.speak(voice(300))

            nursery.start_soon(speak)
            result = await client.stream_microphone_audio(1)
        assert result.chunks_sent == pytest.approx(48, abs=2)
        assert alignment(ulaw_decode(call.server.speech()), voice(250)[::2])[1] > 0.99
        call.server.play(b"\x20" * 800)
        assert (await client.wait_for_ai_response(5)).duration_ms == 100
        assert not call.headset.open
        assert len(call.server.all(Media)) > 70
        assert [note for _, note in call.noted(CallerStartsSpeaking)] == []
