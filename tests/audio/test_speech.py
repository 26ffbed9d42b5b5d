"""Speech within a recording: frames of 20 ms above -45 dBFS."""

import numpy as np
import pytest

from twiliobridge.audio import silence, speech_frames, speech_ms, ulaw_encode


def tone(ms, dbfs=-12.0):
    """A sine whose RMS is at that level."""
    at = np.arange(ms * 8) / 8000
    amplitude = 32767 * 10 ** (dbfs / 20) * np.sqrt(2)
    return ulaw_encode((amplitude * np.sin(2 * np.pi * 400 * at)).astype(np.int16))


def test_speech_is_found_within_silence():
    assert speech_ms(silence(100) + tone(200) + silence(60)) == (100, 300)


@pytest.mark.parametrize("audio", [b"", silence(100)])
def test_silence_has_no_speech(audio):
    assert speech_ms(audio) == (0, 0)
    assert speech_frames(audio) == []


def test_what_lies_between_two_words_is_within_the_speech():
    assert speech_ms(tone(40) + silence(500) + tone(40)) == (0, 580)


@pytest.mark.parametrize(("dbfs", "speech"), [(-44, True), (-46, False)])
def test_line_noise_is_no_speech(dbfs, speech):
    """A decibel on either side of the threshold."""
    assert bool(speech_frames(tone(100, dbfs))) is speech


def test_a_last_frame_that_is_not_whole_counts():
    assert speech_ms(tone(50)) == (0, 60)
