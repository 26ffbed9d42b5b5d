"""Make the sounds that a caller may hear while they wait: 8 kHz mono mu-law WAV.

    pip install .
    python audio_samples/make_sounds.py

`typing` is somebody at a keyboard: bursts of keys with pauses, soft enough to talk over. Nothing was
recorded. Each key is a click of noise around 2 kHz and the knock of the desk under it. Two runs on one
machine write the same bytes.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from make_samples import ulaw_wav

from twiliobridge.audio import RATE, dbfs, level, to_int16, ulaw_encode

Sound = npt.NDArray[np.float64]

FOLDER = Path(__file__).parents[1] / "src" / "twiliobridge" / "agents" / "sounds"

SEED = 7
SECONDS = 12.0
"It plays over and over, so it is longer than most waits."
BURSTS = 6
KEYS = (4, 12)
"Of one burst, least and most."
GAP = (0.09, 0.21)
"Seconds between two keys of a burst: some 60 words a minute."
PEAK_DBFS = -22.0
"Of the loudest key; speech on the line is at -20 dBFS while it is active."
FLOOR_DBFS = -66.0
"Of the room: a line that is digitally silent between the keys sounds dead."


def typing(rng: np.random.Generator) -> Sound:
    sound = np.zeros(int(SECONDS * RATE))
    for burst in range(BURSTS):
        at = (burst + rng.uniform(0.02, 0.25)) * SECONDS / BURSTS
        for _ in range(rng.integers(*KEYS, endpoint=True)):
            stroke = key(rng)
            begin = int(at * RATE)
            if begin + len(stroke) > (burst + 1) * len(sound) // BURSTS:
                break
            sound[begin : begin + len(stroke)] += stroke
            at += rng.uniform(*GAP)
    sound *= 10 ** (PEAK_DBFS / 20) / np.abs(sound).max()
    return sound + rng.normal(0, 10 ** (FLOOR_DBFS / 20), len(sound))


def key(rng: np.random.Generator) -> Sound:
    """Down and, more softly, up again 60 to 90 ms later."""
    up = int(rng.uniform(0.06, 0.09) * RATE)
    stroke = np.zeros(up + RATE // 25)
    for begin, loudness in ((0, rng.uniform(0.6, 1.0)), (up, rng.uniform(0.15, 0.3))):
        click = loudness * knock(rng)
        stroke[begin : begin + len(click)] += click
    return stroke


def knock(rng: np.random.Generator) -> Sound:
    """40 ms: noise around 2 kHz that is gone after 4 ms, and 180 Hz that is gone after 12."""
    t = np.arange(RATE // 25) / RATE
    noise = np.convolve(rng.normal(size=len(t)), [0.25, 0.0, -0.5, 0.0, 0.25], mode="same")
    return noise * np.exp(-t / 0.004) + 0.25 * np.sin(2 * np.pi * 180 * t) * np.exp(-t / 0.012)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    samples = to_int16(typing(np.random.default_rng(SEED)).astype(np.float32))
    data = ulaw_encode(samples)
    (FOLDER / "typing.wav").write_bytes(ulaw_wav(data))
    print(f"typing.wav: {len(data) / RATE:g} s at {dbfs(level(samples)):.1f} dBFS")


if __name__ == "__main__":
    main()
