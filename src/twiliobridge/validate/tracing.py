"""Which item of the model's every byte belongs to that came to the phone, and what of it was heard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twiliobridge.audio import RATE

PROBE = 400
"Bytes, 50 ms: by so much a stretch of speech is told from another."


@dataclass(frozen=True)
class Delta:
    at: float
    item_id: str
    audio: bytes


@dataclass(frozen=True)
class Play:
    """A `media` message: its place in all audio that came, in bytes."""

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
    """Bytes `begin` to `end` of what came are bytes from `offset` on of an item."""

    begin: int
    end: int
    item_id: str
    offset: int


def trace(deltas: Iterable[Delta], plays: Iterable[Play]) -> list[Traced]:
    """Finds what came in what the model said. Only a bridge that passes mu-law through can be traced."""
    stream, spans, lengths = bytearray(), [], dict[str, int]()
    for delta in deltas:
        offset = lengths.get(delta.item_id, 0)
        spans.append((len(stream), len(stream) + len(delta.audio), delta.item_id, offset))
        lengths[delta.item_id] = offset + len(delta.audio)
        stream += delta.audio
    found: list[Traced] = []
    expected = 0
    for play in plays:
        skipped, place = _place(stream, play.audio, expected)
        if place >= 0:
            end = place + len(play.audio) - skipped
            found += _split(spans, place, end, play.position + skipped)
            expected = end
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


def _split(spans: Sequence[tuple[int, int, str, int]], begin: int, end: int, position: int) -> list[Traced]:
    pieces = []
    for start, stop, item_id, offset in spans:
        first, last = max(begin, start), min(end, stop)
        if first < last:
            at = position + first - begin
            pieces.append(Traced(at, at + last - first, item_id, offset + first - start))
    return pieces


def heard_ms(traced: Iterable[Traced], cuts: Sequence[Cut], item_id: str, until: int) -> float:
    """What was heard of an item, of the first `until` bytes that came."""
    total = 0
    for piece in traced:
        if piece.item_id == item_id:
            begin, end = piece.begin, min(piece.end, until)
            total += max(0, end - begin)
            total -= sum(max(0, min(end, cut.end) - max(begin, cut.begin)) for cut in cuts)
    return total * 1000 / RATE
