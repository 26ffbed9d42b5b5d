"""Texts, numbers and other single values that a JSON Schema allows, made up; the simplest first.

They are candidates: whoever asks holds them against the schema.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count, islice
from random import Random
from typing import Any
from uuid import UUID

from twiliobridge.offline.patterns import Unreadable, matching
from twiliobridge.offline.schema import TYPES, types_of

Make = Callable[[Mapping[str, Any], str, Random], Iterator[Any]]

MOST = 100
"Candidates of one kind."
LONGEST = 4096
"Characters of a text that must be long."

FORMATS = {
    "date": "2026-01-15",
    "time": "09:30:00Z",
    "date-time": "2026-01-15T09:30:00Z",
    "duration": "PT5M",
    "email": "caller@example.com",
    "idn-email": "caller@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uri-reference": "/",
    "iri": "https://example.com/",
    "json-pointer": "/0",
    "regex": "^.*$",
}
"Addresses are those that RFC 2606, 5737 and 3849 keep for documentation."

_HINTS = (
    ("object", ("properties", "required", "additionalProperties", "minProperties", "patternProperties")),
    ("array", ("items", "prefixItems", "minItems", "contains")),
    ("string", ("pattern", "minLength", "maxLength", "format")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)


def kinds(plain: Mapping[str, Any]) -> Iterator[str]:
    """The types to try, null last; where none is named, first those that the other keywords are about."""
    named = types_of(plain)
    hinted = (kind for kind, keys in _HINTS if any(key in plain for key in keys))
    order = named or dict.fromkeys((*hinted, "string", "integer", "boolean", "object", "array", "null"))
    yield from sorted((kind for kind in order if kind in TYPES), key="null".__eq__)


def texts(plain: Mapping[str, Any], name: str, rng: Random) -> Iterator[str]:
    least, most = plain.get("minLength", 0), plain.get("maxLength", LONGEST)
    form = plain.get("format")
    yield from [str(UUID(int=rng.getrandbits(128), version=4))] if form == "uuid" else []
    yield from [FORMATS[form]] if form in FORMATS else []
    yield from _matching(plain["pattern"], rng, int(least)) if "pattern" in plain else ()
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_-]+", " ", name).strip().lower() or "text"
    for number in islice(count(1), MOST):
        text = word if number == 1 else f"{word} {number}"
        padded = (
            text + " ".join(["", *[word] * (min(least, LONGEST) // len(word))]) if len(text) < least else text
        )
        yield padded[: int(most)]
    yield from "abcdefghijklmnopqrstuvwxyz"[: int(most) * 26]
    yield ""


def _matching(pattern: str, rng: Random, least: int) -> Iterator[str]:
    try:
        part = matching(pattern)
    except Unreadable:
        return
    for more in (0, 0, 1, 1, 2, 2, 4, 4, 8, 8, 16, least, least, 2 * least + 1, 4 * least + 1):
        for _ in range(3):
            yield part(rng, min(more, LONGEST))


def numbers(plain: Mapping[str, Any], name: str, rng: Random) -> Iterator[float]:
    least, most = _bounds(plain)
    step = plain.get("multipleOf")
    if step:
        yield from _multiples(step, least, most)
    yield from (value for value in (1, 0) if least <= value <= most)
    if math.isfinite(least) and math.isfinite(most):
        yield from ((least + most) / 2, least + (most - least) / 4)
    if math.isfinite(least):
        yield from (least, *(math.nextafter(least, math.inf), least + 1))
    if math.isfinite(most):
        yield from (most, *(math.nextafter(most, -math.inf), most - 1))
    yield from integers(plain, name, rng)


def integers(plain: Mapping[str, Any], name: str, rng: Random) -> Iterator[int]:
    least, most = _bounds(plain)
    step = plain.get("multipleOf")
    if step:
        yield from (int(value) for value in _multiples(step, least, most))
    yield from (value for value in (1, 0) if least <= value <= most)
    if math.isfinite(least):
        yield from (math.ceil(least) + more for more in range(MOST))
    elif math.isfinite(most):
        yield from (math.floor(most) - less for less in range(MOST))
    else:
        yield from range(2, MOST)


def _bounds(plain: Mapping[str, Any]) -> tuple[float, float]:
    least = [plain[key] for key in ("minimum", "exclusiveMinimum") if key in plain]
    most = [plain[key] for key in ("maximum", "exclusiveMaximum") if key in plain]
    return max(least, default=-math.inf), min(most, default=math.inf)


def _multiples(step: float, least: float, most: float) -> Iterator[float]:
    if math.isfinite(least):
        start = math.ceil(least / step)
        yield from (step * (start + more) for more in range(-1, MOST))
    elif math.isfinite(most):
        start = math.floor(most / step)
        yield from (step * (start - less) for less in range(-1, MOST))
    else:
        yield from (step * factor for factor in range(1, MOST))
    yield 0


def truths(plain: Mapping[str, Any], name: str, rng: Random) -> Iterator[bool]:
    yield from (True, False)


def nothing(plain: Mapping[str, Any], name: str, rng: Random) -> Iterator[None]:
    yield None


SCALARS: dict[str, Make] = {
    "string": texts,
    "number": numbers,
    "integer": integers,
    "boolean": truths,
    "null": nothing,
}
