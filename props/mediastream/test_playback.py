"""The playback buffer against a byte-by-byte account of what was put into it."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.mediastream import Discarded, MarkEcho, PlaybackBuffer, Played
from twiliobridge.mediastream.playback import QUEUE_LIMIT

TICK = 0.020
SIZES = st.sampled_from([0, 1, 80, 159, 160, 161, 320]) | st.integers(0, 5000)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["play", "play", "mark", "clear", "advance", "deadline"]),
        SIZES,
        st.sampled_from([0.0, 0.0, 0.001, 0.010, 0.020, 0.035, 0.5]) | st.floats(0, 1, width=32),
    ),
    max_size=30,
)


@dataclass
class Account:
    """A buffer, what it was given, and what came of it. Byte n of all that is appended is n modulo 251."""

    buffer: PlaybackBuffer = field(default_factory=PlaybackBuffer)
    now: float = 0.0
    marks: list[str] = field(default_factory=list)
    cuts: list[tuple[float, int, int]] = field(default_factory=list)
    outcomes: list = field(default_factory=list)

    def step(self, action: str, size: int, wait: float) -> None:
        self.now += wait
        buffer, now = self.buffer, self.now
        match action:
            case "play":
                begin = buffer.appended_bytes
                new = buffer.play(audio(begin, begin + size), now)
            case "mark":
                self.marks.append(f"m{len(self.marks)}")
                new = buffer.mark(self.marks[-1], now)
            case "clear":
                new = buffer.clear(now)
                left = buffer.played_bytes + sum(stop - start for _, start, stop in self.cuts)
                self.cuts.append((now, left, buffer.appended_bytes))
            case "advance":
                new = buffer.advance(now)
            case _:
                new = buffer.advance(max(now, buffer.deadline() or now))
                self.now = max([now, *(outcome.at for outcome in new)])
        self.outcomes += new

    def finish(self) -> None:
        while (deadline := self.buffer.deadline()) is not None:
            self.now = max(self.now, deadline)
            self.outcomes += self.buffer.advance(self.now)

    def played(self) -> list[Played]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, Played)]

    def cleared(self) -> int:
        return sum(stop - start for _, start, stop in self.cuts)


def audio(begin: int, end: int) -> bytes:
    return bytes(n % 251 for n in range(begin, end))


def account(steps) -> Account:
    books = Account()
    for step in steps:
        books.step(*step)
    return books


@given(STEPS)
def test_bytes_in_are_bytes_played_cleared_and_queued(steps):
    books = account(steps)
    buffer = books.buffer
    assert buffer.played_bytes == sum(packet.size for packet in books.played())
    assert buffer.appended_bytes == buffer.played_bytes + books.cleared() + buffer.queued_bytes
    books.finish()
    assert buffer.queued_bytes == 0


@given(STEPS)
def test_what_is_heard_is_what_was_sent_without_what_was_cleared(steps):
    """In order, each byte once, and no byte leaves at or after the clear that dropped it."""
    books = account(steps)
    books.finish()
    gone = {n for _, start, stop in books.cuts for n in range(start, stop)}
    expected = bytes(n % 251 for n in range(books.buffer.appended_bytes) if n not in gone)
    assert b"".join(packet.audio[: packet.size] for packet in books.played()) == expected
    assert all(set(packet.audio[packet.size :]) <= {0xFF} for packet in books.played())


@given(STEPS)
def test_every_mark_comes_back_once_and_in_order(steps):
    """A cleared one at the time of a clear; a played one never before all bytes ahead of it were heard."""
    books = account(steps)
    books.finish()
    echoes = [outcome for outcome in books.outcomes if isinstance(outcome, MarkEcho)]
    assert [echo.name for echo in echoes] == books.marks
    assert all(echo.at in {when for when, *_ in books.cuts} for echo in echoes if echo.cleared)
    busy_until = float("-inf")
    for outcome in books.outcomes:
        if isinstance(outcome, Played):
            busy_until = outcome.at + TICK
        elif not outcome.cleared:
            assert outcome.at >= busy_until - 1e-9


@given(STEPS)
def test_packets_never_overlap_and_outcomes_come_in_the_order_of_time(steps):
    books = account(steps)
    books.finish()
    moments = [outcome.at for outcome in books.outcomes]
    assert moments == sorted(moments)
    starts = [packet.at for packet in books.played()]
    assert all(later - earlier >= TICK - 1e-9 for earlier, later in pairwise(starts))


@given(STEPS, st.floats(0, 2, width=32))
def test_heard_ms_is_the_same_before_and_after_the_buffer_was_advanced(steps, wait):
    """A query changes nothing and needs no `advance`; at rest it is the bytes played."""
    books = account(steps)
    buffer, then = books.buffer, books.now + wait
    foretold = buffer.heard_ms(then)
    buffer.advance(then)
    assert buffer.heard_ms(then) == pytest.approx(foretold, abs=1e-6)
    books.finish()
    assert buffer.heard_ms(max(then, books.now) + TICK) == pytest.approx(buffer.played_bytes / 8)


@given(STEPS, st.lists(st.integers(0, 20_000), max_size=4))
def test_what_was_heard_of_the_parts_is_what_was_heard(steps, edges):
    books = account(steps)
    cuts = [0, *sorted(edges), None]
    parts = [books.buffer.heard_ms(books.now, begin, end) for begin, end in pairwise(cuts)]
    assert sum(parts) == pytest.approx(books.buffer.heard_ms(books.now))


@given(st.lists(st.integers(0, QUEUE_LIMIT // 2), min_size=1, max_size=6))
def test_beyond_ten_minutes_bytes_in_are_bytes_kept_and_discarded(sizes):
    buffer = PlaybackBuffer()
    outcomes = [outcome for size in sizes for outcome in buffer.play(bytes(size), 0.0)]
    assert all(isinstance(outcome, Discarded) for outcome in outcomes)
    assert sum(sizes) == buffer.queued_bytes + sum(outcome.size for outcome in outcomes)
    assert buffer.queued_bytes == min(sum(sizes), QUEUE_LIMIT)
