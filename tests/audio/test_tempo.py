"""Speech faster or slower is longer or shorter, and sounds as high and as loud as before."""

import numpy as np
import pytest

from twiliobridge.audio import at_speed

SPEEDS = [0.25, 0.5, 0.8, 1.2, 1.5]
RATE = 8000


def tone(hertz, seconds=1.0):
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(RATE * seconds)) / RATE)).astype(np.float32)


def pitch(samples):
    """Hz of the loudest component, of the part that is away from the ends."""
    middle = samples[400:-400]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 2**16))
    return np.argmax(spectrum) * RATE / 2**16


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("hertz", [110, 440, 1000])
def test_a_tone_keeps_its_pitch_and_its_level_and_lasts_as_long_as_it_should(hertz, speed):
    changed = at_speed(tone(hertz), RATE, speed)
    assert len(changed) == pytest.approx(RATE / speed, abs=1)
    assert pitch(changed) == pytest.approx(hertz, abs=2)
    assert np.sqrt(np.mean(changed[400:-400] ** 2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_at_its_own_speed_it_is_what_it_was():
    sound = tone(440)
    assert at_speed(sound, RATE, 1.0) is sound


@pytest.mark.parametrize("count", [0, 1, 7, 100, 241])
@pytest.mark.parametrize("speed", SPEEDS)
def test_a_short_sound_is_one_too(count, speed):
    assert len(at_speed(tone(440)[:count], RATE, speed)) == round(count / speed)


def test_silence_stays_silent():
    assert not at_speed(np.zeros(RATE, np.float32), RATE, 1.5).any()


def test_no_speed_is_refused():
    with pytest.raises(ValueError, match="speed must be positive"):
        at_speed(tone(440), RATE, 0)
