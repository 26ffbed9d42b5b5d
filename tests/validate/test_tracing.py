"""What of an item was heard is found by its bytes."""

import numpy as np

from twiliobridge.validate.tracing import Cut, Delta, Play, heard_ms, trace

RANDOM = np.random.default_rng(1)


def sound(ms):
    return RANDOM.integers(0, 256, ms * 8, dtype=np.uint8).tobytes()


def plays(*pieces):
    position, found = 0, []
    for audio in pieces:
        found.append(Play(0.0, position, audio))
        position += len(audio)
    return found


def test_what_was_cut_is_not_heard():
    """Two items, the second cut in its middle, sent in other pieces than it came."""
    one, two = sound(500), sound(400)
    deltas = [Delta(0, "one", one[:2000]), Delta(0, "one", one[2000:]), Delta(0, "two", two)]
    whole = one + two
    traced = trace(deltas, plays(whole[:160], whole[160:4400], whole[4400:]))
    cuts = [Cut(1.0, len(one) + 1600, len(whole))]
    assert heard_ms(traced, cuts, "one", len(whole)) == 500
    assert heard_ms(traced, cuts, "two", len(whole)) == 200


def test_what_came_after_a_moment_was_not_heard_by_then():
    one = sound(500)
    traced = trace([Delta(0, "one", one)], plays(one))
    assert heard_ms(traced, [], "one", 800) == 100


def test_dropped_beginnings_and_headers_are_noticed():
    """Offsets are those of the item, not of what came of it."""
    one = sound(500)
    (dropped,) = trace([Delta(0, "one", one)], plays(one[1600:]))
    assert (dropped.begin, dropped.end, dropped.offset) == (0, 2400, 1600)
    (headed,) = trace([Delta(0, "one", one)], plays(b"RIFF".ljust(44) + one))
    assert (headed.begin, headed.end, headed.offset) == (44, 4044, 0)


def test_what_the_model_never_said_is_not_traced():
    assert trace([Delta(0, "one", sound(500))], plays(sound(500))) == []
