"""The line noise of a call: one frame that no other call has, sent whenever its caller is silent.

A session with the model in which it is found is of that call. A bridge that passes mu-law on passes it whole;
one that transcodes leaves a noise that repeats every 20 ms, and is known by its spectrum.
"""

from random import Random

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import FRAME_BYTES, FRAME_MS, AudioFormat, ulaw_decode

Spectra = npt.NDArray[np.complex128]

CODES = (0xFE, 0x7E)
"+8 and -8 of 32124 (ITU-T G.711), -72 dBFS: quieter than the noise of a telephone line, and no silence."
BINS = slice(1, 71)
"Of 50 Hz each: up to 3,500 Hz, where no resampler for telephone sound has its edge."
QUIET_RMS = (2.0, 100.0)
"Between these a frame may be line noise, also after some change of volume. Speech is louder."
ALIKE = 0.6
"Correlation, 1 for the same noise. 160 random codes come to 0.25 with others, at the best of all shifts."
FRAMES_ALIKE = 3
SHIFTS = 480
"In 20 ms: one for each sample at 24 kHz."


def line_noise(sid: str) -> bytes:
    """160 codes that follow from the SID of a stream."""
    return bytes(Random(sid).choices(CODES, k=FRAME_BYTES))  # noqa: S311 -- a name, no secret


def carries(audio: bytes, form: AudioFormat, noise: bytes) -> bool:
    """Whether the noise is in it: as it was sent, or transcoded."""
    return noise in audio or sounds_alike(quiet_spectra(audio, form), noise)


def quiet_spectra(audio: bytes, form: AudioFormat) -> Spectra:
    """Of each frame that may be line noise, for `sounds_alike`."""
    return _spectra(_quiet_frames(audio, form))


def sounds_alike(heard: Spectra, noise: bytes) -> bool:
    """Whether some frames are the noise, shifted by whatever time."""
    own = _spectra(ulaw_decode(noise)[np.newaxis])
    products = np.zeros((len(heard), SHIFTS // 2 + 1), np.complex128)
    products[:, BINS] = heard * own.conj()
    correlations = np.fft.irfft(products, axis=1) * (SHIFTS / 2)
    return int((correlations.max(axis=1, initial=0.0) >= ALIKE).sum()) >= FRAMES_ALIKE


def _spectra(frames: npt.NDArray[np.generic]) -> Spectra:
    """Each of power 1, as far as the telephone's band goes."""
    spectra: Spectra = np.fft.rfft(frames.astype(np.float64), axis=1)[:, BINS]
    powers = np.sqrt(np.square(np.abs(spectra)).sum(axis=1, keepdims=True))
    scaled: Spectra = spectra / np.maximum(powers, 1e-9)
    return scaled


def _quiet_frames(audio: bytes, form: AudioFormat) -> npt.NDArray[np.float64]:
    whole = len(audio) - len(audio) % form.byte_count(FRAME_MS)
    samples = form.decode(audio[:whole]).astype(np.float64).reshape(-1, form.sample_count(FRAME_MS))
    loudness = np.sqrt(np.square(samples).mean(axis=1))
    least, most = QUIET_RMS
    quiet: npt.NDArray[np.float64] = samples[(loudness >= least) & (loudness <= most)]
    return quiet
