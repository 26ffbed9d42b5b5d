"""Where in a recording somebody speaks. Every latency counts from there, not from the end of a file."""

import numpy as np

from twiliobridge.audio.format import FRAME_BYTES, FRAME_MS, SILENCE
from twiliobridge.audio.g711 import ulaw_decode

SPEECH_DBFS = -45.0
"Louder frames are speech; recordings begin and end in line noise far below."


def speech_frames(audio: bytes) -> list[int]:
    """Which frames of 20 ms of mu-law at 8 kHz are speech, by number: those above -45 dBFS."""
    whole = audio.ljust(-(-len(audio) // FRAME_BYTES) * FRAME_BYTES, bytes([SILENCE]))
    samples = ulaw_decode(whole).reshape(-1, FRAME_BYTES)
    power = np.square(samples, dtype=np.float64).mean(axis=1)
    threshold = (32767 * 10 ** (SPEECH_DBFS / 20)) ** 2
    return [int(each) for each in np.flatnonzero(power > threshold)]


def speech_ms(audio: bytes) -> tuple[float, float]:
    """Where in mu-law at 8 kHz the speech begins and where it ends, in ms; (0, 0) if there is none."""
    spoken = speech_frames(audio)
    return (spoken[0] * FRAME_MS, (spoken[-1] + 1) * FRAME_MS) if spoken else (0.0, 0.0)
