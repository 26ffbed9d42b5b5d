"""Mutations inside of a message: its fields, their types, what they hold."""

import base64
import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from twiliobridge.fuzz.conversations import KINDS, Scope, conversations
from twiliobridge.fuzz.phone import MESSAGES, Json, Path, paths
from twiliobridge.fuzz.scenario import STREAM_SID, AnyStep, Message

Scenarios = SearchStrategy[list[AnyStep]]

Place = tuple[str, Path]

TURNS = 5
"In which every field of every message has another value."

PLACES = [(kind, path) for kind, json in MESSAGES.items() for path in paths(json)]

OTHER_VALUES: list[Any] = [
    None,
    "",
    0,
    -1,
    True,
    [],
    {},
    "x",
    1.5,
    2**63 - 1,
    "-1",
    "1e999",
    "\x00",
    "\N{ARABIC-INDIC DIGIT ONE}",
    [None],
    {"x": None},
    "x" * 10_000,
]
BAD_BASE64 = [
    "=",
    "A",
    "AAA",
    "!!!!",
    "A===",
    "====",
    "AA AA",
    "-_-_",
    "AAAA\n",
    "\N{SNOWMAN}",
    "AA==AA==",
    "\x00",
]
ODD_SIZES = [0, 1, 159, 161, 320, 3, 8000, 40_000]
"Bytes. The longest makes a message of 53 kB, which is under what any server that we know of accepts."
OTHER_SIDS: list[Any] = ["", "MZ", "MZ" + "0" * 32, "mz" + "f" * 32, "CA" + "0" * 32, "../../etc", "x" * 5000]


def changed(message: Json, path: Path, *value: object) -> Message:
    """The message with another value there, or without the field if there is no value."""
    changing = copy.deepcopy(message)
    place = changing
    for name in path[:-1]:
        place = place[name]
    if value:
        place[path[-1]] = value[0]
    else:
        del place[path[-1]]
    return Message(json=changing)


@st.composite
def at_one_of(
    draw: DrawFn, places: Sequence[Place], size: int, values: Sequence[object] | None
) -> list[AnyStep]:
    """A conversation with a field at one of the places changed to one of the values; without it if None."""
    kind, path = draw(st.sampled_from(places))
    said = draw(conversations(max(size, 1), need=KINDS[kind]))
    number = max(number for number, each in enumerate(said) if each.json["event"] == kind)
    new = () if values is None else (draw(st.sampled_from(values)),)
    return [*said[:number], changed(said[number].json, path, *new), *said[number + 1 :]]


def every_field(scope: Scope, values: Sequence[object]) -> tuple[Scenarios, ...]:
    """Each turn has its share of the fields, so that five turns have looked at all; a field's turn has its
    share of the values.
    """
    share = PLACES[scope.turn % TURNS :: TURNS]
    parts = [
        at_one_of([place], scope.size, rotated(values, scope.turn + 5 * number))
        for number, place in enumerate(share)
    ]
    return (*parts, at_one_of(PLACES, scope.size, values))


def named_fields(scope: Scope, values: Sequence[object], *names: str) -> tuple[Scenarios, ...]:
    return (at_one_of([place for place in PLACES if place[1][-1] in names], scope.size, values),)


def rotated(values: Sequence[object], by: int) -> list[object]:
    return [*values[by % len(values) :], *values[: by % len(values)]]


@st.composite
def extra_field(draw: DrawFn, scope: Scope) -> list[AnyStep]:
    """A field that Twilio does not send, at any place."""
    said = draw(conversations(scope.size))
    number = draw(st.integers(0, len(said) - 1))
    message = said[number].json
    objects: list[Path] = [(), *(path for path in paths(message) if isinstance(_at(message, path), dict))]
    path = draw(st.sampled_from(objects))
    name = draw(st.sampled_from(["extra", "event", "streamSid", "payload", "name", "__proto__", ""]))
    new = changed(message, (*path, name), draw(st.sampled_from(OTHER_VALUES)))
    return [*said[:number], new, *said[number + 1 :]]


def missing(scope: Scope) -> tuple[Scenarios, ...]:
    """All of them in the first turn: a field that is read without asking is the commonest fault."""
    parts = [at_one_of([place], scope.size, None) for place in PLACES if scope.turn == 0]
    return (*parts, at_one_of(PLACES, scope.size, None))


def wrong_type(scope: Scope) -> tuple[Scenarios, ...]:
    return every_field(scope, OTHER_VALUES)


def bad_base64(scope: Scope) -> tuple[Scenarios, ...]:
    return named_fields(scope, BAD_BASE64, "payload")


def odd_payload(scope: Scope) -> tuple[Scenarios, ...]:
    payloads = [base64.b64encode(b"\x10" * size).decode() for size in ODD_SIZES]
    return named_fields(scope, payloads, "payload")


def wrong_sid(scope: Scope) -> tuple[Scenarios, ...]:
    return named_fields(scope, [*OTHER_SIDS, STREAM_SID.lower()], "streamSid", "callSid", "accountSid")


def _at(message: Json, path: Path) -> object:
    value: Any = message
    for name in path:
        value = value[name]
    return value
