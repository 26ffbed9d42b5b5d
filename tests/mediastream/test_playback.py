"""Twilio's playback buffer: when bytes are heard and marks come back. Times in seconds, from 10.0."""

import pytest

from twiliobridge.mediastream import Discarded, MarkEcho, PlaybackBuffer, Played
from twiliobridge.mediastream.playback import QUEUE_LIMIT

T0 = 10.0


def at(ms: float) -> float:
    return T0 + ms / 1000


def run(buffer: PlaybackBuffer) -> list:
    """Everything that happens until the buffer asks for nothing more, each at its deadline."""
    outcomes = []
    while (deadline := buffer.deadline()) is not None:
        outcomes += buffer.advance(deadline)
    return outcomes


def times(outcomes, kind) -> list[float]:
    return [round((outcome.at - T0) * 1000, 6) for outcome in outcomes if isinstance(outcome, kind)]


def test_an_untouched_buffer_wants_nothing():
    buffer = PlaybackBuffer()
    assert buffer.deadline() is None
    assert buffer.advance(T0) == []
    assert buffer.heard_ms(T0) == 0


def test_a_packet_leaves_at_start_plus_k_times_20_ms_and_the_last_is_filled_with_silence():
    buffer = PlaybackBuffer()
    assert buffer.play(b"a" * 160 + b"b" * 161, T0) == []
    packets = run(buffer)
    assert packets == [
        Played(pytest.approx(at(0)), b"a" * 160, 160),
        Played(pytest.approx(at(20)), b"b" * 160, 160),
        Played(pytest.approx(at(40)), b"b" + b"\xff" * 159, 1),
    ]
    assert buffer.played_bytes == 321


def test_the_schedule_is_absolute_whenever_anybody_looks():
    """One late look finds the same packets at the same times as a look at each deadline."""
    prompt, late = PlaybackBuffer(), PlaybackBuffer()
    for buffer in (prompt, late):
        buffer.play(bytes(1000), T0)
        buffer.mark("end", T0)
    assert run(prompt) == late.advance(at(5000))


def test_a_long_run_does_not_drift():
    buffer = PlaybackBuffer()
    buffer.play(bytes(160 * 10_000), T0)
    assert times(run(buffer), Played)[-1] == pytest.approx(9_999 * 20, abs=1e-4)


def test_bytes_of_several_messages_share_a_packet():
    buffer = PlaybackBuffer()
    buffer.play(b"a" * 100, T0)
    buffer.play(b"b" * 100, T0)
    assert [packet.audio[: packet.size] for packet in run(buffer)] == [b"a" * 100 + b"b" * 60, b"b" * 40]


def test_audio_in_time_continues_the_run_and_late_audio_starts_one():
    buffer = PlaybackBuffer()
    outcomes = buffer.play(bytes(160), T0)
    outcomes += buffer.play(bytes(160), at(15))
    outcomes += buffer.play(bytes(160), at(40))  # exactly when the second packet ends
    outcomes += buffer.play(bytes(160), at(65))  # 5 ms of silence after the third
    outcomes += run(buffer)
    assert times(outcomes, Played) == [0, 20, 40, 65]


def test_a_mark_comes_back_when_all_bytes_before_it_have_finished_playing():
    buffer = PlaybackBuffer()
    buffer.play(bytes(320), T0)
    buffer.mark("even", T0)
    buffer.play(bytes(100), T0)
    buffer.mark("within a packet", T0)
    buffer.play(bytes(160), T0)
    buffer.mark("end", T0)
    echoes = [outcome for outcome in run(buffer) if isinstance(outcome, MarkEcho)]
    assert [echo.name for echo in echoes] == ["even", "within a packet", "end"]
    assert times(echoes, MarkEcho) == [40, 60, 80]
    assert not any(echo.cleared for echo in echoes)


def test_a_mark_waits_for_the_packet_being_heard_though_nothing_is_queued():
    buffer = PlaybackBuffer()
    buffer.play(bytes(160), T0)
    buffer.advance(T0)
    assert buffer.mark("m", at(5)) == []
    assert buffer.deadline() == pytest.approx(at(20))
    assert run(buffer) == [MarkEcho("m", pytest.approx(at(20)), cleared=False)]


def test_a_mark_into_an_empty_buffer_comes_back_at_once():
    buffer = PlaybackBuffer()
    assert buffer.mark("first", T0) == [MarkEcho("first", T0, cleared=False)]
    buffer.play(bytes(10), T0)
    run(buffer)
    assert buffer.mark("later", at(20)) == [MarkEcho("later", at(20), cleared=False)]
    assert buffer.deadline() is None


def test_clear_drops_the_bytes_and_returns_every_pending_mark_in_order_as_cleared():
    buffer = PlaybackBuffer()
    buffer.play(b"a" * 1600, T0)
    for name in ("x", "y", "x"):
        buffer.mark(name, T0)
    outcomes = buffer.clear(at(50))
    assert outcomes[3:] == [MarkEcho(name, at(50), cleared=True) for name in ("x", "y", "x")]
    assert times(outcomes[:3], Played) == [0, 20, 40]
    assert (buffer.queued_bytes, buffer.played_bytes, buffer.deadline()) == (0, 480, None)
    assert buffer.advance(at(1000)) == []


def test_clear_on_an_empty_buffer_is_harmless():
    buffer = PlaybackBuffer()
    assert buffer.clear(T0) == []
    buffer.play(b"a", at(1))
    assert times(run(buffer), Played) == [1]


def test_what_arrives_after_clear_follows_the_packet_being_heard():
    buffer = PlaybackBuffer()
    buffer.play(b"a" * 1600, T0)
    buffer.clear(at(30))
    outcomes = buffer.play(b"b" * 160, at(31)) + run(buffer)
    assert outcomes == [Played(pytest.approx(at(40)), b"b" * 160, 160)]


def test_a_mark_finished_at_the_instant_of_clear_was_played():
    buffer = PlaybackBuffer()
    buffer.play(bytes(160), 0.0)
    buffer.mark("m", 0.0)
    assert buffer.clear(0.02)[1:] == [MarkEcho("m", 0.02, cleared=False)]


def test_ten_minutes_may_be_queued_and_what_fits_is_kept():
    buffer = PlaybackBuffer()
    assert buffer.play(bytes(QUEUE_LIMIT - 10), T0) == []
    assert buffer.play(b"a" * 30, T0) == [Discarded(T0, 20, 31931)]
    assert buffer.queued_bytes == buffer.appended_bytes == QUEUE_LIMIT == 600 * 8000
    buffer.advance(T0)
    assert buffer.play(b"a" * 161, T0) == [Discarded(T0, 1)]


def test_heard_ms_counts_every_sample_between_packets_and_ahead_of_advance():
    buffer = PlaybackBuffer()
    buffer.play(bytes(400), T0)
    assert [buffer.heard_ms(at(ms)) for ms in (0, 7, 30, 49, 60, 1e6)] == pytest.approx(
        [0, 7, 30, 49, 50, 50]
    )
    buffer.advance(at(27))
    assert [buffer.heard_ms(at(ms)) for ms in (27, 33, 45, 49, 60, 1e6)] == pytest.approx(
        [27, 33, 45, 49, 50, 50]
    )
    assert buffer.played_bytes == 320


def test_heard_ms_of_a_range_leaves_out_what_was_cleared():
    """Two replies of 100 ms; the second is cut after 25 ms, and what follows it is heard whole."""
    buffer = PlaybackBuffer()
    buffer.play(bytes(800), T0)
    second = buffer.appended_bytes
    buffer.play(bytes(800), T0)
    buffer.clear(at(125))  # within the packet from 120 to 140, which is heard to its end
    third = buffer.appended_bytes
    buffer.play(bytes(80), at(300))
    assert buffer.heard_ms(at(125), second) == pytest.approx(25)
    run(buffer)
    assert buffer.heard_ms(at(400), 0, second) == pytest.approx(100)
    assert buffer.heard_ms(at(400), second, third) == pytest.approx(40)
    assert buffer.heard_ms(at(400), third) == pytest.approx(10)
    assert buffer.heard_ms(at(400)) == pytest.approx(150)
    assert buffer.played_bytes == 1200
