"""Each call has a noise of its own, which nobody hears, and which is known again however it is transcoded."""

import numpy as np
import pytest

from twiliobridge.audio import (
    AudioFormat,
    Resampler,
    dbfs,
    level,
    to_float,
    to_int16,
    ulaw_decode,
    ulaw_encode,
)
from twiliobridge.validate.line_noise import carries, line_noise

OWN, OTHER = line_noise("MZ" + "1" * 32), line_noise("MZ" + "2" * 32)
SECOND = 50


def resampled(audio, rate):
    return to_int16(Resampler(8000, rate).feed(to_float(ulaw_decode(audio))))


def to_pcm(audio):
    return AudioFormat.PCM, resampled(audio, 24000).astype("<i2").tobytes()


def to_pcm_by_lines(audio):
    """Linear interpolation, as `audioop.ratecv` does it."""
    samples = ulaw_decode(audio).astype(float)
    moments = np.arange(len(samples) * 3) / 3
    return AudioFormat.PCM, np.interp(moments, np.arange(len(samples)), samples).astype("<i2").tobytes()


def to_alaw(audio):
    return AudioFormat.PCMA, AudioFormat.PCMA.encode(ulaw_decode(audio))


def there_and_back(audio):
    """By way of 16 kHz, and louder."""
    down = Resampler(16000, 8000).feed(to_float(resampled(audio, 16000)))
    return AudioFormat.PCMU, ulaw_encode(to_int16(down * 2))


def as_it_is(audio):
    return AudioFormat.PCMU, audio


@pytest.mark.parametrize("passed", [as_it_is, to_pcm, to_pcm_by_lines, to_alaw, there_and_back])
def test_the_noise_of_a_call_is_found_and_that_of_another_is_not(passed):
    """Half a second of it, begun in the midst of a frame."""
    form, audio = passed((OWN * SECOND)[77:][: 160 * 25])
    assert carries(audio, form, OWN)
    assert not carries(audio, form, OTHER)


def test_one_frame_that_was_passed_on_is_enough():
    assert carries(b"\x10" * 40 + OWN + b"\x10" * 40, AudioFormat.PCMU, OWN)


@pytest.mark.parametrize("audio", [b"", b"\xff" * 8000, ulaw_encode(to_int16(np.sin(np.arange(8000) * 0.3)))])
def test_silence_and_speech_carry_nobody_s_noise(audio):
    assert not carries(audio, AudioFormat.PCMU, OWN)


def test_noise_of_no_call_is_nobody_s():
    """White noise as loud as a call's own."""
    noise = np.random.default_rng(0).choice([-8, 8], 8000).astype(np.int16)
    assert not carries(AudioFormat.PCMU.encode(noise), AudioFormat.PCMU, OWN)


def test_pcm_that_ends_in_half_a_sample_is_heard_up_to_there():
    form, audio = to_pcm(OWN * SECOND)
    assert carries(audio[:-1], form, OWN)


def test_it_is_too_quiet_to_be_heard_and_is_no_silence():
    assert dbfs(level(ulaw_decode(OWN))) == pytest.approx(-72, abs=1)
    assert OWN != OTHER
