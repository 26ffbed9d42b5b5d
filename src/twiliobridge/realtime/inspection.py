"""Finds the first fault of a value, as JSON gives it, against a type.

The decoder holds events to the same types, much faster, and says what is wrong in words of its own. This
looks again at what it refused, and at what it cannot see: fields that differ by kind.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec

from twiliobridge.realtime.constraints import ByKind
from twiliobridge.realtime.refusal import (
    LONGEST,
    Complaint,
    below,
    combinations,
    noun,
    supported,
)
from twiliobridge.realtime.shapes import Shape, Shapes, shapes, wanted


def inspected(hint: object, value: object, path: str = "") -> Complaint | None:
    """What is wrong with the value, or None."""
    return _inspected(shapes(hint), value, path)


def conforms(kinds: ByKind, value: object) -> bool:
    """Whether the decoder takes the value as one of these kinds: much faster than inspecting it."""
    kind: object = kinds
    while isinstance(kind, ByKind):
        said = value.get(kind.field) if isinstance(value, dict) else None
        kind = kind.kinds.get(said) if isinstance(said, str) else None
    if kind is None:
        return False
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _inspected(alternatives: Shapes, value: object, path: str) -> Complaint | None:
    fitting = [shape for shape in alternatives if shape.accepts(value)]
    if not fitting:
        return Complaint.of("type", path, wanted=wanted(alternatives), got=noun(value))
    structs = [shape.type for shape in fitting if shape.of is msgspec.Struct]
    if structs and isinstance(value, dict):
        return _object(structs, value, path)
    return INSPECTIONS.get(fitting[0].of, _nothing)(fitting[0], value, path)


def _first(complaints: Iterable[Complaint | None]) -> Complaint | None:
    return next((complaint for complaint in complaints if complaint), None)


# ---------------------------------------------------------------- what has no fields


def _nothing(*_: object) -> None:
    """Nothing more is asked of it."""


def _string(shape: Shape, value: str, path: str) -> Complaint | None:
    if shape.words:
        return None if value in shape.words else _other_word(shape.words, value, path)
    if shape.longest is not None and len(value) > shape.longest:
        return Complaint.of("string too long", path, wanted=shape.longest, got=len(value))
    if shape.shortest is not None and len(value) < shape.shortest:
        return Complaint.of("string empty", path, wanted=shape.shortest)
    if shape.pattern is not None and not re.search(shape.pattern, value):
        return Complaint.of("pattern", path, wanted=shape.pattern.replace(r"\Z", "$"))
    return None


def _other_word(words: Iterable[str], value: str, path: str) -> Complaint:
    return Complaint.of("value", path, got=value[:LONGEST], wanted=supported(tuple(words)))


def _number(shape: Shape, value: float, path: str) -> Complaint | None:
    kind = "integer" if shape.of is int else "decimal"
    if shape.least is not None and value < shape.least:
        return Complaint.of(f"{kind} too small", path, wanted=shape.least, got=value)
    if shape.most is not None and value > shape.most:
        return Complaint.of(f"{kind} too large", path, wanted=shape.most, got=value)
    return None


def _array(shape: Shape, value: list[object], path: str) -> Complaint | None:
    items = shape.inside[0]
    if complaint := _first(_inspected(items, each, f"{path}[{place}]") for place, each in enumerate(value)):
        return complaint
    if shape.combinations and tuple(value) not in shape.combinations:
        return Complaint.of("combination", path, got=value, wanted=combinations(shape.combinations))
    return None


def _mapping(shape: Shape, value: dict[str, object], path: str) -> Complaint | None:
    if shape.longest is not None and len(value) > shape.longest:
        return Complaint.of("object too large", path, wanted=shape.longest, got=len(value))
    (named,), values = shape.inside
    return _first(
        _long_name(named, name, path) or _inspected(values, each, below(path, name))
        for name, each in value.items()
    )


def _long_name(named: Shape, name: str, path: str) -> Complaint | None:
    if named.longest is None or len(name) <= named.longest:
        return None
    said = {"name": name[:LONGEST], "wanted": named.longest, "got": len(name)}
    return Complaint.of("name too long", below(path, name), owner=path, **said)


INSPECTIONS: dict[Any, Callable[[Shape, Any, str], Complaint | None]] = {
    str: _string,
    int: _number,
    float: _number,
    tuple: _array,
    dict: _mapping,
}


# ---------------------------------------------------------------- what has fields


def _object(kinds: list[Any], value: dict[str, object], path: str) -> Complaint | None:
    """One Struct, tagged or not; a tagged one of several; or what a ByKind tells apart."""
    if isinstance(kinds[0], ByKind):
        return _by_kind(kinds[0], value, path)
    config = kinds[0].__struct_config__
    if config.tag_field is None:
        return _struct(kinds[0], value, path)
    return _by_kind(
        ByKind(config.tag_field, {str(each.__struct_config__.tag): each for each in kinds}), value, path
    )


def _by_kind(kinds: ByKind, value: dict[str, object], path: str) -> Complaint | None:
    where = below(path, kinds.field)
    if kinds.field not in value:
        return Complaint.of("missing", where)
    said = value[kinds.field]
    if not isinstance(said, str):
        return Complaint.of("type", where, wanted="a string", got=noun(said))
    kind = kinds.kinds.get(said)
    if kind is None:
        return _other_word(kinds.kinds, said, where)
    return _by_kind(kind, value, path) if isinstance(kind, ByKind) else _struct(kind, value, path)


def _struct(kind: type[msgspec.Struct], value: dict[str, object], path: str) -> Complaint | None:
    known, required = fields(kind)
    config = kind.__struct_config__
    for name in value:
        if config.forbid_unknown_fields and name not in known and name != config.tag_field:
            return Complaint.of("unknown", below(path, name))
    for name in required:
        if name not in value:
            return Complaint.of("missing", below(path, name))
    return _first(
        _inspected(known[name], each, below(path, name)) for name, each in value.items() if name in known
    )


@cache
def fields(kind: type[msgspec.Struct]) -> tuple[dict[str, Shapes], tuple[str, ...]]:
    """What each field may be, by name, and the names of those that must be there."""
    found = msgspec.structs.fields(kind)
    known = {field.encode_name: shapes(field.type) for field in found}
    return known, tuple(field.encode_name for field in found if field.required)
