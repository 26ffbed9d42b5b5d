"""The numbers of a call: of the server's audio, and of the phone's own punctuality."""

import pytest
import trio

from twiliobridge.caller import LineConditions
from twiliobridge.mediastream import Media


async def test_what_came_what_was_heard_and_what_was_cut(autojump_clock, open_call, tone):
    """Received is heard plus cut; marks count by how they came back; gaps are silences that are heard."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        await trio.sleep(0.3)
        call.server.play(tone(200))
        call.server.mark("played")
        await trio.sleep(0.5)
        call.server.play(tone(1000, 1))
        call.server.mark("cut")
        await trio.sleep(0.41)
        call.server.clear()
        await trio.sleep(0.1)
        numbers = call.client.statistics()
    assert numbers.first_audio_ms == pytest.approx(300, abs=1)
    assert (numbers.audio_received_ms, numbers.heard_ms, numbers.cut_ms) == (1200, 620, 580)
    assert (numbers.marks_received, numbers.marks_played, numbers.marks_cleared, numbers.clears) == (
        2,
        1,
        1,
        1,
    )
    assert numbers.gaps_heard_ms == (300,)
    assert numbers.media_received == 2
    assert numbers.worst_arrival_gap_ms == numbers.mean_arrival_gap_ms == pytest.approx(500)
    assert numbers["delivery_ratio"] == pytest.approx(1.2 / 0.5)


async def test_a_server_that_said_nothing_has_no_latency(autojump_clock, open_call):
    """Which is None, and passes no comparison by accident."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await trio.sleep(1)
    numbers = call.client.statistics()
    assert (numbers.first_audio_ms, numbers.worst_arrival_gap_ms, numbers.delivery_ratio) == (
        None,
        None,
        None,
    )
    assert (numbers.heard_ms, numbers.late_frames) == (0, 0)
    assert 50 <= numbers.frames_sent <= 51


async def test_an_answer_tells_its_gaps(autojump_clock, open_call, tone):
    """Where the agent's audio came too late, the caller heard silence."""
    async with open_call() as call:
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media)
        for seed in range(3):
            call.server.play(tone(100, seed))
            await trio.sleep(0.05)
            call.server.clear()
            call.server.play(tone(40, seed))
            await trio.sleep(0.2)
        greeting = await call.client.wait_for_ai_greeting(5)
    assert greeting.gaps_ms == (150, 150)  # and none where a clear is followed by other audio at once
    assert greeting.duration_ms == 300  # 60 of each 100, and 40


async def test_the_phone_reports_its_own_lateness(autojump_clock, open_call):
    """Half a second in which nothing ran is 25 late frames; what the line was told to delay is not late."""
    async with open_call(conditions=LineConditions(latency_ms=200, jitter_ms=50)) as call:
        begin = trio.current_time()
        await call.client.initiate_call_flow()
        await call.server.wait_for(Media, 200)
        assert call.server.all(Media)[0][0] - begin >= 0.2
        assert call.client.statistics().late_frames == 0
        autojump_clock.jump(0.5)
        await trio.sleep(0.1)
        numbers = call.client.statistics()
    assert 20 <= numbers.late_frames <= 26
    assert 400 <= numbers.worst_lateness_ms <= 500
