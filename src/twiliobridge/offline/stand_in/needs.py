"""What a function must be told: the leaves of the JSON Schema of its arguments."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from twiliobridge.offline.brain import Offer
from twiliobridge.offline.schema import alternatives, types_of
from twiliobridge.offline.schema_check import accepts
from twiliobridge.offline.schema_values import UNREADABLE
from twiliobridge.offline.stems import parted

Schema = Mapping[str, Any]
Path = tuple[str, ...]
Fields = Mapping[str, tuple[object, bool]]

DEEPEST = 4
"Objects within objects; what lies deeper is not filled in."


@dataclass(frozen=True)
class Need:
    """One argument, or a field of one that is an object."""

    path: Path
    schema: Schema
    "Without references and combinations."
    required: bool
    root: Schema = field(default_factory=dict)
    "Where references within the schema lead to."

    @cached_property
    def label(self) -> str:
        """Its name as words: `card_digits` is "card digits"."""
        return parted(self.path[-1]) or "value"

    @cached_property
    def about(self) -> str:
        """Its name and its description as words."""
        return f"{self.label} {parted(self.description)}"

    @property
    def description(self) -> str:
        return " ".join(str(self.schema.get("description") or "").split())

    @property
    def members(self) -> tuple[Any, ...]:
        """The values of an enumeration; empty if it is none."""
        if "const" in self.schema:
            return (self.schema["const"],)
        return tuple(as_list(self.schema.get("enum")))

    @property
    def kind(self) -> str:
        """The type that JSON Schema gives it, other than null; `string` where it gives none."""
        return next((kind for kind in types_of(self.schema) if kind != "null"), "string")

    def allows(self, value: object) -> bool:
        """What cannot be held against the schema is not allowed."""
        try:
            return accepts(self.schema, value, self.root)
        except UNREADABLE:
            return False


def needs(offer: Offer) -> tuple[Need, ...]:
    """What is required first, in the order of the schema, then the rest."""
    found = list(_leaves(offer.parameters, offer.parameters, (), required=True))
    return tuple(sorted(found, key=lambda need: not need.required))


def filled_in(offer: Offer, known: Mapping[Path, Any]) -> dict[str, Any]:
    """The arguments with what is known; an object that nobody needs is left out if it is not whole."""
    return _filled(_object(offer.parameters, offer.parameters, ()), offer.parameters, (), known)


def _leaves(schema: object, root: Schema, path: Path, *, required: bool) -> Iterator[Need]:
    known = _object(schema, root, path)
    if not known and path:
        yield Need(path, plain(schema, root), required, root)
    for name, (each, needed) in known.items():
        yield from _leaves(each, root, (*path, name), required=required and needed)


def _filled(fields: Fields, root: Schema, path: Path, known: Mapping[Path, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, (schema, needed) in fields.items():
        here = (*path, name)
        inner = _object(schema, root, here)
        if here in known:
            values[name] = known[here]
        elif inner:
            value = _filled(inner, root, here, known)
            whole = value and all(each in value for each, (_, must) in inner.items() if must)
            values |= {name: value} if needed or whole else {}
    return values


def _object(schema: object, root: Schema, path: Path) -> Fields:
    """The properties of an object, and whether each is required; none for what is no object, or too deep."""
    known = plain(schema, root)
    properties = known.get("properties")
    if not isinstance(properties, Mapping) or len(path) >= DEEPEST:
        return {}
    named = as_list(known.get("required"))
    return {str(name): (each, name in named) for name, each in properties.items()}


def plain(schema: object, root: Schema) -> Schema:
    """The schema without references and combinations: of alternatives, the first that is not null."""
    try:
        found = alternatives(schema, root)  # type: ignore[arg-type]
    except UNREADABLE:
        return {}
    return next((each for each in found if "null" not in types_of(each)[:1]), {})


def as_list(value: object) -> Sequence[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
