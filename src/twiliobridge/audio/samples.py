"""Samples as int16 (full scale 32768) and as float32 (full scale 1.0). 16 bits survive the round trip."""

from typing import Any

import numpy as np
import numpy.typing as npt

Int16 = npt.NDArray[np.int16]
Float32 = npt.NDArray[np.float32]
AnyFloat = npt.NDArray[np.floating[Any]]

_FULL_SCALE = 32768


def to_float(samples: Int16) -> Float32:
    """int16 to float32, -1.0 <= x < 1.0."""
    return np.divide(samples, _FULL_SCALE, dtype=np.float32)


def to_int16(samples: AnyFloat) -> Int16:
    """Floats to the nearest int16; what exceeds full scale is clipped, and a NaN is silence."""
    scaled: AnyFloat = np.rint(clip(samples) * _FULL_SCALE)
    return np.minimum(scaled, _FULL_SCALE - 1).astype(np.int16)


def clip(samples: AnyFloat) -> AnyFloat:
    """Floats brought into -1.0..1.0, a NaN to 0.0: damaged files hold all of them."""
    clipped: AnyFloat = np.clip(np.where(np.isnan(samples), 0, samples), -1, 1)
    return clipped
