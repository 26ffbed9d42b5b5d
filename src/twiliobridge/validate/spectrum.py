"""What a sound is like: enough to tell speech from noise, and a wrong rate from the right one."""

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import RATE, dbfs, level, ulaw_decode

WINDOW = 512
"Samples, 64 ms."
NOISE_FLATNESS = 0.42
"Geometric by arithmetic mean of the power spectrum: white noise has 0.5 and more, speech under 0.1."
NOISE_DBFS = -20.0
"PCM read as mu-law is loud throughout; speech on a telephone is some 10 dB below that."
RATE_TOLERANCE = 1.2
"By this factor the spectrum may be shifted. 24 kHz played at 8 kHz shifts it by 3, 16 kHz by 2."

Float64 = npt.NDArray[np.float64]


def describe(audio: bytes) -> str:
    loud = dbfs(level(ulaw_decode(audio)))
    return f"the agent was heard at {loud:.0f} dBFS, the centre of the spectrum at {centroid(audio):.0f} Hz"


def power(audio: bytes) -> Float64:
    """The mean power spectrum, WINDOW // 2 + 1 bins up to 4 kHz."""
    samples = ulaw_decode(audio).astype(np.float64)
    frames = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    if not len(frames):
        return np.zeros(WINDOW // 2 + 1)
    spectrum: Float64 = np.square(np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1))).mean(axis=0)
    return spectrum


def centroid(audio: bytes) -> float:
    """The centre of the spectrum, in Hz."""
    spectrum = power(audio)
    total = spectrum.sum()
    return float((np.arange(len(spectrum)) * spectrum).sum() / total * RATE / WINDOW) if total else 0.0


def flatness(audio: bytes) -> float:
    """0 for a tone, above 0.5 for white noise."""
    spectrum = power(audio)[1:]
    return float(np.exp(np.log(spectrum + 1e-9).mean()) / (spectrum.mean() + 1e-9))


def is_noise(audio: bytes) -> str:
    """Why this is no speech on a telephone; empty if it may be."""
    loud, flat = dbfs(level(ulaw_decode(audio))), flatness(audio)
    if loud > NOISE_DBFS and flat > NOISE_FLATNESS:
        return f"loud noise ({loud:.0f} dBFS, flatness {flat:.2f}): PCM played as mu-law sounds so"
    return ""


def compare(heard: bytes, sent: bytes) -> str:
    """How `heard` differs in kind from `sent`; empty if it does not."""
    if noise := is_noise(heard):
        return noise
    there, here = centroid(sent), centroid(heard)
    ratio = here / there if there else 1.0
    if not 1 / RATE_TOLERANCE <= ratio <= RATE_TOLERANCE:
        return (
            f"the spectrum is shifted by {ratio:.2f}, from {there:.0f} to {here:.0f} Hz: a wrong sample rate"
        )
    return ""
