"""Is it the same sound? By correlation, wherever it lies in what was recorded."""

import numpy as np

from twiliobridge.audio import resample, to_float

FINE = 6
"Parts of a sample: a sound server's clock begins anywhere, and half a sample turns an S by a right angle."
PART = 3200
"Samples, 400 ms: long enough that speech is like itself and no other."


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


def likeness(recorded, original):
    """The median correlation of the original's loud parts, each found for itself in what was recorded.

    For a sound server in real time: where the machine stalls, it drops a piece, and the rest comes earlier.
    """
    parts = [original[start : start + PART] for start in range(0, len(original) - PART, PART)]
    loudest = max(np.linalg.norm(part) for part in parts)
    loud = [part for part in parts if np.linalg.norm(part) > loudest / 4]
    return float(np.median([alignment(recorded, part)[1] for part in loud]))
