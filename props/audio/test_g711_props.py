import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.audio import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode

LAWS = pytest.mark.parametrize(
    ("encode", "decode"), [(ulaw_encode, ulaw_decode), (alaw_encode, alaw_decode)], ids=["mu-law", "A-law"]
)
SAMPLES = st.lists(st.integers(-32768, 32767)).map(lambda values: np.array(values, np.int16))


@LAWS
@given(samples=SAMPLES)
def test_coding_twice_changes_nothing_more(encode, decode, samples):
    once = decode(encode(samples))
    assert np.array_equal(decode(encode(once)), once)


@LAWS
@given(samples=SAMPLES)
def test_a_louder_sample_is_never_decoded_softer(encode, decode, samples):
    assert np.all(np.diff(decode(encode(np.sort(samples))).astype(np.int32)) >= 0)


@LAWS
@given(samples=SAMPLES)
def test_the_error_is_at_most_a_32nd_of_the_sample_plus_one_step(encode, decode, samples):
    """Intervals are a 16th of their segment wide; below the first segment a step is 8 in mu-law, 16 in A-law.
    Only the ends of the scale, 32636 and above in mu-law, are cut off: 644 there.
    """
    exact = samples.astype(np.int32)
    error = np.abs(decode(encode(samples)) - exact)
    assert np.all(error <= np.where(np.abs(exact) < 32000, np.abs(exact) / 32 + 16, 32768 - 32124))


@LAWS
@given(data=st.binary())
def test_bytes_and_samples_are_one_to_one_in_number(encode, decode, data):
    decoded = decode(data)
    assert decoded.shape == (len(data),)
    assert decoded.dtype == np.int16
    assert encode(decoded) in {data, data.replace(b"\x7f", b"\xff")}
