"""Mutations around the messages: order and number of them, frames that are no messages, lines that break."""

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from twiliobridge.fuzz.conversations import Scope, conversations
from twiliobridge.fuzz.phone import STOP, Phone
from twiliobridge.fuzz.scenario import (
    STREAM_SID,
    AnyStep,
    Close,
    Cut,
    Deaf,
    Deep,
    Drop,
    Flood,
    Giant,
    Listen,
    Message,
    Octets,
    Text,
)
from twiliobridge.mediastream import Media

NO_MESSAGES = [
    "",
    "{}",
    "null",
    "[]",
    "0",
    '""',
    "{",
    '{"event":null}',
    '{"event":"media"}',
    '{"event":"start"}',
    '{"event":"unheard-of"}',
    '{"event":"mark","mark":null}',
    '{"event":"media","event":"stop"}',
    '{"event":"media","media":{"payload":NaN}}',
    '{"event":"media","sequenceNumber":1e999,"streamSid":"' + STREAM_SID + '"}',
    '{"event":"dtmf","dtmf":{"digit":"' + "1" * 1000 + '"}}',
    '\N{ZERO WIDTH NO-BREAK SPACE}{"event":"stop"}',
    "\x00",
]
NOT_UTF8 = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b'{"event":"mark","mark":{"name":"\xfe"}}', b"\xe2\x82"]
MORE_THAN_A_SERVER_TAKES = [66_000, 1_200_000, 4_000_000]
"Bytes of audio: over 64 kB, over 1 MiB, over 4 MiB as a message, which are limits that servers have."

Steps = SearchStrategy[list[AnyStep]]


@st.composite
def shuffled(draw: DrawFn, scope: Scope) -> list[AnyStep]:
    """In another order, or with one of them left out."""
    said = draw(conversations(scope.size, need=Media))
    if draw(st.booleans()):
        gone = draw(st.integers(0, len(said) - 1))
        return [*said[:gone], *said[gone + 1 :]]
    return [*draw(st.permutations(said))]


@st.composite
def repeated(draw: DrawFn, scope: Scope) -> list[AnyStep]:
    """One of them more than once."""
    said = draw(conversations(scope.size))
    number = draw(st.integers(0, len(said) - 1))
    times = draw(st.integers(2, 4))
    return [*said[:number], *[said[number]] * times, *said[number + 1 :]]


@st.composite
def stopped_early(draw: DrawFn, scope: Scope) -> list[AnyStep]:
    """`stop`, or a goodbye without it, in the middle; the rest is said all the same after `stop`."""
    said: list[AnyStep] = [*draw(conversations(scope.size))]
    where = draw(st.integers(0, len(said)))
    if draw(st.booleans()):
        return [*said[:where], Close(code=draw(st.sampled_from([1000, 1001, 3000])))]
    phone = Phone()
    phone.open()
    return [*said[:where], *phone.say(STOP), *said[where:]]


@st.composite
def inserted(draw: DrawFn, scope: Scope, steps: SearchStrategy[AnyStep]) -> list[AnyStep]:
    """One step more, anywhere."""
    said: list[AnyStep] = [*draw(conversations(scope.size))]
    where = draw(st.integers(0, len(said)))
    return [*said[:where], draw(steps), *said[where:]]


def garbage(scope: Scope) -> Steps:
    texts = st.sampled_from(NO_MESSAGES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    return inserted(scope, texts.map(Text))


def binary(scope: Scope) -> Steps:
    message = conversations(0).map(lambda said: msgspec.json.encode(said[-1].json))
    data = st.one_of(st.just(b""), st.just(b"\xff" * 160), message, st.binary(max_size=8))
    return inserted(scope, data.map(lambda each: Octets(data=each, binary=True)))


def bad_utf8(scope: Scope) -> Steps:
    return inserted(scope, st.sampled_from(NOT_UTF8).map(lambda each: Octets(data=each)))


def giant(scope: Scope) -> Steps:
    return inserted(scope, st.sampled_from(MORE_THAN_A_SERVER_TAKES).map(Giant))


def deep(scope: Scope) -> Steps:
    return inserted(scope, st.sampled_from([60, 500, 2000, 100_000]).map(Deep))


@st.composite
def dropped(draw: DrawFn, scope: Scope) -> list[AnyStep]:
    """The connection is gone, between two messages or in the middle of one."""
    said = draw(conversations(scope.size))
    where = draw(st.integers(0, len(said)))
    listening = [Listen()] if draw(st.booleans()) else []
    if where == len(said) or draw(st.booleans()):
        return [*said[:where], *listening, Drop()]
    return [*said[:where], *listening, Cut(json=said[where].json, size=draw(st.sampled_from([1, 7, 60])))]


@st.composite
def flooded(draw: DrawFn, scope: Scope, *, deaf: bool) -> list[AnyStep]:
    """A message thousands of times over; `deaf`: while nothing is read."""
    said = draw(conversations(scope.size))
    number = draw(st.integers(0, len(said) - 1))
    flood = Flood(json=said[number].json, times=draw(st.sampled_from([50, 500, 3000])))
    before: list[Message | Deaf] = [*said[: number + 1], *([Deaf(ms=200)] if deaf else [])]
    return [*before, flood, *said[number + 1 :]]
