import base64

import numpy as np
import pytest

from benchmarks.voice import STEP, Levels, LevelsEar, Words, WordsEar, from_mulaw, from_pcm, mulaw


@pytest.fixture
def words():
    return Words(call=7)


def test_a_frame_is_160_bytes_and_no_two_are_alike(words):
    frames = [words.frame(number) for number in range(100)] + [Words(8).frame(0)]
    assert {len(base64.b64decode(frame, validate=True)) for frame in frames} == {160}
    assert len(set(frames)) == len(frames)


def test_frames_in_order_are_heard_one_by_one(words):
    ear = WordsEar(words)
    assert [ear.hear(words.frame(number)) for number in range(3)] == [(0,), (1,), (2,)]
    assert (ear.reordered, ear.damaged) == (0, 0)


def test_a_late_frame_is_reordered_and_not_lost(words):
    ear = WordsEar(words)
    assert [ear.hear(words.frame(number)) for number in (0, 2, 1, 3)] == [(0,), (2,), (1,), (3,)]
    assert ear.reordered == 1


@pytest.mark.parametrize("place", [0, 7, 15, 16, 100, 215])
def test_one_wrong_character_is_damage(words, place):
    frame = bytearray(words.frame(0))
    frame[place] = ord("9") if frame[place] != ord("9") else ord("8")
    ear = WordsEar(words)
    heard = ear.hear(bytes(frame))
    # A wrong digit of the number alone names another frame, which was never sent: it is lost all the same.
    assert ear.damaged == 1 or 0 not in heard


def test_another_calls_frame_is_damage(words):
    ear = WordsEar(words)
    assert ear.hear(Words(8).frame(0)) == ()
    assert ear.damaged == 1


def test_mulaw_levels_come_back_within_a_step():
    for level in range(-7, 8):
        payload = base64.b64encode(bytes([mulaw(level * STEP)]))
        assert abs(int(from_mulaw(payload)[0]) - level * STEP) < STEP * 0.2


@pytest.mark.parametrize("packet", [80, 160, 320])
def test_levels_are_told_apart_in_packets_of_any_size(packet):
    """Fifty frames, cut anew: each is heard once, in order."""
    voice, ear = Levels(), LevelsEar(from_mulaw, 8000)
    audio = b"".join(base64.b64decode(voice.frame(number)) for number in range(50))
    cuts = (audio[start : start + packet] for start in range(0, len(audio), packet))
    heard = [number for cut in cuts for number in ear.hear(base64.b64encode(cut))]
    assert heard == list(range(50))


def test_levels_survive_another_rate_and_skip_what_is_missing():
    voice, ear = Levels(), LevelsEar(from_pcm, 24000)
    samples = {number: np.repeat(from_mulaw(voice.frame(number)), 3) for number in range(30)}
    arrived = [number for number in range(30) if number not in (10, 11)]
    heard = [
        n for number in arrived for n in ear.hear(base64.b64encode(samples[number].astype("<i2").tobytes()))
    ]
    assert heard == arrived
