import numpy as np
import pytest

from twiliobridge.audio import Resampler, resample

RATES = [
    (16000, 8000),
    (24000, 8000),
    (48000, 8000),
    (44100, 8000),
    (8000, 16000),
    (8000, 24000),
    (8000, 44100),
]
EDGE = 400  # samples at each end of a whole signal, where the filter runs in and out


def tone(hz, rate, seconds=1.0):
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def streamed(samples, from_rate, to_rate):
    """Through a stream in chunks of 20 ms, the delay taken off."""
    stream = Resampler(from_rate, to_rate)
    chunk = from_rate // 50
    parts = [stream.feed(samples[i : i + chunk]) for i in range(0, len(samples), chunk)]
    return np.concatenate([*parts, stream.flush()])[stream.delay :]


def fit(samples, hz, rate):
    """The sine of `hz` nearest to the samples, and its amplitude."""
    angle = 2 * np.pi * hz * np.arange(len(samples)) / rate
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    weights = np.linalg.lstsq(basis, samples.astype(np.float64), rcond=None)[0]
    return basis @ weights, np.hypot(*weights)


def decibels(samples, reference):
    return 20 * np.log10(np.std(samples) / np.std(reference))


@pytest.mark.parametrize(("hz", "from_rate"), [(1000, 16000), (997, 16000), (1000, 24000), (997, 44100)])
def test_a_streamed_tone_keeps_90_db_of_signal_to_noise(hz, from_rate):
    heard = streamed(tone(hz, from_rate), from_rate, 8000)[EDGE:-EDGE]
    sine, _ = fit(heard, hz, 8000)
    assert decibels(sine, heard - sine) > 90


@pytest.mark.parametrize("from_rate", [16000, 24000, 44100, 48000])
def test_what_8_khz_cannot_carry_is_60_db_down(from_rate):
    """Unfiltered, 5 kHz would come back as 3 kHz."""
    for hz in (4400, 5000, 6500):
        sound = tone(hz, from_rate)
        assert decibels(streamed(sound, from_rate, 8000)[EDGE:-EDGE], sound) < -60


@pytest.mark.parametrize(("from_rate", "to_rate"), RATES)
def test_the_voice_band_is_level_to_a_tenth_of_a_decibel(from_rate, to_rate):
    for hz in range(300, 3401, 100):
        sound = tone(hz, from_rate, seconds=0.3)
        _, amplitude = fit(resample(sound, from_rate, to_rate)[EDGE:-EDGE], hz, to_rate)
        assert abs(20 * np.log10(amplitude / 0.5)) < 0.1


@pytest.mark.parametrize("to_rate", [16000, 24000, 48000])
def test_going_up_leaves_no_image_of_the_voice_above_4_khz(to_rate):
    """A tone at f has its images at 8000 - f, 8000 + f and so on: together at least 60 dB down."""
    for hz in (300, 1000, 3000, 3400):
        heard = streamed(tone(hz, 8000), 8000, to_rate)[3 * EDGE : -3 * EDGE]
        sine, _ = fit(heard, hz, to_rate)
        assert decibels(heard - sine, sine) < -60


@pytest.mark.parametrize(("from_rate", "to_rate"), RATES)
def test_the_delay_is_constant_and_as_promised(from_rate, to_rate):
    """A click comes out `delay` samples late wherever in the stream it is, 5 ms at the most."""
    stream = Resampler(from_rate, to_rate)
    assert stream.delay / to_rate <= 0.005
    chunk, period = from_rate // 100, to_rate // 100
    for _ in range(5):
        click = np.zeros(chunk, np.float32)
        click[0] = 1.0
        assert int(np.argmax(stream.feed(click))) == stream.delay
        assert len(stream.feed(np.zeros(chunk, np.float32))) == period


def test_20_ms_in_give_20_ms_out_from_the_first_chunk_on():
    """Nothing is held back in bursts: a frame of the microphone is a frame on the wire."""
    stream = Resampler(16000, 8000)
    assert [len(stream.feed(tone(440, 16000, 0.02))) for _ in range(10)] == [160] * 10


@pytest.mark.parametrize(("from_rate", "to_rate"), [*RATES, (11025, 8000), (8000, 8000)])
def test_a_whole_signal_has_the_rounded_length_and_is_not_late(from_rate, to_rate):
    for n in (0, 1, 2, 3, 159, 160, 161, 1000):
        assert len(resample(np.ones(n, np.float32), from_rate, to_rate)) == round(n * to_rate / from_rate)
    heard = resample(tone(500, from_rate, 0.5), from_rate, to_rate)
    assert np.allclose(heard[EDGE:-EDGE], tone(500, to_rate, 0.5)[EDGE : len(heard) - EDGE], atol=1e-4)


def test_equal_rates_pass_the_samples_unchanged():
    noise = np.random.default_rng(0).standard_normal(1000).astype(np.float32)
    assert np.array_equal(resample(noise, 8000, 8000), noise)


def test_rates_without_a_common_measure_cost_no_table():
    """44101 Hz would need 8000 phases of 353 taps each; the taps are computed instead, to the same sound."""
    heard = resample(tone(1000, 44101, 0.1), 44101, 8000)[200:-200]
    sine, _ = fit(heard, 1000, 8000)
    assert decibels(sine, heard - sine) > 80


def test_after_flush_the_stream_starts_anew():
    stream = Resampler(44100, 8000)
    noise = np.random.default_rng(0).standard_normal(1000).astype(np.float32)
    first, second = (np.concatenate([stream.feed(noise), stream.flush()]) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_rate_below_one_hertz_is_refused():
    with pytest.raises(ValueError, match="from 0 Hz to 8000 Hz"):
        Resampler(0, 8000)
