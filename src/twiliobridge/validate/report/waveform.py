"""The outline of a recording as an SVG path: one column for each 20 ms, mirrored about the middle."""

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import FRAME_BYTES, SILENCE, ulaw_decode

FULL = 100
"Units from the middle of a lane to its edge: full scale."
MOST_COLUMNS = 6000
"Two minutes at a column for each frame; a longer call has fewer columns for each second."
CURVE = 0.6
"Exponent of the amplitude: speech at -25 dBFS fills a fifth of a lane, not an eighteenth."

Heights = npt.NDArray[np.int64]


def column_bytes(length: int) -> int:
    """Bytes of mu-law for each column of a picture of `length` bytes: whole frames."""
    frames = -(-length // FRAME_BYTES)
    return FRAME_BYTES * max(1, -(-frames // MOST_COLUMNS))


def heights(audio: bytes, column: int) -> Heights:
    """The greatest amplitude of each column of mu-law, 0 to FULL."""
    padded = audio.ljust(-(-len(audio) // column) * column, bytes([SILENCE]))
    levels = np.abs(ulaw_decode(padded).astype(np.int64)).reshape(-1, column).max(axis=1, initial=0)
    scaled: Heights = np.rint((levels / 32768) ** CURVE * FULL).astype(np.int64)
    return scaled


def path(audio: bytes, column: int, first: int = 0) -> str:
    """`d` of an SVG path from column `first` on; x in columns, y from 0 to 2 * FULL. Empty for silence."""
    tops = heights(audio, column)
    if not tops.any():
        return ""
    there = _edge(tops)
    back = _edge(tops[::-1], direction=-1)
    return f"M{first} {FULL}{there}V{FULL}{back}Z"


def _edge(tops: Heights, direction: int = 1) -> str:
    """One side of the outline, in steps: `V` to a height, `h` along it for as long as it stays."""
    changes = np.flatnonzero(np.diff(tops)) + 1
    starts = [0, *changes.tolist()]
    ends = [*changes.tolist(), len(tops)]
    return "".join(
        f"V{FULL - direction * int(tops[start])}h{direction * (end - start)}"
        for start, end in zip(starts, ends, strict=True)
    )
