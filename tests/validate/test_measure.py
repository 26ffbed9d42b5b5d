"""Measurements, on sound whose answer is known."""

import numpy as np
import pytest
from judged import MATERIAL

from twiliobridge.audio import silence, ulaw_decode, ulaw_encode
from twiliobridge.validate.measure import (
    Piece,
    clipped_ratio,
    dead_air_s,
    on_one_clock,
    overlap_ms,
    pacing_errors_ms,
    silence_ratio,
)
from twiliobridge.validate.metric import Metric
from twiliobridge.validate.spectrum import compare, is_noise

SPEECH = MATERIAL.long_question.audio


def tone(ms, amplitude=8000):
    at = np.arange(ms * 8) / 8000
    return ulaw_encode((amplitude * np.sin(2 * np.pi * 440 * at)).astype(np.int16))


def test_dead_air_is_the_longest_time_without_anybody():
    """Overlapping speech does not end a silence that has not begun."""
    sides = [Piece(1.0, tone(1000)), Piece(1.2, tone(100)), Piece(4.5, tone(500))]
    assert dead_air_s(sides, 0.0, 5.0) == 2.5
    assert dead_air_s(sides[:1], 0.0, 5.0) == 3.0


def test_what_is_heard_between_two_times():
    assert overlap_ms([Piece(1.0, tone(1000)), Piece(3.0, tone(100))], 1.5, 3.05) == pytest.approx(550)


def test_both_sides_are_on_one_clock():
    assert on_one_clock(10.0, [Piece(10.1, b"ab"), Piece(10.2, b"c")]) == (
        b"\xff" * 800 + b"ab" + b"\xff" * 798 + b"c"
    )


def test_silence_and_clipping_are_shares():
    assert silence_ratio(tone(100) + silence(300)) == 0.75
    assert clipped_ratio(tone(100)) == 0
    assert clipped_ratio(ulaw_encode(np.full(800, 32767, np.int16))) == 1


def test_frames_are_late_against_the_schedule_and_not_each_other():
    assert pacing_errors_ms([5.0, 5.025, 5.04]) == pytest.approx([0, 5, 0])


def test_noise_and_a_wrong_rate_are_told_from_speech():
    pcm = ulaw_decode(SPEECH).astype("<i2").tobytes()
    slow = bytes(np.repeat(np.frombuffer(SPEECH, np.uint8), 2))
    assert "PCM" in is_noise(pcm)
    assert is_noise(SPEECH) == ""
    assert is_noise(silence(1000)) == ""
    assert "wrong sample rate" in compare(slow, SPEECH)
    assert compare(SPEECH, SPEECH) == ""


def test_percentiles_are_values_that_were_measured():
    """And where there are few, none: the 90th and the 95th need 20 samples, the median 5."""
    few, many = (
        Metric(name="m", unit="ms", definition="", values=tuple(range(1, count + 1))) for count in (19, 20)
    )
    assert (few.p50, few.p90, few.p95, few.maximum) == (10, None, None, 19)
    assert (many.p50, many.p90, many.p95) == (10, 18, 19)
