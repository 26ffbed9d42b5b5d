"""The voice says the same words with the same bytes, loud enough for a telephone, and fails on no text."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from twiliobridge.audio import RATE, dbfs, level, peak, resample, to_float

pytest.importorskip("hibari", reason="the extra [offline] is not installed")

from twiliobridge.offline.voice import HibariVoice

LONG = "Your gold card is blocked, and a new one is on its way. Is there anything else?"


@pytest.fixture(scope="module")
def voice():
    return HibariVoice()


def spoken(voice, text):
    return np.concatenate([np.zeros(0, np.int16), *voice.speak(text)])


def test_the_same_words_are_the_same_bytes(voice):
    """Said again, said by another instance, or after other words: a sentence sounds one way."""
    said = spoken(voice, LONG)
    assert np.array_equal(spoken(voice, LONG), said)
    assert np.array_equal(spoken(HibariVoice(), LONG), said)
    assert np.array_equal(spoken(voice, "Is there anything else?"), list(voice.speak(LONG))[1])


def test_threads_that_share_the_voice_say_their_own_words(voice):
    """Two calls at once sound as each would alone."""
    texts = [LONG, "One moment.", "Thank you for calling, goodbye.", "Was it lost, stolen, or damaged?"] * 3
    alone = [spoken(voice, text) for text in texts]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda text: spoken(voice, text), texts))
    assert all(map(np.array_equal, together, alone))


def test_it_speaks_sentence_by_sentence(voice):
    """The first sentence is there before the second is made, so that a reply can be cut between them."""
    sentences = voice.speak(LONG)
    assert next(sentences).size
    assert len(list(sentences)) == 1


def test_it_is_loud_enough_and_not_clipped(voice):
    """Between -22 and -16 dBFS RMS, and no sample at full scale; it begins within 60 ms."""
    said = spoken(voice, LONG)
    assert -22 <= dbfs(level(said)) <= -16
    assert peak(said) < 1
    assert np.flatnonzero(np.abs(to_float(said)) > 0.01)[0] < 0.060 * voice.rate


def test_the_telephone_gets_no_alias_of_it(voice):
    """At 8 kHz the spectrum up to 3400 Hz is the one it had at 24 kHz: what was above 4 kHz is gone."""
    wide = to_float(spoken(voice, "She sells six silver scissors."))
    wide = wide[: len(wide) // 3 * 3]
    narrow = resample(wide, voice.rate, RATE)
    before, after = np.fft.rfft(wide) / len(wide), np.fft.rfft(narrow) / len(narrow)
    band = slice(0, int(3400 * len(narrow) / RATE))
    high = np.abs(before[len(after) :])
    folded = np.linalg.norm(before[band] - after[band])
    assert np.linalg.norm(high) > 0.1 * np.linalg.norm(before[band])  # there is something to fold
    assert folded < 1e-3 * np.linalg.norm(high)


@pytest.mark.parametrize("text", ["", "  ", "\n", "...", "?!", "\N{TELEPHONE RECEIVER}", "€", "\x00"])
def test_a_text_without_words_is_no_sound(voice, text):
    """Not even a breath of it."""
    assert list(voice.speak(text)) == []


@pytest.mark.parametrize("text", ["1" * 40, "日本語", "Привет", "a" * 300])
def test_a_text_that_cannot_be_pronounced_is_no_error(voice, text):
    """It may be silent or nonsense; a sentence beside it is spoken all the same."""
    assert spoken(voice, text + ". Hello.").size >= spoken(voice, "Hello.").size


def test_speaking_tells_nobody(tmp_path):
    """The library below the engine would report its use, and keeps in the user's home what it is to send."""
    speak = "from twiliobridge.offline.voice import HibariVoice; HibariVoice()"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    command = [sys.executable, "-c", speak]
    subprocess.run(command, env=environ | {"HOME": str(tmp_path)}, check=True)  # noqa: S603 -- our own words
    assert list(tmp_path.rglob("*")) == []
