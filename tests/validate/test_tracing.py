"""What of an item was heard is found by its bytes, and if they are others, by its sound."""

import numpy as np
import pytest
from judged import FOLDER

from twiliobridge.audio import (
    AudioFormat,
    resample,
    speech_frames,
    speech_ms,
    to_float,
    to_int16,
    ulaw_decode,
)
from twiliobridge.caller.recordings import read_audio
from twiliobridge.validate.line_noise import line_noise
from twiliobridge.validate.tracing import Cut, Delta, Play, trace, trace_words

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
    assert traced.heard_ms(cuts, "one", len(whole)) == 500
    assert traced.heard_ms(cuts, "two", len(whole)) == 200


def test_what_came_after_a_moment_was_not_heard_by_then():
    one = sound(500)
    traced = trace([Delta(0, "one", one)], plays(one))
    assert traced.heard_ms([], "one", 800) == 100


def test_dropped_beginnings_and_headers_are_noticed():
    """Offsets are those of the item, not of what came of it."""
    one = sound(500)
    (dropped,) = trace([Delta(0, "one", one)], plays(one[1600:])).pieces
    assert (dropped.begin, dropped.end, dropped.offset) == (0, 2400, 1600)
    (headed,) = trace([Delta(0, "one", one)], plays(b"RIFF".ljust(44) + one)).pieces
    assert (headed.begin, headed.end, headed.offset) == (44, 4044, 0)


def test_what_the_model_never_said_is_not_traced():
    assert trace([Delta(0, "one", sound(500))], plays(sound(500))).pieces == []


def test_a_bridge_that_passes_bytes_on_is_traced_to_the_byte():
    one = sound(500)
    assert trace([Delta(0, "one", one)], plays(one)).precision_ms == 0
    assert trace([Delta(0, "one", one)], plays(one[:3992])).missing_ms() == 1


@pytest.mark.parametrize("form", [AudioFormat.PCM, AudioFormat.PCMA])
def test_a_bridge_that_transcodes_is_traced_by_sound(form):
    """Two items; the second cut 200 ms after its first word began: so much of it was heard, within 20 ms."""
    one, two = (read_audio(FOLDER / f"{name}.wav") for name in ("i_lost_it", "tell_me_about_your_bank"))
    deltas = [Delta(0, name, transcoded(audio, form), form) for name, audio in (("one", one), ("two", two))]
    traced = trace(deltas, plays(one + two))
    word = round(speech_ms(two)[0]) * 8
    cuts = [Cut(1.0, len(one) + word + 1600, len(one) + len(two))]
    assert traced.precision_ms == 20
    assert traced.heard_ms(cuts, "one", len(one + two)) == pytest.approx(len(one) / 8, abs=20)
    assert traced.heard_ms(cuts, "two", len(one + two)) == pytest.approx(word / 8 + 200, abs=20)
    assert traced.missing_ms() == 0
    assert trace(deltas, plays(one)).missing_ms() == pytest.approx(len(speech_frames(two)) * 20, abs=40)


def transcoded(audio, form):
    return form.encode(to_int16(resample(to_float(ulaw_decode(audio)), 8000, form.rate)))


def test_the_words_of_a_caller_are_found_in_what_reached_the_model():
    said = read_audio(FOLDER / "tell_me_about_your_bank.wav")
    noise = line_noise("MZ1") * 50
    exact = trace_words(said, noise + said + noise, AudioFormat.PCMU)
    assert (exact.precision_ms, exact.missing_ms()) == (0, 0)
    resampled = trace_words(said, transcoded(noise + said + noise, AudioFormat.PCM), AudioFormat.PCM)
    assert (resampled.precision_ms, resampled.missing_ms()) == (20, 0)
    deaf = trace_words(said, transcoded(noise + said[:8000], AudioFormat.PCM), AudioFormat.PCM)
    assert deaf.missing_ms() == pytest.approx(len(speech_frames(said[8000:])) * 20, abs=40)
