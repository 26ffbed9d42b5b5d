"""Which keys a place of an agent's file may have, for whoever wrote another."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

import msgspec
from msgspec import inspect

from twiliobridge.conversation.agent_values import in_words

GONE = {"transcription_model": 'write transcription = { model = "..." }'}
"Keys that there were, and what stands in their place."

UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")


def explained(complaint: str, where: str, root: type[msgspec.Struct]) -> str:
    """A complaint of msgspec about what lies at `where` in a file of shape `root`, for whoever wrote it."""
    unknown = UNKNOWN.fullmatch(complaint)
    if unknown is None:
        line = f"{where}: {in_words(complaint)}" if where else in_words(complaint)
        return line + _possible(complaint, where, root)
    key = unknown[1]
    known = sorted(keys_at(root, where), key=lambda each: -SequenceMatcher(None, each, key).ratio())
    if key in GONE and not where:
        return f"{key} is no key any more: {GONE[key]}"
    line = f"{where + '.' if where else ''}{key} is no key; there are: {', '.join(known)}"
    return line + _misplaced(key, where, root)


def _possible(complaint: str, where: str, root: type[msgspec.Struct]) -> str:
    """The words that there are, where a complaint names only the wrong one."""
    table, _, key = where.rpartition(".")
    if not complaint.startswith("Invalid "):
        return ""
    places = _places(root, table)
    words = [str(place.tag) for place in places if place.tag_field == key]
    for each in (each for place in places for each in place.fields if each.encode_name == key):
        words += [str(word) for kind in _alternatives(each.type) for word in _literals(kind)]
    return f"; there are: {', '.join(words)}" if words else ""


def _misplaced(key: str, where: str, root: type[msgspec.Struct]) -> str:
    """TOML gives every key below a `[[tools]]` to that tool."""
    if not where.startswith("tools[") or key not in keys_at(root, ""):
        return ""
    return f"; {key} of the agent itself stands above the first [[tools]]"


def keys_at(root: type[msgspec.Struct], where: str) -> list[str]:
    """The keys of the table at `where`, such as `tools[0]`, in the order of their declaration."""
    places = _places(root, where)
    tags = [str(place.tag_field) for place in places if place.tag_field]
    return list(dict.fromkeys(tags + [each.encode_name for place in places for each in place.fields]))


def _places(root: type[msgspec.Struct], where: str) -> list[inspect.StructType]:
    """What the table at `where` may be."""
    places = _structs(inspect.type_info(root))
    for name in re.findall(r"\w+", re.sub(r"\[[^\]]*\]", "", where)):
        inside = [each for place in places for each in place.fields if each.encode_name == name]
        places = [found for each in inside for found in _structs(each.type)]
    return places


def _structs(kind: inspect.Type) -> list[inspect.StructType]:
    return [each for each in _alternatives(kind) if isinstance(each, inspect.StructType)]


def _literals(kind: inspect.Type) -> tuple[object, ...]:
    return kind.values if isinstance(kind, inspect.LiteralType) else ()


def _alternatives(kind: inspect.Type) -> Iterator[inspect.Type]:
    """What a value may be; of an array, what each of its items may be."""
    match kind:
        case inspect.UnionType(types=types):
            for each in types:
                yield from _alternatives(each)
        case inspect.VarTupleType(item_type=inner) | inspect.Metadata(type=inner):
            yield from _alternatives(inner)
        case _:
            yield kind
