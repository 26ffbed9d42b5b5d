"""Recordings to be said, and recordings of what was said and heard: the only file of the caller that
touches files.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from os import PathLike
from pathlib import Path

import anyio.lowlevel

from twiliobridge.audio import WavError, read_wav, telephone_pieces
from twiliobridge.caller.errors import AudioFileError
from twiliobridge.caller.heard import Stretch
from twiliobridge.caller.line import PhoneLine, Turn
from twiliobridge.caller.speech import Utterance
from twiliobridge.recording import CallRecording

AudioFile = str | PathLike[str]

Piece = tuple[float, bytes]
"When it began, in seconds, and its mu-law audio."


def read_audio(path: AudioFile) -> bytes:
    """Any WAV file as mu-law, 8 kHz. AudioFileError if it is missing, unreadable or too short."""
    return _joined(path, list(_pieces(path)))


async def load_audio(path: AudioFile) -> bytes:
    """`read_audio` in the middle of a call, whose frames go on leaving while a recording is converted."""
    pieces = []
    for piece in _pieces(path):
        pieces.append(piece)
        await anyio.lowlevel.checkpoint()
    return _joined(path, pieces)


def _pieces(path: AudioFile) -> Iterator[bytes]:
    try:
        yield from telephone_pieces(read_wav(Path(path).read_bytes()))
    except OSError as error:
        raise AudioFileError(f"{path}: {error.strerror}") from None
    except WavError as error:
        raise AudioFileError(f"{path}: {error}") from None


def _joined(path: AudioFile, pieces: Sequence[bytes]) -> bytes:
    audio = b"".join(pieces)
    if not audio:
        raise AudioFileError(f"{path}: shorter than one sample at 8 kHz: there is nothing to hear")
    return audio


def save_call(line: PhoneLine, folder: Path) -> list[Path]:
    """Write what was said and heard so far as 16-bit WAV files at 8 kHz, and return their paths.

    `call.wav` (stereo: left the caller, right the agent), `caller.wav` and `agent.wav` are the whole call
    from the start of the stream: what happened at one time is at one place in each. `turn_01_caller.wav`,
    `turn_01_agent.wav` and so on each begin where that side began to be heard; `turn_00_agent.wav` is what
    was heard before the caller's first turn. A side that was silent in a turn has no file.
    """
    call = CallRecording(line.began or 0.0)
    for at, audio in _spoken(line.speech.said):
        call.caller_said(at, audio)
    for at, audio in _heard(line.heard.stretches):
        call.agent_heard(at, audio)
    whole = {"call": call.to_wav(), "caller": call.caller_wav(), "agent": call.agent_wav()}
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{name}.wav", wav) for name, wav in {**whole, **_turns(line)}.items()]


def _turns(line: PhoneLine) -> Mapping[str, bytes]:
    firsts = [0, *(turn.first_stretch for turn in line.turns), len(line.heard.stretches)]
    sides: dict[str, Sequence[Piece]] = {}
    for number, (first, after) in enumerate(pairwise(firsts)):
        sides[f"turn_{number:02}_caller"] = _said(line.turns[number - 1 : number]) if number else []
        sides[f"turn_{number:02}_agent"] = _heard(line.heard.stretches[first:after])
    return {name: _one_side(side) for name, side in sides.items() if side}


def _said(turns: Sequence[Turn]) -> list[Piece]:
    return _spoken([turn.said for turn in turns if not isinstance(turn.said, str)])


def _spoken(utterances: Sequence[Utterance]) -> list[Piece]:
    return [(each.began, each.said) for each in utterances if each.began is not None]


def _heard(stretches: Sequence[Stretch]) -> list[Piece]:
    return [(each.began, bytes(each.audio)) for each in stretches]


def _one_side(side: Sequence[Piece]) -> bytes:
    recording = CallRecording(side[0][0])
    for at, audio in side:
        recording.agent_heard(at, audio)
    return recording.agent_wav()


def _write(path: Path, wav: bytes) -> Path:
    path.write_bytes(wav)
    return path
