"""Turns are found in the audio alone: its chunks leave no trace, and its noise is not speech."""

import numpy as np
import pytest

from twiliobridge.conversation.vad import EnergyGate, SpeechStarted, SpeechStopped, TurnDetector

RATE = 8000


def noise(ms, dbfs, seed=1):
    amplitude = 32767 * 10 ** (dbfs / 20)
    return np.random.default_rng(seed).normal(0, amplitude, 8 * ms).clip(-32768, 32767).astype(np.int16)


def found(samples, chunk=160, **options):
    detector = TurnDetector(EnergyGate(), **options)
    return [
        turn
        for start in range(0, len(samples), chunk)
        for turn in detector.feed(samples[start : start + chunk])
    ]


def call(background, *, speech=-20.0):
    """1 s of background, 0.5 s of speech over it, 1 s of background."""
    sound = background[: 8 * 2500].astype(np.int32)
    sound[8000:12000] += noise(500, speech, seed=2)
    return sound.clip(-32768, 32767).astype(np.int16)


@pytest.mark.parametrize("chunk", [1, 33, 160, 161, 20000])
def test_the_chunks_leave_no_trace(chunk):
    samples = call(noise(2500, -60))
    assert found(samples, chunk) == found(samples)


@pytest.mark.parametrize("level", [-90, -60, -45, -35])
def test_speech_is_dated_to_its_onset_and_ends_after_its_silence(level):
    turns = found(call(noise(2500, level)), silence_ms=500)
    assert [type(turn) for turn in turns] == [SpeechStarted, SpeechStopped]
    assert turns[0].ms == pytest.approx(1000, abs=20)
    assert turns[1].ms == pytest.approx(2000, abs=80)


@pytest.mark.parametrize("level", [-90, -60, -40, -20, -6])
def test_steady_noise_is_no_speech_however_loud(level):
    assert found(noise(10_000, level)) == []


def test_a_click_is_no_speech():
    samples = noise(2000, -60)
    samples[8000:8160] = noise(20, -6)
    assert found(samples, speech_ms=80) == []


def test_a_pause_shorter_than_the_silence_does_not_end_a_turn():
    samples = np.concatenate(
        [noise(500, -70), noise(300, -20), noise(300, -70), noise(300, -20), noise(900, -70)]
    )
    assert [type(turn) for turn in found(samples, silence_ms=500)] == [SpeechStarted, SpeechStopped]
    assert len(found(samples, silence_ms=200)) == 4


def test_below_48_dbfs_nothing_is_speech():
    assert found(call(noise(2500, -80), speech=-50)) == []
    assert found(call(noise(2500, -80), speech=-44)) != []


@pytest.mark.parametrize(("threshold", "heard"), [(0.3, True), (0.5, True), (0.9, False)])
def test_a_higher_threshold_takes_louder_speech(threshold, heard):
    """0.1 is 1 dB over the noise: speech 6 dB over it is at about 0.7."""
    samples = np.concatenate([noise(1000, -40), noise(1000, -34), noise(100, -40)])
    assert bool(found(samples, threshold=threshold)) is heard
