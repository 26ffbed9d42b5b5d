"""A type as the alternatives that a value of JSON may be, each with the noun by which a refusal calls it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta, UnsetType

from twiliobridge.realtime.constraints import ByKind
from twiliobridge.realtime.refusal import joined

ACCEPTED: dict[object, tuple[type, ...]] = {
    NoneType: (NoneType,),
    bool: (bool,),
    int: (int,),
    float: (int, float),
    str: (str,),
    tuple: (list,),
    dict: (dict,),
    msgspec.Struct: (dict,),
}
"By type: what JSON decodes to where such a value is meant; where another type stands, it may be anything."

EXPECTED: dict[object, str] = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    dict: "an object",
    msgspec.Struct: "an object",
}
OF: dict[frozenset[object], str] = {
    frozenset({str}): " of strings",
    frozenset({dict}): " of objects",
    frozenset({msgspec.Struct}): " of objects",
}


@dataclass(frozen=True, eq=False)
class Shape:
    of: object
    "A key of ACCEPTED, or what may be anything."
    type: Any = None
    "The Struct or the ByKind itself."
    arguments: tuple[object, ...] = ()
    "Types of what is inside: of the items of an array; of the names and the values of an object."
    words: tuple[str, ...] = ()
    "All that a string may be, where that is listed."
    combinations: tuple[tuple[str, ...], ...] = ()
    "All that an array may be, likewise."
    noun: str | None = None
    longest: int | None = None
    shortest: int | None = None
    least: float | None = None
    most: float | None = None
    pattern: str | None = None

    @cached_property
    def inside(self) -> tuple["Shapes", ...]:
        """The alternatives of each of its arguments."""
        return tuple(shapes(hint) for hint in self.arguments if hint is not Ellipsis)

    def accepts(self, value: object) -> bool:
        """By the kind of value alone."""
        return self.of not in ACCEPTED or type(value) in ACCEPTED[self.of]

    @property
    def nouns(self) -> tuple[str, ...]:
        """Each word that it may be, or what it is called; nothing for null."""
        if self.words:
            return tuple(f"'{word}'" for word in self.words)
        if self.of is tuple:
            return (f"an array{OF.get(frozenset(shape.of for shape in self.inside[0]), '')}",)
        named = self.noun or EXPECTED.get(self.of)
        return (named,) if named else ()


Shapes = tuple[Shape, ...]


def shapes(hint: object) -> Shapes:
    """The alternatives of a type, without that of not being mentioned."""
    return tuple(_alternatives(hint, {}))


def _alternatives(hint: object, bounds: dict[str, Any]) -> Iterator[Shape]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        inner, *notes = arguments
        kinds = [note for note in notes if isinstance(note, ByKind)]
        yield from _alternatives(kinds[0] if kinds else inner, bounds | _bounds(notes))
    elif origin in {Union, UnionType}:
        for each in arguments:
            yield from _alternatives(each, bounds)
    elif origin is Literal:
        yield Shape(str, words=arguments)
    elif isinstance(hint, ByKind) or (isinstance(hint, type) and issubclass(hint, msgspec.Struct)):
        yield Shape(msgspec.Struct, hint)
    elif hint is not UnsetType:
        yield Shape(origin or hint, arguments=arguments, **bounds)


def _bounds(notes: Iterable[object]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for note in notes:
        if isinstance(note, Meta):
            said = {ours: getattr(note, theirs) for ours, theirs in BOUNDS.items()}
            found |= {name: bound for name, bound in said.items() if bound is not None} | (note.extra or {})
    return found


BOUNDS = {
    "longest": "max_length",
    "shortest": "min_length",
    "least": "ge",
    "most": "le",
    "pattern": "pattern",
}
"Ours by msgspec's; what it has no name for stands in `extra`."


def wanted(alternatives: Shapes) -> str:
    """`an object`, `one of 'auto', 'disabled', or an object`. Null may be taken, but is not asked for."""
    nouns = list(dict.fromkeys(noun for shape in alternatives for noun in shape.nouns))
    return nouns[0] if len(nouns) == 1 else f"one of {joined(nouns, 'or')}"
