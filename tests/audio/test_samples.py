import numpy as np

from twiliobridge.audio import to_float, to_int16

EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)


def test_every_int16_survives_the_way_to_float_and_back():
    assert np.array_equal(to_int16(to_float(EVERY_SAMPLE)), EVERY_SAMPLE)


def test_beyond_full_scale_is_clipped_and_nan_is_silence():
    wild = np.array([1.0, 2.0, np.inf, -1.0, -7.0, -np.inf, np.nan], np.float32)
    assert to_int16(wild).tolist() == [32767, 32767, 32767, -32768, -32768, -32768, 0]
