"""Arguments made from a JSON Schema: valid against it, and the caller's own words where they fit.

Candidates are held against the schema, the likeliest first:

1. what was said: members of an `enum`, numbers, dates, names, places, whatever the property's name asks for;
2. `const`, `default`, the first of `enum` and of `examples`;
3. the least that the schema allows, made up: a text is its property's name.

A property that is not required is left out unless something was said that fits it. The same words, schema and
seed make the same arguments. What no value is valid against gets none.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from random import Random
from typing import Any

from twiliobridge.offline import made_up, said
from twiliobridge.offline.schema import Schema, alternatives, types_of
from twiliobridge.offline.schema_check import accepts, item_schemas, property_schemas, required

MOST_CANDIDATES = 4000
"In one call's arguments: a schema that is hard to satisfy must not hold up a session. About 50 ms."
DEEPEST = 8
"Objects and arrays within each other."
DEEP = 2
"From here on a choice that has no further depth comes first."
MOST_ITEMS = 64
"Of an array, and properties beyond those that are named."

UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
"What a schema that is none, such as `properties` that is a list, comes to. The service refuses them."


class NoValue(Exception):  # noqa: N818 -- what was found, not what went wrong
    """Nothing that was tried is valid."""


def arguments(parameters: Schema, texts: Sequence[str] = (), seed: str = "") -> dict[str, Any]:
    """Arguments for a function with these parameters. `texts` are the caller's, newest first.

    Empty where the parameters are no schema, or nothing that was tried is valid.
    """
    maker = _Maker(parameters, texts, Random(seed))  # noqa: S311 -- values, nothing secret
    try:
        return dict(maker.value({"allOf": [parameters], "type": "object"}, ""))
    except (NoValue, *UNREADABLE):
        return {}


def told(parameters: Schema, texts: Sequence[str]) -> dict[str, Any]:
    """Those of the arguments that the caller has said, required or not."""
    maker = _Maker(parameters, texts, Random(0))  # noqa: S311
    try:
        plain = alternatives(parameters, parameters)
        names = chain.from_iterable(each.get("properties", {}) for each in plain[:1])
        found = {name: maker.told({"allOf": property_schemas(plain[0], name)}, name, 1) for name in names}
    except UNREADABLE:
        return {}
    return {name: values[0] for name, values in found.items() if values}


class _Maker:
    def __init__(self, root: Schema, texts: Sequence[str], rng: Random) -> None:
        self._root = root
        self._texts = texts
        self._rng = rng
        self._left = MOST_CANDIDATES

    def value(self, schema: Schema, name: str, depth: int = 0) -> Any:  # noqa: ANN401 -- any JSON
        """Raises NoValue."""
        for value in self._values(schema, name, depth):
            return value
        raise NoValue

    def _values(self, schema: Schema, name: str, depth: int) -> Iterator[Any]:
        """Valid ones, the likeliest first."""
        if depth > DEEPEST or not self._affords(10):
            return
        plain = alternatives(schema, self._root)
        if depth > DEEP:
            plain.sort(key=lambda each: not {"object", "array"}.isdisjoint(types_of(each)))
        candidates = chain(
            *(self._told(each, name, needed=True) for each in plain),
            *(self._given(each) for each in plain),
            *(self._made(each, name, depth) for each in plain),
        )
        yield from self._valid(schema, candidates)

    def _valid(self, schema: Schema, candidates: Iterator[Any]) -> Iterator[Any]:
        for value in candidates:
            if not self._affords(1):
                return
            if accepts(schema, value, self._root):
                yield value

    def _affords(self, candidates: int) -> bool:
        self._left -= candidates
        return self._left >= 0

    # ------------------------------------------------------------ what was said

    def told(self, schema: Schema, name: str, depth: int) -> list[Any]:
        """The value that was said, alone in a list; an empty list where none was."""
        if depth > DEEP + 1 or not self._texts or not self._affords(1):
            return []
        plain = alternatives(schema, self._root)
        candidates = chain.from_iterable(self._told(each, name, needed=False) for each in plain)
        objects = (
            {**values, **self._needed(each, values, depth)}
            for each in plain
            if "object" in types_of(each) and (values := self._told_properties(each, depth))
        )
        return list(islice(self._valid(schema, chain(candidates, objects)), 1))

    def _told_properties(self, plain: Mapping[str, Any], depth: int) -> dict[str, Any]:
        found = {
            name: self.told({"allOf": property_schemas(plain, name)}, name, depth + 1)
            for name in plain.get("properties", {})
        }
        return {name: values[0] for name, values in found.items() if values}

    def _told(self, plain: Mapping[str, Any], name: str, *, needed: bool) -> Iterator[Any]:
        kinds = types_of(plain)
        if "enum" in plain:
            yield from said.members(plain["enum"], self._texts)
            return
        if "array" in kinds:
            items = plain.get("items", True)
            each = [
                value
                for inner in alternatives(items if isinstance(items, Mapping) else False, self._root)
                for value in self._valid(items, self._told(inner, name, needed=False))
            ]
            distinct = [value for place, value in enumerate(each) if value not in each[:place]]
            yield from [distinct[: plain.get("maxItems", MOST_ITEMS)]] if distinct else []
        if "string" in kinds:
            form, description = plain.get("format", ""), plain.get("description", "")
            yield from said.texts(name, description, form, self._texts, needed=needed)
        if "integer" in kinds or "number" in kinds:
            yield from said.figures(name, self._texts, needed=needed)
        if "boolean" in kinds:
            yield from said.answers(name, self._texts, needed=needed)

    # ------------------------------------------------------------ what the schema says, and what it allows

    def _given(self, plain: Mapping[str, Any]) -> Iterator[Any]:
        yield from (plain[key] for key in ("const", "default") if key in plain)
        yield from plain.get("enum", ())
        yield from plain.get("examples", ())

    def _made(self, plain: Mapping[str, Any], name: str, depth: int) -> Iterator[Any]:
        for kind in made_up.kinds(plain):
            if kind == "object":
                yield from self._objects(plain, depth)
            elif kind == "array":
                yield from self._arrays(plain, name, depth)
            else:
                yield from made_up.SCALARS[kind](plain, name, self._rng)

    def _arrays(self, plain: Mapping[str, Any], name: str, depth: int) -> Iterator[list[Any]]:
        least = max(plain.get("minItems", 0), min(1, plain.get("maxItems", 1)))
        for count in dict.fromkeys((least, plain.get("minItems", 0), least + plain.get("minContains", 1))):
            values: list[Any] = []
            for schema in item_schemas(plain, min(count, MOST_ITEMS)):
                if len(values) < plain.get("minContains", 1) and "contains" in plain:
                    schema = {"allOf": [schema, plain["contains"]]}  # noqa: PLW2901 -- the same, narrower
                fresh = (
                    value
                    for value in self._values(schema, name, depth + 1)
                    if not plain.get("uniqueItems") or value not in values
                )
                values += islice(fresh, 1)
            yield values

    def _objects(self, plain: Mapping[str, Any], depth: int) -> Iterator[dict[str, Any]]:
        values = self._told_properties(plain, depth)
        try:
            values |= self._needed(plain, values, depth)
            least = self._needed(plain, {}, depth)
        except NoValue:
            return
        yield {name: values[name] for name in (*plain.get("properties", {}), *values) if name in values}
        yield least
        yield from self._wider(plain, least, depth)

    def _needed(self, plain: Mapping[str, Any], there: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """The properties that must be there beside those that are. Raises NoValue."""
        found: dict[str, Any] = {}
        while missing := [
            name for name in required(plain, {**there, **found}) if name not in {*there, *found}
        ]:
            for name in missing:
                found[name] = self.value({"allOf": property_schemas(plain, name)}, name, depth + 1)
        return found

    def _wider(
        self, plain: Mapping[str, Any], least: Mapping[str, Any], depth: int
    ) -> Iterator[dict[str, Any]]:
        """Property by property more than must be there: for `minProperties` and combinations."""
        values = dict(least)
        invented = islice(self._values(plain.get("propertyNames", True), "property", depth + 1), MOST_ITEMS)
        for name in chain(plain.get("properties", {}), map(str, invented)):
            if name not in values:
                found = self._values({"allOf": property_schemas(plain, name)}, name, depth + 1)
                values |= dict(zip([name], found, strict=False))
                yield dict(values)
