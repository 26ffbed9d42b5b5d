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
        return f"{where}: {in_words(complaint)}" if where else in_words(complaint)
    key = unknown[1]
    known = sorted(keys_at(root, where), key=lambda each: -SequenceMatcher(None, each, key).ratio())
    if key in GONE and not where:
        return f"{key} is no key any more: {GONE[key]}"
    line = f"{where + '.' if where else ''}{key} is no key; there are: {', '.join(known)}"
    return line + _misplaced(key, where, root)


def _misplaced(key: str, where: str, root: type[msgspec.Struct]) -> str:
    """TOML gives every key below a `[[tools]]` to that tool."""
    if not where.startswith("tools[") or key not in keys_at(root, ""):
        return ""
    return f"; {key} of the agent itself stands above the first [[tools]]"


def keys_at(root: type[msgspec.Struct], where: str) -> list[str]:
    """The keys of the table at `where`, such as `tools[0]`, in the order of their declaration."""
    places = list(_structs(inspect.type_info(root)))
    for name in re.findall(r"\w+", re.sub(r"\[[^\]]*\]", "", where)):
        inside = [each for place in places for each in place.fields if each.encode_name == name]
        places = [found for each in inside for found in _structs(each.type)]
    tags = [str(place.tag_field) for place in places if place.tag_field]
    return list(dict.fromkeys(tags + [each.encode_name for place in places for each in place.fields]))


def _structs(kind: inspect.Type) -> Iterator[inspect.StructType]:
    match kind:
        case inspect.StructType():
            yield kind
        case inspect.UnionType(types=types):
            for each in types:
                yield from _structs(each)
        case inspect.VarTupleType(item_type=item):
            yield from _structs(item)
        case inspect.Metadata(type=inner):
            yield from _structs(inner)
