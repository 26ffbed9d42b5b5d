"""Every event of the server by the types of OpenAI's SDK: strictly, without a field that they do not know.

The SDK itself reads leniently: it takes any value for any field, and keeps what it does not know.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import get_args

from openai import BaseModel
from openai.types.realtime import RealtimeServerEvent
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from clients.field_paths import told
from clients.recorded_paths import NEVER_RECORDED, NOT_RECORDED, never_recorded, not_recorded

BEYOND = {
    "session.id": "in every recorded session; the types describe the session as a client sends it",
    "session.object": "likewise",
    "session.expires_at": "likewise",
    "delta.obfuscation": "in every recorded session: it pads a delta, to hide the length of a word",
    "item.phase": "of an assistant's item: documented for the 2.x models, not yet in the types",
    "output.[].phase": "likewise",
    "output_token_details.reasoning_tokens": "in recorded sessions of gpt-realtime-2.1",
}
"Ends of paths of fields that the service sends and the newest types lack, with the reason why they stay."


@dataclass
class Letter:
    """What was read so far."""

    events: Counter[str] = field(default_factory=Counter)
    "By type."
    faults: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    "Field paths that the types lack."
    shapes: dict[str, set[str]] = field(default_factory=dict)
    "Field paths of all, by type."

    def read(self, messages: Iterable[str]) -> None:
        for message in messages:
            event = json.loads(message)
            kind = str(event.get("type"))
            self.events[kind] += 1
            self.shapes.setdefault(kind, set()).update(told(message)[1])
            if kind not in kinds():
                self.faults[f"{kind}: no such event"] += 1
                continue
            try:
                parsed = kinds()[kind].model_validate_json(message, strict=True)
            except ValidationError as error:
                self.faults.update(f"{kind}.{place(fault)}: {fault['msg']}" for fault in error.errors())
            else:
                self.beyond.update(f"{kind}.{path}" for path in unknown(parsed))

    @property
    def unexplained(self) -> list[str]:
        """What the types lack, or no recording has, and no list explains."""
        lacking = {path for path in self.beyond if not path.endswith(tuple(BEYOND))}
        unrecorded = never_recorded(self.shapes) - NEVER_RECORDED.keys()
        beside = not_recorded(self.shapes) - NOT_RECORDED.keys()
        return sorted(lacking | unrecorded | {f"{kind}.{path}" for kind, path in beside})


@cache
def kinds() -> dict[str, type[BaseModel]]:
    """The type of each event, by the name that it bears on the wire."""
    (union, *_) = get_args(RealtimeServerEvent)
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in get_args(union)}


def place(fault: ErrorDetails) -> str:
    return ".".join("[]" if isinstance(part, int) else str(part) for part in fault["loc"])


def unknown(value: object) -> Iterator[str]:
    """Paths of fields that a parsed event has and its types lack."""
    if isinstance(value, BaseModel):
        yield from value.model_extra or {}
        for name in type(value).model_fields:
            yield from (f"{name}.{path}" for path in unknown(getattr(value, name)))
    elif isinstance(value, list):
        yield from (f"[].{path}" for one in value for path in unknown(one))
