"""The caller's recordings as clients take them: 24 kHz PCM, 16 bit, mono, without a header."""

from pathlib import Path

import numpy as np

from twiliobridge.audio import read_wav, resample, to_int16

RECORDINGS = Path(__file__).parents[1] / "audio_samples" / "banking"
RATE = 24000
QUIET = 0.8
"Seconds of silence after each: longer than any turn detector here waits."
USED = ("tell_me_about_your_bank", "hold_on_a_sec")


def write_speech(folder: Path) -> None:
    """One file `NAME.pcm` for each line that a scenario uses."""
    for name in USED:
        wav = read_wav((RECORDINGS / f"{name}.wav").read_bytes())
        spoken = to_int16(resample(wav.samples(), wav.rate, RATE))
        quiet = np.zeros(round(RATE * QUIET), np.int16)
        (folder / f"{name}.pcm").write_bytes(np.concatenate([quiet[: RATE // 5], spoken, quiet]).tobytes())
