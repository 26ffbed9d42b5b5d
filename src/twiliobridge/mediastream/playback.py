"""Twilio's playback buffer: what a caller hears of what a server sends, and which marks come back when.

1. Audio is a queue of bytes; marks are entries of no length between them.
2. The queue drains 160 bytes every 20 ms from the moment it became non-empty: packet k of a run leaves at
   start + k * 20 ms, whenever anybody looks. A short last packet takes its whole 20 ms, filled with 0xFF.
3. A mark comes back when all bytes before it have finished playing, which is the end of a packet; at once if
   nothing is queued or playing.
4. Clear drops the bytes; every pending mark comes back at once, in order. A packet that has left is heard.
5. Ten minutes may be queued. What exceeds them is dropped, warning 31931.

Source: Twilio docs, Voice > Media Streams > WebSocket Messages, "mark" and "clear" from a server.
The 20 ms are the packets of RFC 3551, section 4.2.
"""

from collections import deque

import msgspec

from twiliobridge.audio.format import FRAME_BYTES, FRAME_MS, RATE, SILENCE
from twiliobridge.mediastream.errors import StreamCode

QUEUE_LIMIT = 600 * RATE
"Bytes: ten minutes."

_TICK = FRAME_MS / 1000
_NEVER = float("-inf")


class Played(msgspec.Struct, frozen=True):
    """A packet left for the caller's ear."""

    at: float
    "Seconds; it is heard from then on for 20 ms."
    audio: bytes
    "160 bytes of mu-law."
    size: int
    "Bytes of it that the server sent; those after them are silence."


class MarkEcho(msgspec.Struct, frozen=True):
    """A mark to send back. On the wire, a cleared one looks like a played one."""

    name: str
    at: float
    "Seconds."
    cleared: bool


class Discarded(msgspec.Struct, frozen=True):
    """Audio that found no room: bytes, at the end of what was offered."""

    at: float
    "Seconds."
    size: int
    code: int = StreamCode.MEDIA_DISCARDED


Outcome = Played | MarkEcho | Discarded


class PlaybackBuffer:
    """The buffer of one call. `now` is in seconds and never decreases from call to call.

    Every method that takes the time returns what has happened since the last, in order. A packet due exactly
    `now` leaves at `advance`, so that all that arrived at that instant is in it.
    """

    def __init__(self) -> None:
        self._queue = bytearray()
        self._marks: deque[tuple[int, str]] = deque()  # (bytes appended before it, name)
        self._cuts: list[tuple[int, int]] = []  # cleared ranges, in bytes appended
        self._cut_bytes = 0
        self._passed = 0  # bytes appended that are no longer queued: played or cleared
        self._packet = (0, 0)  # the packet last sent, in bytes appended
        self._packet_at = _NEVER
        self._run_start = _NEVER
        self._run_packets = 0

    @property
    def appended_bytes(self) -> int:
        """Bytes accepted so far: where the next `play` begins."""
        return self._passed + len(self._queue)

    @property
    def queued_bytes(self) -> int:
        return len(self._queue)

    @property
    def played_bytes(self) -> int:
        """Bytes that have left for the caller's ear, the packet being heard included."""
        return self._passed - self._cut_bytes

    def deadline(self) -> float | None:
        """When to call `advance` next, in seconds; None while nothing is queued and no mark is pending."""
        return self._free_at if self._queue or self._marks else None

    def play(self, audio: bytes, now: float) -> list[Outcome]:
        """Append mu-law bytes, any number."""
        outcomes = self._settle(now)
        if not self._queue and self._free_at < now:
            self._run_start, self._run_packets = now, 0
        room = QUEUE_LIMIT - len(self._queue)
        self._queue += audio[:room]
        if len(audio) > room:
            outcomes.append(Discarded(now, len(audio) - room))
        return outcomes

    def mark(self, name: str, now: float) -> list[Outcome]:
        """Label the end of what is queued."""
        outcomes = self._settle(now)
        if self._queue or self._free_at > now:
            self._marks.append((self.appended_bytes, name))
        else:
            outcomes.append(MarkEcho(name, now, cleared=False))
        return outcomes

    def clear(self, now: float) -> list[Outcome]:
        """Drop what is queued."""
        outcomes = self._settle(now)
        outcomes += [MarkEcho(name, now, cleared=True) for _, name in self._marks]
        if self._queue:
            self._cuts.append((self._passed, self.appended_bytes))
            self._cut_bytes += len(self._queue)
            self._passed += len(self._queue)
        self._queue.clear()
        self._marks.clear()
        return outcomes

    def advance(self, now: float) -> list[Outcome]:
        """Let time pass."""
        outcomes = self._settle(now)
        if self._queue and self._free_at <= now:
            outcomes.append(self._leave())
        return outcomes

    def heard_ms(self, now: float, begin: int = 0, end: int | None = None) -> float:
        """Milliseconds heard of the bytes appended from `begin` to `end`; of everything, without them.

        Exact to the sample, between packets too, and at any `now` if nothing more were to arrive until then.
        """
        ear = self._ear(now)
        reached = ear if end is None else min(end, ear)
        cleared = sum(max(0.0, min(reached, stop) - max(begin, start)) for start, stop in self._cuts)
        return max(0.0, reached - begin - cleared) * 1000 / RATE

    @property
    def _free_at(self) -> float:
        """The end of the packet that left last: when the next may leave."""
        return self._run_start + self._run_packets * _TICK

    def _settle(self, now: float) -> list[Outcome]:
        """All that happened before `now`, and the marks reached at it."""
        outcomes: list[Outcome] = []
        while self._free_at <= now and (self._queue or self._marks):
            while self._marks and self._marks[0][0] <= self._passed:
                outcomes.append(MarkEcho(self._marks.popleft()[1], self._free_at, cleared=False))
            if not self._queue or self._free_at == now:
                break
            outcomes.append(self._leave())
        return outcomes

    def _leave(self) -> Played:
        audio = bytes(self._queue[:FRAME_BYTES])
        del self._queue[:FRAME_BYTES]
        self._packet = (self._passed, self._passed + len(audio))
        self._passed += len(audio)
        self._packet_at = self._free_at
        self._run_packets += 1
        return Played(self._packet_at, audio.ljust(FRAME_BYTES, bytes([SILENCE])), len(audio))

    def _ear(self, now: float) -> float:
        """How far into the bytes appended the ear has come."""
        if now < self._free_at:
            begin, end = self._packet
            return begin + min(end - begin, max(0.0, now - self._packet_at) * RATE)
        return self._passed + min(len(self._queue), (now - self._free_at) * RATE)
