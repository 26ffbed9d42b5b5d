"""JSON Schema as tools' parameters use it: types, references, and the plain schemas that one comes to.

Of the drafts the keywords that they share. `format` is no constraint, as in the drafts since 2019. Remote
references cannot be followed: they accept anything.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import islice
from math import lcm
from typing import Any
from warnings import catch_warnings

Schema = Mapping[str, Any] | bool

MOST_ALTERNATIVES = 64
"Of one schema: `anyOf` within `allOf` within `anyOf` multiply."
MOST_HOPS = 12
"Combinations within each other, at the same value."
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


def is_of(value: object, kind: str) -> bool:
    """Whether `value` is of that type of JSON: 1.0 is an integer. What is no type at all excludes nothing."""
    if isinstance(value, bool):
        return kind == "boolean" or kind not in TYPES
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return kind not in TYPES or isinstance(value, TYPES[kind])


def types_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The types that `schema` names; none where it names none. `nullable` is OpenAPI's word for one more."""
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    return (*kinds, "null") if kinds and schema.get("nullable") is True and "null" not in kinds else kinds


def same(one: object, other: object) -> bool:
    """Equality of JSON: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


@cache
def matcher(pattern: str) -> "re.Pattern[str] | None":
    """None for a pattern that Python has no words for."""
    with suppress(re.error), catch_warnings(action="ignore", category=FutureWarning):  # of set operations
        return re.compile(pattern)
    return None


def matches(pattern: str, text: str) -> bool:
    found = matcher(pattern)
    return found is None or found.search(text) is not None


# ---------------------------------------------------------------- one schema out of many


def resolved(reference: str, root: Schema) -> Schema:
    """What `#/...` points to. Anything where it leads out of this document, or to nothing."""
    if not reference.startswith("#"):
        return True
    place: Any = root
    for step in filter(None, reference[1:].split("/")):
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(place, list) and name.isdecimal() and int(name) < len(place):
            place = place[int(name)]
        elif isinstance(place, Mapping) and name in place:
            place = place[name]
        else:
            return True
    return place if isinstance(place, Mapping | bool) else True


def alternatives(
    schema: Schema, root: Schema, hops: int = 0, followed: frozenset[str] = frozenset()
) -> list[Mapping[str, Any]]:
    """Schemas without `$ref` and combinations: what is valid against `schema` is valid against one of them.

    Not the other way round: `oneOf`, `not` and two patterns at once cannot be said so, and `accepts` decides.
    """
    reference = schema.get("$ref", "") if isinstance(schema, Mapping) else ""
    if schema is False or hops > MOST_HOPS or reference in followed:
        return []
    if schema is True:
        return [{}]
    if not isinstance(schema, Mapping):
        raise TypeError(f"a schema is an object or a boolean, not {schema!r:.40}")
    found: list[Mapping[str, Any]] = [{key: value for key, value in schema.items() if key not in COMBINING}]
    for choices in _choices(schema, root):
        wider = (
            both
            for branch in choices
            for other in alternatives(branch, root, hops + 1, followed | {reference} - {""})
            for one in found
            if (both := merged(one, other)) is not None
        )
        found = list(islice(wider, MOST_ALTERNATIVES))
    return found


COMBINING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "$defs", "definitions"})


def _choices(schema: Mapping[str, Any], root: Schema) -> Iterator[list[Schema]]:
    """Of each list one must hold."""
    if isinstance(reference := schema.get("$ref"), str):
        yield [resolved(reference, root)]
    yield from ([part] for part in schema.get("allOf", ()))
    yield from (list(schema[key]) for key in ("anyOf", "oneOf") if schema.get(key))
    if "if" in schema:
        yield [{"allOf": [schema["if"], schema.get("then", True)]}, schema.get("else", True)]


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What both demand; None where they contradict each other plainly."""
    both = {**one, **other}
    for key in one.keys() & other.keys():
        if key in MERGED:
            both[key] = MERGED[key](one[key], other[key])
    if types_of(one) and types_of(other):
        both["type"] = [kind for kind in TYPES if _is_one(kind, one) and _is_one(kind, other)]
        if not both["type"]:
            return None
    return both


def _is_one(kind: str, schema: Mapping[str, Any]) -> bool:
    kinds = types_of(schema)
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _both(one: Schema, other: Schema) -> Schema:
    return one if same(one, other) else {"allOf": [one, other]}


def _properties(one: Mapping[str, Schema], other: Mapping[str, Schema]) -> dict[str, Schema]:
    shared = {name: _both(one[name], other[name]) for name in one.keys() & other.keys()}
    return {**one, **other, **shared}


def _multiple(one: float, other: float) -> float:
    return lcm(one, other) if isinstance(one, int) and isinstance(other, int) else max(one, other)


MERGED: dict[str, Any] = {
    "properties": _properties,
    "patternProperties": _properties,
    "items": _both,
    "additionalProperties": _both,
    "required": lambda one, other: [*one, *(name for name in other if name not in one)],
    "enum": lambda one, other: [value for value in one if any(same(value, each) for each in other)],
    "multipleOf": _multiple,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
