"""What a caller says here: twenty milliseconds of a tone, or of silence, in base64."""

import base64
from math import pi

import numpy as np

from twiliobridge.audio import FRAME_MS, RATE, silence, ulaw_encode

_PEAK, _HZ = 8000, 400  # a loud voice, and a whole number of periods in a frame: frames join without a click


def _tone() -> bytes:
    seconds = np.arange(RATE * FRAME_MS // 1000) / RATE
    return ulaw_encode((_PEAK * np.sin(2 * pi * _HZ * seconds)).astype(np.int16))


SPEECH_FRAME = base64.b64encode(_tone()).decode()
SILENT_FRAME = base64.b64encode(silence(FRAME_MS)).decode()
