"""What the engines have freed is used again, whoever asks them."""

import subprocess
import sys
from pathlib import Path

import pytest

WHY = "the extra [offline] is not installed"
pytest.importorskip("moonshine_voice", reason=WHY)
pytest.importorskip("hibari", reason=WHY)

STATUS = Path("/proc/self/status")
LINES = Path(__file__).parents[2] / "audio_samples" / "banking"
THREADS = 6
MOST_MB = 20
"Measured: less than 1 MB; with each engine at work in the threads that ask it, 60 MB."
PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from twiliobridge.audio import RATE, read_wav, to_int16
from twiliobridge.offline.loading import load_engines

def resident():
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024

def work(_):
    for turn in turns:
        assert engines.recogniser.recognise(turn, RATE)
    assert list(engines.voice.speak("When was my last payment? I need to replace my card."))

engines = load_engines().engines
turns = [to_int16(read_wav(Path(name).read_bytes()).samples()) for name in sys.argv[2:]]
work(0)
before = resident()
with ThreadPoolExecutor(int(sys.argv[1])) as threads:
    list(threads.map(work, range(int(sys.argv[1]))))
print(resident() - before)
"""


@pytest.mark.skipif(not STATUS.exists(), reason="this system does not tell")
def test_engines_that_many_threads_ask_hold_no_more_than_one_thread_s():
    """In a process of its own, whose memory is nobody else's."""
    turns = [LINES / "need_to_replace_card.wav", LINES / "when_last_payment.wav"]
    command = [sys.executable, "-c", PROGRAM, str(THREADS), *map(str, turns)]
    grown = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    assert float(grown) < MOST_MB
