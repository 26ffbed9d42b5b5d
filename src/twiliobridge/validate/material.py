"""What the caller says: recordings, looked for where they may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twiliobridge.caller import AudioFileError
from twiliobridge.caller.recordings import read_audio

FOLDERS = ("static", "demo/user_audio", "validate/test_audio", "test_audio", "audio_samples")
"Under the current folder, in this order."

CONVERSATION = ("my_gold_card", "need_to_replace_card", "i_lost_it")
"A fact in the first line that an answer to the third one needs."
FACT, NOT_ASKED = "gold", "silver"
GOODBYE = "thanks_thats_all"
LONG_ANSWER = "tell_me_about_your_bank"
INTERRUPTION = "hold_on_a_sec"
NAMES = (*CONVERSATION, GOODBYE, LONG_ANSWER, INTERRUPTION)

PACKAGE = Path(__file__).parents[1]
INSTALLED = (PACKAGE / "demo" / "lines", PACKAGE.parents[1] / "audio_samples" / "banking")
"In the wheel, or in the source tree."


class NoAudio(Exception):  # noqa: N818 -- a state of the machine
    """There is nothing to say."""


@dataclass(frozen=True)
class Recording:
    path: str
    audio: bytes
    "mu-law, 8 kHz"


@dataclass(frozen=True)
class Material:
    turns: tuple[Recording, ...]
    "Three or more, said one after the other."
    long_question: Recording
    "What is hoped to have an answer of some seconds."
    interruption: Recording
    goodbye: Recording | None
    "After which an agent may hang up."
    fact: str
    "A word that the answer to the last turn must contain, because an earlier turn did; empty: none is known."
    not_asked: str = ""
    "A word that this answer contains only if it asks for that fact again."

    @property
    def paths(self) -> tuple[str, ...]:
        used = (*self.turns, self.long_question, self.interruption, *([self.goodbye] if self.goodbye else ()))
        return tuple(dict.fromkeys(each.path for each in used))


def find_material(audio_dir: Path | None = None, here: Path | None = None) -> Material:
    """From `audio_dir` if given; else from the first of FOLDERS that has WAV files; else what is installed.

    NoAudio, one line, if a folder that was asked for has none, or a file cannot be read.
    """
    if audio_dir is not None:
        return _from_files(_wav_files(audio_dir), f"{audio_dir} has no WAV files")
    root = here or Path.cwd()
    folders = [root / each for each in FOLDERS] + list(INSTALLED)
    found = next((files for each in folders if (files := _wav_files(each))), [])
    return _from_files(found, "no WAV files were found; name a folder with --audio-dir")


def _wav_files(folder: Path) -> Sequence[Path]:
    return sorted(folder.rglob("*.wav")) if folder.is_dir() else []


def _from_files(files: Sequence[Path], otherwise: str) -> Material:
    if not files:
        raise NoAudio(otherwise)
    try:
        return _chosen(files)
    except AudioFileError as error:
        raise NoAudio(str(error)) from None


def _chosen(files: Sequence[Path]) -> Material:
    by_name = {each.stem: each for each in files}
    if all(name in by_name for name in NAMES):
        read = {name: _read(by_name[name]) for name in NAMES}
        turns = tuple(read[name] for name in CONVERSATION)
        return Material(turns, read[LONG_ANSWER], read[INTERRUPTION], read[GOODBYE], FACT, NOT_ASKED)
    some = [_read(each) for each in files[:4]]
    turns = tuple(some[k % len(some)] for k in range(3))
    return Material(turns, some[0], some[-1], None, "")


def _read(path: Path) -> Recording:
    return Recording(str(path), read_audio(path))
