"""One call of the load: a phone, a model, and when which frame left one and reached the other."""

import asyncio
import time
from array import array
from enum import Enum

from benchmarks.voice import Ear, Levels, LevelsEar, PcmLevels, Voice, Words, WordsEar, from_mulaw, from_pcm

clock = time.monotonic

DELTA_MS = 400
"Milliseconds of audio in one delta of the model-like load."


class Load(Enum):
    ECHO = "echo"
    "Every frame comes back as a delta of its own: 50 a second each way."
    SPEECH = "speech"
    "The model answers in deltas of 400 ms at five times real time, 4 s in every 6; 50 frames a second in."


class Tape:
    """Latencies, each with the moment at which its frame left."""

    def __init__(self) -> None:
        self.left = array("d")
        self.took = array("d")

    def between(self, begin: float, end: float) -> list[float]:
        return [took for left, took in zip(self.left, self.took, strict=True) if begin <= left < end]

    def clear(self) -> None:
        del self.left[:], self.took[:]


class Way:
    """One direction of one call."""

    def __init__(self, voice: Voice, ear: Ear, tape: Tape) -> None:
        self.voice, self.ear = voice, ear
        self._tape = tape
        self.measured = True
        "False: what arrives says nothing of the delay."
        self.under_way: dict[int, float] = {}
        "Frames that have left and not arrived, and when they left."

    def leave(self, number: int) -> None:
        if self.measured:
            self.under_way[number] = clock()

    def arrived(self, payload: bytes) -> list[int]:
        """The numbers of the frames that this payload completes."""
        now = clock()
        numbers = list(self.ear.hear(payload))
        for number in numbers:
            left = self.under_way.pop(number, None)
            if left is not None:
                self._tape.left.append(left)
                self._tape.took.append(now - left)
        return numbers

    def lost(self, begin: float, end: float) -> int:
        """Frames that left in that time and have not arrived yet."""
        return sum(begin <= left < end for left in self.under_way.values())


class Call:
    def __init__(self, number: int, load: Load, inward: Tape, outward: Tape, *, transcoded: bool) -> None:
        """`transcoded`: what comes out of the bridge are not the bytes that went in."""
        self.number, self.load = number, load
        self.stream_sid = f"MZ{number:032x}"
        self.call_sid = f"CA{number:032x}"
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        "The model has been told what it is, and has said so."
        if transcoded:
            levels = Levels()
            self.inward = Way(levels, LevelsEar(from_pcm, 24000), inward)
            said = levels if load is Load.ECHO else PcmLevels(DELTA_MS)
            self.outward = Way(said, LevelsEar(from_mulaw, 8000), outward)
            # A stack that cuts deltas up and sends them as they play is late by design.
            self.outward.measured = load is Load.ECHO
            return
        words = Words(number)
        answers = words if load is Load.ECHO else Words(number, DELTA_MS * 8)
        self.inward = Way(words, WordsEar(words), inward)
        self.outward = Way(answers, WordsEar(answers), outward)
