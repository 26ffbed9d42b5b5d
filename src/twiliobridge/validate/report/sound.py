"""The audio that a page carries: mu-law in base64, without the silence, a quarter of the size of a WAV
file of the whole call.

The page decodes it itself: Chromium plays no WAV file of format 7.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator

import msgspec

from twiliobridge.audio import RATE
from twiliobridge.validate.result import CallRecord, CutAudio

LEAST_SILENCE = RATE // 10
"Bytes: a shorter silence is carried along."
_SILENCE = re.compile(rb"[\x7f\xff]{%d,}" % LEAST_SILENCE)
TOGETHER = RATE // 1000
"Bytes, 1 ms: pieces of cut audio that are no further apart are one."


class Clip(msgspec.Struct, frozen=True, array_like=True):
    """[begin in samples, mu-law in base64]"""

    begin: int
    audio: str


class Tracks(msgspec.Struct, frozen=True):
    caller: tuple[Clip, ...]
    agent: tuple[Clip, ...]
    cut: tuple[Clip, ...]


def tracks(call: CallRecord, most: int) -> Tracks:
    """Of the first `most` samples of a call."""
    ghosts = tuple(_clip(begin, audio) for begin, audio in joined(call.cut) if begin < most)
    return Tracks(_clips(call.caller[:most]), _clips(call.agent[:most]), ghosts)


def joined(cuts: Iterable[CutAudio]) -> list[tuple[int, bytes]]:
    """(begin in samples, mu-law): pieces that follow each other at once become one."""
    runs: list[tuple[int, bytearray]] = []
    for cut in sorted(cuts, key=lambda each: each.at_s):
        begin = round(cut.at_s * RATE)
        if runs and abs(begin - runs[-1][0] - len(runs[-1][1])) <= TOGETHER:
            runs[-1][1].extend(cut.audio)
        else:
            runs.append((begin, bytearray(cut.audio)))
    return [(begin, bytes(audio)) for begin, audio in runs]


def encoded(carried: Tracks) -> str:
    """As JSON, of letters that HTML has no use for."""
    return msgspec.json.encode(carried).decode()


def _clips(audio: bytes) -> tuple[Clip, ...]:
    return tuple(_clip(begin, audio[begin:end]) for begin, end in _sounding(audio))


def _clip(begin: int, audio: bytes) -> Clip:
    return Clip(begin, b64encode(audio).decode())


def _sounding(audio: bytes) -> Iterator[tuple[int, int]]:
    """What lies between the silences."""
    begin = 0
    for silence in _SILENCE.finditer(audio):
        if silence.start() > begin:
            yield begin, silence.start()
        begin = silence.end()
    if begin < len(audio):
        yield begin, len(audio)
