"""Frames come when they come, and leave every 20 ms."""

import pytest

from twiliobridge.audio import silence
from twiliobridge.caller.live.mouthpiece import LONGEST, PATIENCE, RESERVE, Mouthpiece
from twiliobridge.caller.live.voice import VoiceFrame

QUIET = silence(20)


def frame(number, level=0.5, at=0.0):
    return VoiceFrame(bytes([number % 200]) * 160, level, at)


@pytest.fixture
def left():
    return []


@pytest.fixture
def mouthpiece(left):
    return Mouthpiece(lambda frame, now: left.append((frame, now)))


def test_frames_leave_in_order_behind_the_reserve(mouthpiece, left):
    """Nothing leaves until the reserve waits; from then on jitter of as much is not heard."""
    mouthpiece.offer(frame(1, at=0.01))
    assert mouthpiece.frame(0.02) == QUIET
    mouthpiece.offer(frame(2))
    assert mouthpiece.frame(0.04) == frame(1).audio
    assert mouthpiece.frame(0.06) == frame(2).audio
    assert [now for _, now in left] == [0.04, 0.06]
    assert mouthpiece.delays.spread().greatest == pytest.approx(60)
    assert (mouthpiece.sent, mouthpiece.missing) == (2, 0)


def test_what_did_not_come_in_time_is_silence_and_counted_once(mouthpiece):
    for number in range(RESERVE):
        mouthpiece.offer(frame(number))
    frames = [mouthpiece.frame(0) for _ in range(RESERVE + 3)]
    assert frames[RESERVE:] == [QUIET] * 3
    assert mouthpiece.missing == 1


def test_what_is_late_is_dropped_oldest_first(mouthpiece):
    for number in range(LONGEST + 3):
        mouthpiece.offer(frame(number))
    assert mouthpiece.frame(0) == frame(3).audio
    assert mouthpiece.late == 3


def test_a_fast_microphone_is_met_in_pauses(mouthpiece):
    """Of frames that pile up for a second, a quiet one is left out; a loud one never is."""
    for number in range(RESERVE + 3):
        mouthpiece.offer(frame(number))
    for number in range(PATIENCE + 10):
        mouthpiece.offer(frame(number, level=0.5))
        mouthpiece.frame(0)
    assert mouthpiece.skipped == 0
    for number in range(RESERVE + 6):
        mouthpiece.offer(frame(number, level=0.001))
        mouthpiece.frame(0)
    assert mouthpiece.skipped == 1


def test_a_burst_is_no_drift(mouthpiece):
    """Five quiet frames at once, and then none for as long: all leave."""
    for number in range(RESERVE + 5):
        mouthpiece.offer(frame(number, level=0.0))
    for number in range(RESERVE + 5):
        assert mouthpiece.frame(0) == frame(number).audio
