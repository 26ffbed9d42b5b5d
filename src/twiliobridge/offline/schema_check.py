"""Whether a value is valid against a JSON Schema."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from twiliobridge.offline.schema import Schema, is_of, matches, resolved, same, types_of

DEEPEST = 64
"Schemas within schemas: what goes deeper is not valid."


def accepts(schema: Schema, value: object, root: Schema, depth: int = 0) -> bool:
    """`root` is the document that `$ref` refers to."""
    if isinstance(schema, bool) or depth > DEEPEST:
        return schema is True
    check = _Check(schema, root, depth)
    return all(demand(check, value) for demand in DEMANDS)


class _Check:
    def __init__(self, schema: Mapping[str, Any], root: Schema, depth: int) -> None:
        self.schema = schema
        self.root = root
        self.depth = depth

    def fits(self, schema: Schema, value: object) -> bool:
        return accepts(schema, value, self.root, self.depth + 1)

    def within(self, value: float, least: str, most: str) -> bool:
        return bool(self.schema.get(least, value) <= value <= self.schema.get(most, value))


def _kind(check: _Check, value: object) -> bool:
    kinds = types_of(check.schema)
    return not kinds or any(is_of(value, kind) for kind in kinds)


def _constant(check: _Check, value: object) -> bool:
    schema = check.schema
    fixed = "const" not in schema or same(schema["const"], value)
    return fixed and ("enum" not in schema or any(same(each, value) for each in schema["enum"]))


def _combined(check: _Check, value: object) -> bool:
    schema = check.schema
    if isinstance(reference := schema.get("$ref"), str) and not check.fits(
        resolved(reference, check.root), value
    ):
        return False
    every = all(check.fits(each, value) for each in schema.get("allOf", ()))
    some = "anyOf" not in schema or any(check.fits(each, value) for each in schema["anyOf"])
    one = "oneOf" not in schema or sum(check.fits(each, value) for each in schema["oneOf"]) == 1
    return every and some and one and not ("not" in schema and check.fits(schema["not"], value))


def _conditional(check: _Check, value: object) -> bool:
    schema = check.schema
    if "if" not in schema:
        return True
    branch = "then" if check.fits(schema["if"], value) else "else"
    return check.fits(schema.get(branch, True), value)


def _number(check: _Check, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    schema = check.schema
    above = value > schema["exclusiveMinimum"] if _bound(schema, "exclusiveMinimum") else True
    below = value < schema["exclusiveMaximum"] if _bound(schema, "exclusiveMaximum") else True
    step = schema.get("multipleOf")
    whole = not step or (value / step) == int(value / step)
    return above and below and whole and check.within(value, "minimum", "maximum")


def _bound(schema: Mapping[str, Any], name: str) -> bool:
    """In draft 4 these are booleans beside `minimum`; then they are let be."""
    return name in schema and not isinstance(schema[name], bool)


def _string(check: _Check, value: object) -> bool:
    if not isinstance(value, str):
        return True
    pattern = check.schema.get("pattern")
    return check.within(len(value), "minLength", "maxLength") and (pattern is None or matches(pattern, value))


def _array(check: _Check, value: object) -> bool:
    if not isinstance(value, list):
        return True
    schema = check.schema
    unique = not schema.get("uniqueItems") or not any(
        same(one, other) for place, one in enumerate(value) for other in value[:place]
    )
    each = all(
        check.fits(item, one) for item, one in zip(item_schemas(schema, len(value)), value, strict=True)
    )
    return check.within(len(value), "minItems", "maxItems") and unique and each and _contains(check, value)


def item_schemas(schema: Mapping[str, Any], count: int) -> list[Schema]:
    """The schema of each item: the first ones may have their own (`prefixItems`, or a list as `items`)."""
    items = schema.get("items", True)
    listed = isinstance(items, list)
    first: list[Schema] = list(items if listed else schema.get("prefixItems", ()))
    rest: Schema = schema.get("additionalItems", True) if listed else items
    return [*first, *[rest] * max(0, count - len(first))][:count]


def _contains(check: _Check, value: list[Any]) -> bool:
    if "contains" not in check.schema:
        return True
    count = sum(check.fits(check.schema["contains"], each) for each in value)
    return bool(check.schema.get("minContains", 1) <= count <= check.schema.get("maxContains", count))


def _object(check: _Check, value: object) -> bool:
    if not isinstance(value, dict):
        return True
    schema = check.schema
    there = all(name in value for name in required(schema, value))
    named = all(check.fits(schema.get("propertyNames", True), name) for name in value)
    each = all(
        check.fits(demand, one) for name, one in value.items() for demand in property_schemas(schema, name)
    )
    return check.within(len(value), "minProperties", "maxProperties") and there and named and each


def required(schema: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    """The properties that must be there, given those that are."""
    yield from schema.get("required", ())
    for name, others in schema.get("dependentRequired", {}).items():
        if name in there:
            yield from others


def property_schemas(schema: Mapping[str, Any], name: str) -> list[Schema]:
    """All that the property of that name must be valid against."""
    found: list[Schema] = []
    if name in schema.get("properties", {}):
        found.append(schema["properties"][name])
    found += [
        demand for pattern, demand in schema.get("patternProperties", {}).items() if matches(pattern, name)
    ]
    return found or [schema.get("additionalProperties", True)]


DEMANDS: tuple[Callable[[_Check, object], bool], ...] = (
    _kind,
    _constant,
    _number,
    _string,
    _array,
    _object,
    _combined,
    _conditional,
)
