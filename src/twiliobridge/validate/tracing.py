"""Which item of the model's every byte belongs to that came to the phone, and what of it was heard.

A bridge that passes mu-law through is traced by its bytes, exactly; one that transcodes by its sound.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from twiliobridge.audio import RATE, SILENCE, AudioFormat, to_int16, ulaw_encode
from twiliobridge.validate.alignment import (
    PRECISION_MS,
    Signal,
    aligned,
    loud_samples,
    telephone_samples,
)

PROBE = 400
"Bytes, 50 ms: by so much a stretch of speech is told from another."


@dataclass(frozen=True)
class Delta:
    at: float
    item_id: str
    audio: bytes
    form: AudioFormat = AudioFormat.PCMU


@dataclass(frozen=True)
class Play:
    """A `media` message, mu-law: its place in all audio that came, in bytes."""

    at: float
    position: int
    audio: bytes


@dataclass(frozen=True)
class Cut:
    """Bytes that came and were flushed by `clear`, unheard."""

    at: float
    begin: int
    end: int


@dataclass(frozen=True)
class Traced:
    """Bytes `begin` to `end` of what came are an item's from `offset` on, at 8 bytes a millisecond."""

    begin: int
    end: int
    item_id: str
    offset: int


@dataclass(frozen=True)
class Item:
    """What the model said in one piece, as samples of a telephone."""

    item_id: str
    sound: Signal
    exact: bytes
    "mu-law; empty if the model said it in another format."


@dataclass(frozen=True)
class Trace:
    """What came to the phone, found in what the model said."""

    pieces: Sequence[Traced]
    items: Sequence[Item]
    precision_ms: float
    "0 where it was found by its bytes."

    @property
    def said(self) -> bytes:
        """All that the model said, as a telephone would say it: mu-law."""
        return b"".join(
            each.exact or ulaw_encode(to_int16(each.sound.astype(np.float32))) for each in self.items
        )

    @property
    def within(self) -> str:
        """The precision, as the end of a sentence; empty where there is nothing to say."""
        return f" (by its sound, within {self.precision_ms:.0f} ms)" if self.precision_ms else ""

    def knows(self, item_id: str) -> bool:
        """Whether anything of the item came."""
        return any(each.item_id == item_id for each in self.pieces)

    def heard_ms(self, cuts: Sequence[Cut], item_id: str, until: int) -> float:
        """What was heard of an item, of the first `until` bytes that came."""
        total = 0
        for piece in self.pieces:
            if piece.item_id == item_id:
                begin, end = piece.begin, min(piece.end, until)
                total += max(0, end - begin)
                total -= sum(max(0, min(end, cut.end) - max(begin, cut.begin)) for cut in cuts)
        return total * 1000 / RATE

    def missing_ms(self) -> float:
        """What never came of all items: by its bytes, but for silence at an end, or by the speech in it."""
        missing = sum(self._weighed(each, *gap) for each in self.items for gap in self._gaps(each))
        return missing * 1000 / RATE

    def unsent_ms(self, item_id: str) -> float:
        """The end of an item, as far as it never came; 0 where nothing of it did."""
        came = [each.offset + each.end - each.begin for each in self.pieces if each.item_id == item_id]
        length = next((len(each.sound) for each in self.items if each.item_id == item_id), 0)
        return max(0, length - max(came)) * 1000 / RATE if came else 0.0

    def _gaps(self, item: Item) -> Iterator[tuple[int, int]]:
        own = [each for each in self.pieces if each.item_id == item.item_id]
        came = sorted((each.offset, each.offset + each.end - each.begin) for each in own)
        done = 0
        for begin, end in [*came, (len(item.sound), len(item.sound))]:
            if begin > done:
                yield done, begin
            done = max(done, end)

    def _weighed(self, item: Item, begin: int, end: int) -> int:
        if self.precision_ms:
            return loud_samples(item.sound[begin:end])
        return max(0, min(end, len(item.exact.rstrip(bytes([SILENCE])))) - begin)


def trace(deltas: Iterable[Delta], plays: Iterable[Play]) -> Trace:
    """By bytes, if they are found so; else by sound."""
    items, came = _items(deltas), list(plays)
    exact = _by_bytes(items, came)
    found = sum(each.end - each.begin for each in exact)
    if found * 2 >= sum(len(each.audio) for each in came):
        return Trace(exact, items, 0.0)
    by_sound = _by_sound(items, came)
    if found >= sum(each.end - each.begin for each in by_sound):
        return Trace(exact, items, 0.0)
    return Trace(by_sound, items, PRECISION_MS)


def trace_words(said: bytes, arrived: bytes, form: AudioFormat) -> Trace:
    """The caller's words, mu-law, found in what reached the model in the format of its session."""
    item, place = _item("", said, AudioFormat.PCMU), arrived.find(said)
    if form is AudioFormat.PCMU and place >= 0:
        return Trace([Traced(place, place + len(said), "", 0)], [item], 0.0)
    runs = aligned(telephone_samples(arrived, form), item.sound)
    pieces = [Traced(each.begin, each.end, "", each.place) for each in runs]
    return Trace(pieces, [item], PRECISION_MS)


def _items(deltas: Iterable[Delta]) -> list[Item]:
    said = dict[str, bytearray]()
    forms = dict[str, AudioFormat]()
    for delta in deltas:
        said.setdefault(delta.item_id, bytearray()).extend(delta.audio)
        forms[delta.item_id] = delta.form
    return [_item(item_id, bytes(audio), forms[item_id]) for item_id, audio in said.items()]


def _item(item_id: str, audio: bytes, form: AudioFormat) -> Item:
    exact = audio if form is AudioFormat.PCMU else b""
    return Item(item_id, telephone_samples(audio, form), exact)


def _spans(items: Sequence[Item]) -> list[tuple[int, int, str]]:
    """Each item's place in all that was said: begin, end, id."""
    ends = list(accumulate(len(item.sound) for item in items))
    return [(end - len(item.sound), end, item.item_id) for end, item in zip(ends, items, strict=True)]


def _by_bytes(items: Sequence[Item], plays: Sequence[Play]) -> list[Traced]:
    if not all(item.exact for item in items):
        return []
    stream, spans = bytearray(b"".join(item.exact for item in items)), _spans(items)
    found: list[Traced] = []
    expected = 0
    for play in plays:
        skipped, place = _place(stream, play.audio, expected)
        if place >= 0:
            end = place + len(play.audio) - skipped
            found += _split(spans, place, end, play.position + skipped)
            expected = end
    return found


def _by_sound(items: Sequence[Item], plays: Sequence[Play]) -> list[Traced]:
    if not items or not plays:
        return []
    came = telephone_samples(b"".join(each.audio for each in plays), AudioFormat.PCMU)
    said, spans = np.concatenate([each.sound for each in items]), _spans(items)
    first = plays[0].position
    found: list[Traced] = []
    for run in aligned(came, said):
        found += _split(spans, run.place, run.place + run.end - run.begin, first + run.begin)
    return found


def _place(stream: bytearray, audio: bytes, expected: int) -> tuple[int, int]:
    """How many bytes of the audio to leave out, and where in `stream` the rest is; (0, -1) if it is not from
    there.
    """
    if not audio:
        return 0, -1
    if stream[expected : expected + len(audio)] == audio:
        return 0, expected
    place = stream.find(audio[:PROBE], expected)
    if place >= 0:
        return 0, place
    tail = stream.find(audio[-PROBE:], expected)  # something was put before it: a file's header
    if tail < 0:
        return 0, -1
    place = tail + min(PROBE, len(audio)) - len(audio)
    return max(0, expected - place), max(expected, place)


def _split(spans: Sequence[tuple[int, int, str]], begin: int, end: int, position: int) -> list[Traced]:
    pieces = []
    for start, stop, item_id in spans:
        first, last = max(begin, start), min(end, stop)
        if first < last:
            at = position + first - begin
            pieces.append(Traced(at, at + last - first, item_id, first - start))
    return pieces
