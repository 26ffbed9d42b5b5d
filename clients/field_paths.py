"""The shape of an event: which fields it has, by path, and of what type each is.

A path is names and `[]`, such as `response.output[].content[].type`. What stands there is `=` and the value
for the words and figures that belong to the protocol, and otherwise the name of the JSON type.
"""

import json
from collections.abc import Iterator
from typing import Any

TOLD = frozenset(
    {
        "code",
        "content_index",
        "create_response",
        "idle_timeout_ms",
        "interrupt_response",
        "max_output_tokens",
        "model",
        "object",
        "output_modalities",
        "phase",
        "prefix_padding_ms",
        "rate",
        "reason",
        "role",
        "silence_duration_ms",
        "speed",
        "status",
        "threshold",
        "tool_choice",
        "truncation",
        "type",
        "voice",
    }
)
"Fields whose values are part of a shape."

FREE = frozenset({"parameters", "metadata", "variables"})
"Fields below which a client may put what it likes."

TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "empty",
    dict: "object",
}
"Of what is no part of a shape by its value."

Shape = dict[str, str]

Told = tuple[str, Shape]
"An event by its kind and shape."


def told(text: str) -> Told:
    event = json.loads(text)
    kind = event.pop("type")
    return kind, shape(event)


def shape(event: dict[str, Any]) -> Shape:
    """Of an event as read from JSON. The elements of a list share their paths, with all that stands there."""
    found: dict[str, set[str]] = {}
    for path, token in _leaves(event, "", ""):
        found.setdefault(path, set()).add(token)
    return {path: "|".join(sorted(tokens)) for path, tokens in sorted(found.items())}


def _leaves(value: object, path: str, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value and name not in FREE:
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}" if path else key, key)
    elif isinstance(value, list) and value:
        for element in value:
            yield from _leaves(element, f"{path}[]", name)
    else:
        yield path, _token(value, name)


def _token(value: object, name: str) -> str:
    if name in TOLD and isinstance(value, bool | int | float | str):
        return f"={json.dumps(value) if isinstance(value, bool) else value}"
    return TYPES[type(value)]
