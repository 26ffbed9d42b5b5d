"""Speaking with a native engine: hibari. The extra `[offline]`.

Importing this file loads the engine's libraries: ImportError, or OSError on a platform without them.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

# What speaks here is offline: onnxruntime 1.31, on which hibari runs, else reports its use to its maker.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from hibari import Hibari

from twiliobridge.audio import to_int16

Int16 = npt.NDArray[np.int16]

_GAIN = 2.0  # +6 dB: it speaks at -27 dBFS RMS, with peaks of -6.6 dBFS
_LEAD_MS, _TAIL_MS = (
    40,
    200,
)  # of silence kept around a sentence: it comes with 300 and 430, and the caller waits
_SILENT = 0.003  # of full scale, before the gain: nothing that is louder is cut off
_SEED = 0  # of the breath in the voice: the same sentence is the same bytes, on the same machine


class HibariVoice:
    """English text to speech, an `engines.Voice`: about 30 ms for a sentence of 2 s.

    One instance serves any number of threads, a sentence at a time, on a thread of its own: malloc keeps what
    was freed apart for each thread.
    """

    name = "hibari heart"
    rate = 24000

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "voice")
        self._engine = self._thread.submit(Hibari).result()
        list(self.speak("Hello."))  # the pronunciation rules load with the first word, and not in two threads

    def can_say(self, text: str) -> bool:
        """It says whatever has letters or digits."""
        return any(character.isalnum() for character in text)

    def speak(self, text: str) -> Iterator[Int16]:
        """int16 samples at 24 kHz, an array for each sentence, made when asked for; none for no words."""
        for sentence in self._engine.split_sentences(text):
            if self.can_say(sentence):
                yield self._thread.submit(self._spoken, sentence).result()

    def _spoken(self, sentence: str) -> Int16:
        try:
            sound = self._engine(sentence, seed=_SEED)
        except (ArithmeticError, LookupError, ValueError):
            # Numbers of some forty digits, and whatever else its pronunciation rules do not foresee.
            return np.zeros(0, np.int16)
        return to_int16(np.float32(_GAIN) * _trimmed(sound))


def _trimmed(sound: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    speech = np.flatnonzero(np.abs(sound) > _SILENT)
    if not speech.size:
        return sound[:0]
    lead, tail = (HibariVoice.rate * ms // 1000 for ms in (_LEAD_MS, _TAIL_MS))
    return sound[max(0, speech[0] - lead) : speech[-1] + tail]
