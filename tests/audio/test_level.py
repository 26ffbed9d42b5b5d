import math

import numpy as np
import pytest

from twiliobridge.audio import dbfs, level, peak


def test_level_is_the_root_mean_square_of_int16_over_32767():
    assert level(np.array([3, -4, 0, 0], np.int16)) == 2.5 / 32767
    assert level(np.full(160, 32767, np.int16)) == 1.0
    assert level(np.full(160, -32767, np.int16)) == 1.0


def test_a_full_scale_sine_is_3_db_down():
    sine = np.rint(32767 * np.sin(2 * np.pi * np.arange(160) / 16)).astype(np.int16)
    assert dbfs(level(sine)) == pytest.approx(-3.01, abs=0.01)


def test_no_samples_are_silence():
    nothing = np.zeros(0, np.int16)
    assert level(nothing) == peak(nothing) == 0.0
    assert dbfs(level(nothing)) == -math.inf


def test_peak_counts_the_most_negative_sample_as_positive():
    assert peak(np.array([5, -32768], np.int16)) == 32768 / 32767
