import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.audio import RATE, Codec, WavError, read_wav, telephone, to_int16, write_wav

INT16 = st.integers(-32768, 32767)
RATES = st.integers(1000, 768_000)
SHAPES = st.sampled_from([(1, 8), (1, 12), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64), (6, 8), (7, 8)])
CHANNELS = st.sampled_from([1, 1, 2, 2, 3, 6, 0xFFFF])
SIZES = st.none() | st.sampled_from([0, 1, 3, 0x7FFFFFFF, 0xFFFFFFFF])  # None is the truth
LIES = st.sampled_from([b"\0", b"\x08", b"\0\0", b"\xfe\xff", b"\xff" * 4, b"\0" * 4]) | st.binary(
    min_size=1, max_size=4
)


def chunk(name, content, size):
    size = len(content) if size is None else size
    return name + struct.pack("<I", size) + content + b"\0" * (len(content) % 2)


@st.composite
def true_files(draw):
    """A header that fits together, any bytes as audio (NaN among them), sizes open or not, other chunks."""
    (tag, bits), channels, rate = draw(SHAPES), draw(CHANNELS), draw(RATES)
    fmt = struct.pack("<HHIIHH", tag, channels, rate, 0, 0, bits)
    other = [chunk(b"LIST", note, None) for note in draw(st.lists(st.binary(max_size=5), max_size=2))]
    data = chunk(b"data", draw(st.binary(min_size=48, max_size=200)), draw(SIZES))
    body = b"WAVE" + b"".join([*other, chunk(b"fmt ", fmt, None), *other, data, *other])
    return draw(st.sampled_from([b"RIFF", b"RF64"])) + struct.pack("<I", len(body)) + body


@st.composite
def lying_files(draw):
    """A true file with a few of its header bytes overwritten, cut short somewhere or not."""
    source = bytearray(draw(true_files()))
    for lie in draw(st.lists(LIES, max_size=3)):
        start = draw(st.integers(12, 60))
        source[start : start + len(lie)] = lie
    return bytes(source[: draw(st.just(len(source)) | st.integers(0, len(source)))])


@given(frames=st.lists(INT16, min_size=1), rate=RATES)
def test_what_was_written_is_read_again(frames, rate):
    samples = np.array(frames, np.int16)
    wav = read_wav(write_wav(samples, rate))
    assert (wav.codec, wav.bits, wav.channels, wav.rate) == (Codec.PCM, 16, 1, rate)
    assert np.array_equal(to_int16(wav.samples()), samples)


@given(frames=st.lists(st.tuples(INT16, INT16), min_size=1), rate=RATES)
def test_two_equal_channels_are_one(frames, rate):
    left = np.array(frames, np.int16)[:, :1]
    wav = read_wav(write_wav(np.repeat(left, 2, axis=1), rate))
    assert wav.channels == 2
    assert np.array_equal(to_int16(wav.samples()), left[:, 0])


@given(source=true_files() | lying_files() | st.binary())
def test_any_bytes_are_read_or_refused_by_name(source):
    """Nothing but WavError, in one line; a file that is read can be played, no more samples than bytes."""
    try:
        wav = read_wav(source)
    except WavError as refusal:
        assert "\n" not in str(refusal)  # noqa: PT017 - either outcome is lawful
        return
    samples = wav.samples()
    assert 0 < len(samples) <= len(source)
    assert np.all(np.abs(samples) <= 1)
    assert len(telephone(wav)) == round(len(samples) * RATE / wav.rate)


@given(position=st.integers(0, 43), byte=st.integers(0, 255))
def test_no_single_wrong_byte_of_a_header_does_more_than_be_refused(position, byte):
    source = bytearray(write_wav(np.arange(50).astype(np.int16), 16000))
    source[position] = byte
    test_any_bytes_are_read_or_refused_by_name.hypothesis.inner_test(bytes(source))
