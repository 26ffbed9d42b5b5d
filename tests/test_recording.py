"""A recording has both sides of a call on one clock."""

import numpy as np
import pytest

from twiliobridge import recording
from twiliobridge.audio import RATE, read_wav, silence, ulaw_decode, ulaw_encode
from twiliobridge.recording import CallRecording

FRAME = ulaw_encode(np.arange(-8000, 8000, 100, dtype=np.int16))


def columns(wav: bytes):
    read = read_wav(wav)
    return np.frombuffer(read.data, "<i2").reshape(-1, read.channels)


def test_what_was_heard_at_one_time_is_at_one_place_in_both_channels():
    """Audio at t seconds begins at sample (t - began) * 8000; the caller is left, the agent right."""
    tape = CallRecording(began=100.0)
    tape.caller_said(100.5, FRAME)
    tape.agent_heard(100.75, FRAME)
    stereo = columns(tape.to_wav())
    assert stereo.shape == (RATE * 3 // 4 + len(FRAME), 2)
    assert (stereo[RATE // 2 :, 0][: len(FRAME)] == ulaw_decode(FRAME)).all()
    assert (stereo[RATE * 3 // 4 :, 1] == ulaw_decode(FRAME)).all()
    assert np.count_nonzero(stereo) == 2 * np.count_nonzero(ulaw_decode(FRAME))


def test_each_side_alone_is_its_channel_of_both():
    """Mono files are as long as the stereo file, sample for sample."""
    tape = CallRecording(began=0.0)
    tape.caller_said(0.04, FRAME)
    tape.agent_heard(0.0, FRAME)
    stereo = columns(tape.to_wav())
    assert (columns(tape.caller_wav())[:, 0] == stereo[:, 0]).all()
    assert (columns(tape.agent_wav())[:, 0] == stereo[:, 1]).all()
    assert tape.duration_ms == 60


def test_pieces_may_come_in_any_order_and_size():
    """Where a piece lies depends on its time alone; frames of 20 ms give what one piece gives."""
    tape, whole = CallRecording(0.0), CallRecording(0.0)
    for number in (2, 0, 1):
        tape.agent_heard(number * 0.02, FRAME)
    whole.agent_heard(0.0, FRAME * 3)
    assert tape.to_wav() == whole.to_wav()


def test_memory_is_bounded(monkeypatch):
    """What comes after the bound is not kept, however late it is; a piece across the bound is cut there."""
    monkeypatch.setattr(recording, "LONGEST_MS", 1000)
    tape = CallRecording(0.0)
    tape.caller_said(0.99, FRAME)
    tape.agent_heard(1e6, FRAME)
    assert tape.duration_ms == 1000


def test_audio_from_before_the_recording_is_refused():
    with pytest.raises(ValueError, match=r"0\.500 s before the recording began"):
        CallRecording(began=1.0).caller_said(0.5, silence(20))


def test_an_empty_recording_is_an_empty_file_and_no_error():
    assert len(CallRecording(0.0).to_wav()) == 44
