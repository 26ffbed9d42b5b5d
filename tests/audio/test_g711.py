"""G.711 against two references: the decision and quantised values of the recommendation's tables, walked
through one by one, and CPython's audioop where it still exists.
"""

import warnings
from bisect import bisect_right

import numpy as np
import pytest

from twiliobridge.audio import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode

EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)
EVERY_CODE = bytes(range(256))


def decision_values(first, steps):
    """x_1, x_2 ... x_128: `first`, then 16 intervals of each width."""
    values = list(first)
    for width in steps:
        start = values[-1]
        values.extend(range(start + width, start + 16 * width + 1, width))
    return values


# Table 2a/G.711 in units of 1/8159 (14 bits), Table 1a/G.711 in units of 1/4096 (13 bits).
ULAW_DECISIONS = decision_values([0, *range(1, 32, 2)], [4, 8, 16, 32, 64, 128, 256])
ALAW_DECISIONS = decision_values([0], [2, 2, 4, 8, 16, 32, 64, 128])


def interval(decisions, magnitude):
    return min(bisect_right(decisions, magnitude) - 1, 127)


def quantised(decisions, code):
    return (decisions[code] + decisions[code + 1]) // 2


def reference_ulaw(sample):
    value = sample >> 2
    code = interval(ULAW_DECISIONS, abs(value))
    return 0xFF - code if value >= 0 else 0x7F - code


def reference_alaw(sample):
    value = sample >> 3
    sign, magnitude = (0x80, value) if value >= 0 else (0x00, ~value)
    return (sign | interval(ALAW_DECISIONS, magnitude)) ^ 0x55


def reference_ulaw_decoded(byte):
    code = 0x7F - (byte & 0x7F)
    magnitude = 4 * quantised(ULAW_DECISIONS, code) if code else 0
    return magnitude if byte & 0x80 else -magnitude


def reference_alaw_decoded(byte):
    magnitude = 8 * quantised(ALAW_DECISIONS, (byte ^ 0x55) & 0x7F)
    return magnitude if (byte ^ 0x55) & 0x80 else -magnitude


@pytest.fixture
def audioop():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return pytest.importorskip("audioop", reason="CPython 3.13 has no audioop")


def test_the_tables_end_at_the_virtual_decision_values():
    """The reference itself: 128 intervals, up to 8159 for mu-law and 4096 for A-law."""
    assert (len(ULAW_DECISIONS), ULAW_DECISIONS[-1]) == (129, 8159)
    assert (len(ALAW_DECISIONS), ALAW_DECISIONS[-1]) == (129, 4096)


def test_ulaw_encodes_every_sample_as_the_recommendation():
    assert ulaw_encode(EVERY_SAMPLE) == bytes(map(reference_ulaw, EVERY_SAMPLE.tolist()))


def test_alaw_encodes_every_sample_as_the_recommendation():
    assert alaw_encode(EVERY_SAMPLE) == bytes(map(reference_alaw, EVERY_SAMPLE.tolist()))


def test_every_code_is_decoded_as_the_recommendation():
    assert ulaw_decode(EVERY_CODE).tolist() == [reference_ulaw_decoded(code) for code in EVERY_CODE]
    assert alaw_decode(EVERY_CODE).tolist() == [reference_alaw_decoded(code) for code in EVERY_CODE]


def test_every_sample_and_code_agrees_with_audioop(audioop):
    linear = EVERY_SAMPLE.tobytes()
    assert ulaw_encode(EVERY_SAMPLE) == audioop.lin2ulaw(linear, 2)
    assert alaw_encode(EVERY_SAMPLE) == audioop.lin2alaw(linear, 2)
    assert ulaw_decode(EVERY_CODE).tobytes() == audioop.ulaw2lin(EVERY_CODE, 2)
    assert alaw_decode(EVERY_CODE).tobytes() == audioop.alaw2lin(EVERY_CODE, 2)


def test_a_code_survives_the_round_trip_except_negative_zero():
    assert ulaw_encode(ulaw_decode(EVERY_CODE)) == EVERY_CODE.replace(b"\x7f", b"\xff")
    assert alaw_encode(alaw_decode(EVERY_CODE)) == EVERY_CODE


def test_floats_are_refused():
    """Samples in -1.0..1.0 would all become near silence; they are a TypeError instead."""
    with pytest.raises(TypeError):
        ulaw_encode(np.zeros(1, np.float32))
    with pytest.raises(TypeError):
        alaw_encode(np.zeros(1, np.float32))
