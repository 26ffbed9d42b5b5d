"""The sound that a caller hears while they wait: one that ships, or a recording of one's own. Pure but for
reading what is part of the package.
"""

from collections.abc import Callable
from importlib.resources import files

from twiliobridge.audio import read_wav, telephone

SOUNDS = ("typing",)
"Those that ship. audio_samples/make_sounds.py makes them."

ReadFile = Callable[[str], bytes]
"What is in the file of that name. Raises ValueError, one line, where it cannot be read."


def no_files(name: str) -> bytes:
    """Where an agent comes from no file, there is nothing beside it."""
    raise ValueError(f"{name}: an agent that is read from no file has none beside it")


def waiting_sound(name: str, read: ReadFile) -> bytes:
    """Mu-law, 8 kHz, of a sound that ships, or of a WAV file. Raises ValueError, one line."""
    try:
        return telephone(read_wav(_shipped(name) if name in SOUNDS else read(name)))
    except ValueError as error:
        ours = f"; a name without .wav is one of: {', '.join(SOUNDS)}" if "." not in name else ""
        raise ValueError(f"waiting: {error}{ours}") from None


def _shipped(name: str) -> bytes:
    return (files("twiliobridge.agents") / "sounds" / f"{name}.wav").read_bytes()
