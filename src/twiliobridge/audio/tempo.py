"""Speech faster or slower at the same pitch: waveform similarity overlap-add.

1. The output is made of frames of 30 ms that overlap by half, under a Hann window: two windows sum to 1.
2. The input is passed through `speed` times as fast, so the next frame is due at a place of its own.
3. Up to 8 ms before or after that place the frame is taken whose beginning is most like what would have
   followed the frame before: so that periods of the voice meet.

Source: Verhelst and Roelands, An overlap-add technique based on waveform similarity (WSOLA), ICASSP 1993.
"""

import numpy as np

from twiliobridge.audio.samples import Float32

FRAME_MS = 30
SEARCH_MS = 8
"A period of a low voice."


def at_speed(samples: Float32, rate: int, speed: float) -> Float32:
    """N samples at `rate` Hz to n / speed, rounded. Speed 1 changes nothing. ValueError unless positive."""
    if speed <= 0:
        raise ValueError(f"speed must be positive, was {speed}")
    if speed == 1 or not len(samples):
        return samples
    half = rate * FRAME_MS // 2000
    search = rate * SEARCH_MS // 1000
    length = round(len(samples) / speed)
    padded = np.pad(samples, (search, round(half * (speed + 2)) + 2 * search))
    window = np.hanning(2 * half + 1)[:-1]
    output = np.zeros(length + 2 * half)
    place = 0
    for number in range(length // half + 1):
        due = round(number * half * speed)
        place = due if number == 0 else _most_like(padded, due, place + half, half, search)
        output[number * half : (number + 2) * half] += window * padded[search + place :][: 2 * half]
    output[:half] += (1 - window[:half]) * padded[search:][:half]
    return output[:length].astype(np.float32)


def _most_like(padded: Float32, due: int, natural: int, half: int, search: int) -> int:
    """The place near `due` from where `half` samples are most like those from `natural`."""
    wanted = padded[search + natural :][:half]
    around = padded[due : due + 2 * search + len(wanted)]
    if len(wanted) < half or not wanted.any():
        return due
    energy = np.convolve(around**2, np.ones(half), "valid") + 1e-9
    return due - search + int(np.argmax(np.correlate(around, wanted, "valid") / np.sqrt(energy)))
