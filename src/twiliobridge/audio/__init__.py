"""Sound: numpy and nothing else of the package."""

from twiliobridge.audio.format import FRAME_BYTES, FRAME_MS, RATE, SILENCE, AudioFormat, silence
from twiliobridge.audio.frames import Framer
from twiliobridge.audio.g711 import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode
from twiliobridge.audio.level import dbfs, level, peak
from twiliobridge.audio.resample import Resampler, resample
from twiliobridge.audio.samples import Float32, Int16, to_float, to_int16
from twiliobridge.audio.speech import SPEECH_DBFS, speech_frames, speech_ms
from twiliobridge.audio.tempo import at_speed
from twiliobridge.audio.wav import Codec, Wav, WavError, read_wav, telephone, telephone_pieces, write_wav

__all__ = [
    "FRAME_BYTES",
    "FRAME_MS",
    "RATE",
    "SILENCE",
    "SPEECH_DBFS",
    "AudioFormat",
    "Codec",
    "Float32",
    "Framer",
    "Int16",
    "Resampler",
    "Wav",
    "WavError",
    "alaw_decode",
    "alaw_encode",
    "at_speed",
    "dbfs",
    "level",
    "peak",
    "read_wav",
    "resample",
    "silence",
    "speech_frames",
    "speech_ms",
    "telephone",
    "telephone_pieces",
    "to_float",
    "to_int16",
    "ulaw_decode",
    "ulaw_encode",
    "write_wav",
]
