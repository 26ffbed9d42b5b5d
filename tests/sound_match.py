"""Is it the same sound? By correlation, wherever it lies in what was recorded."""

import numpy as np

from twiliobridge.audio import resample, to_float

FINE = 6
"Parts of a sample: a sound server's clock begins anywhere, and half a sample turns an S by a right angle."


def alignment(recorded, original):
    """Where `original` begins in `recorded`, in samples of 8 kHz, and their normalised correlation there."""
    recorded, original = (resample(to_float(each), 8000, 8000 * FINE) for each in (recorded, original))
    size = 1 << (len(recorded) + len(original)).bit_length()
    product = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(original, size))
    start = int(np.fft.irfft(product, size)[: len(recorded)].argmax())
    part = recorded[start : start + len(original)]
    original = original[: len(part)]
    norm = np.linalg.norm(part) * np.linalg.norm(original)
    return start // FINE, float(part @ original / norm) if norm else 0.0
