"""Speaking without an engine: one recording for each sentence of the script that ships, in `prerendered/`.

`audio_samples/make_prerendered.py` makes them, in the voice that the extra `[offline]` speaks with.
"""

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import RATE, read_wav, telephone, ulaw_decode
from twiliobridge.offline.words import normalised, sentences

Int16 = npt.NDArray[np.int16]

FOLDER = Path(__file__).with_name("prerendered")


class PrerenderedVoice:
    """Plays the recordings in a folder, an `engines.Voice`. All are read at once, and looked up later."""

    name = "pre-rendered replies"
    rate = RATE

    def __init__(self, folder: Path = FOLDER) -> None:
        self._recorded = {path.name: telephone(read_wav(path.read_bytes())) for path in folder.glob("*.wav")}

    def can_say(self, text: str) -> bool:
        """Whether every sentence of it was recorded."""
        return bool(text) and all(recording(sentence) in self._recorded for sentence in sentences(text))

    def speak(self, text: str) -> Iterator[Int16]:
        """int16 samples at 8 kHz, one array for each sentence that was recorded; the others are left out."""
        for name in map(recording, sentences(text)):
            if name in self._recorded:
                yield ulaw_decode(self._recorded[name])


def recording(sentence: str) -> str:
    """The file that holds this sentence: its first words, and a checksum of all of them."""
    words = normalised(sentence)
    return f"{'-'.join(words.split()[:5])}-{crc32(words.encode()):08x}.wav"
