import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.audio import Framer, Resampler, resample

COMMON_RATES = st.sampled_from([8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000])
RATES = st.tuples(COMMON_RATES, COMMON_RATES) | st.just((44101, 8000))
CHUNK_SIZES = st.lists(st.sampled_from([0, 1, 2, 3, 7, 159, 160, 161, 320, 441, 960]), max_size=12)


def cut(whole, sizes):
    """Consecutive pieces of the given sizes, some of them empty, and the rest."""
    pieces, start = [], 0
    for size in sizes:
        pieces.append(whole[start : start + size])
        start += size
    return [*pieces, whole[start:]]


@given(data=st.binary(max_size=2000), size=st.integers(1, 400), sizes=CHUNK_SIZES)
def test_frames_do_not_depend_on_the_chunks(data, size, sizes):
    whole, cut_up = Framer(size), Framer(size)
    frames = whole.feed(data) + whole.flush()
    assert [f for piece in cut(data, sizes) for f in cut_up.feed(piece)] + cut_up.flush() == frames
    assert b"".join(frames)[: len(data)] == data
    assert all(len(frame) == size for frame in frames)
    assert len(frames) == -(-len(data) // size)


@given(rates=RATES, sizes=CHUNK_SIZES, seed=st.integers(0, 9), n=st.integers(0, 1500))
def test_resampled_sound_does_not_depend_on_the_chunks_to_the_bit(rates, sizes, seed, n):
    sound = np.random.default_rng(seed).standard_normal(n).astype(np.float32)
    stream = Resampler(*rates)
    heard = np.concatenate([*(stream.feed(piece) for piece in cut(sound, sizes)), stream.flush()])
    assert heard[stream.delay :].tobytes() == resample(sound, *rates).tobytes()


@given(rates=st.tuples(COMMON_RATES, COMMON_RATES), n=st.integers(1, 300), seed=st.integers(0, 9))
def test_one_sample_at_a_time_is_the_same_sound(rates, n, seed):
    sound = np.random.default_rng(seed).standard_normal(n).astype(np.float32)
    stream, whole = Resampler(*rates), Resampler(*rates)
    assert (
        np.concatenate([stream.feed(sound[i : i + 1]) for i in range(n)]).tobytes()
        == whole.feed(sound).tobytes()
    )


@given(rates=RATES, sizes=CHUNK_SIZES)
def test_the_stream_is_never_ahead_and_never_behind_by_more_than_a_sample(rates, sizes):
    """After m samples in, ceil(m * to / from) are out: what is not yet out is not yet due."""
    from_rate, to_rate = rates
    stream = Resampler(from_rate, to_rate)
    fed = given_back = 0
    for size in sizes:
        fed += size
        given_back += len(stream.feed(np.zeros(size, np.float32)))
        assert given_back == -(-fed * to_rate // from_rate)
