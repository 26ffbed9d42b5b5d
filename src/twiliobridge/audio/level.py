"""How loud: levels relative to full scale, as a voice threshold or a meter wants them."""

import math

import numpy as np

from twiliobridge.audio.samples import Int16

_FULL_SCALE = 32767


def level(samples: Int16) -> float:
    """Root mean square of int16 samples / 32767: 0.707 for a full-scale sine, 0.0 for no samples."""
    if not samples.size:
        return 0.0
    return math.sqrt(np.square(samples, dtype=np.float64).mean()) / _FULL_SCALE


def peak(samples: Int16) -> float:
    """Largest magnitude of int16 samples / 32767; 0.0 for no samples."""
    if not samples.size:
        return 0.0
    return int(np.abs(samples, dtype=np.int32).max()) / _FULL_SCALE


def dbfs(amplitude: float) -> float:
    """A level or peak in decibels relative to full scale: 1.0 is 0 dBFS, 0.0 is minus infinity."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf
