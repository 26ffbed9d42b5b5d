"""What is written, a message or a function call, while it is made."""

import math
from typing import Any

from msgspec.structs import replace

from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.deltas import arguments_text
from twiliobridge.offline.items import Entry
from twiliobridge.offline.pacing import TEXT_DELTA_SECONDS, Pace
from twiliobridge.offline.parts import Events, Place, message_in
from twiliobridge.offline.usage import affordable, text_tokens
from twiliobridge.realtime.events import (
    ArgumentsDelta,
    ArgumentsDone,
    Content,
    ContentPartAdded,
    ContentPartDone,
    Item,
    OutputTextDelta,
    OutputTextDone,
    Status,
)


class WrittenPart:
    """A message as text."""

    def __init__(self, place: Place, text: str, pace: Pace) -> None:
        self._place = place
        self._pace = pace
        self._words = pace.pieces(text)
        self._said = ""
        self._cut = self.overdrawn = False
        self.entry = Entry(message_in(place, Content(type="output_text", text="")))

    @property
    def ready(self) -> bool:
        return bool(self._words)

    @property
    def finished(self) -> bool:
        return not self._words

    @property
    def whole(self) -> bool:
        return self.finished and not self._cut

    def cut_at(self, ms: float, *, last: bool) -> None:
        """In the midst of it, where anything is to be heard at all: text takes no time."""
        if last:
            self._cut = True
            del self._words[len(self._words) // 2 if ms else 0 :]

    def open(self) -> Events:
        part = Content(type="text", text="")
        return [*self._place.open(self.entry), ContentPartAdded(**self._place.part, part=part)]

    @property
    def tokens(self) -> int:
        return text_tokens(self._said)

    def grow(self, left: float = math.inf) -> tuple[Events, float]:
        if not affordable(self._said, self._words[:1], left):
            self._cut = self.overdrawn = True
            return [], 0.0
        words = self._words.pop(0)
        self._said += words
        delta = OutputTextDelta(**self._place.part, delta=words, obfuscation=self._pace.obfuscation(words))
        return [delta], TEXT_DELTA_SECONDS

    def close(self, status: Status) -> Events:
        content = Content(type="output_text", text=self._said)
        self.entry.item = replace(self.entry.item, status=status, content=(content,))
        return [
            OutputTextDone(**self._place.part, text=self._said),
            ContentPartDone(**self._place.part, part=Content(type="text", text=self._said)),
            *self._place.close(self.entry),
        ]


class CallPart:
    """A function call. Cut short it gets no `arguments.done`: half a JSON text would be taken for a call."""

    def __init__(self, place: Place, call: CallTool, call_id: str, pace: Pace, *, compact: bool) -> None:
        self._place = place
        self._pace = pace
        self._shreds = pace.shreds(arguments_text(call.arguments, compact=compact))
        self._written = ""
        self._cut = self.overdrawn = False
        self._call: dict[str, Any] = {
            "response_id": place.response_id,
            "item_id": place.item_id,
            "output_index": place.output_index,
            "call_id": call_id,
        }
        self.entry = Entry(
            Item(
                id=place.item_id,
                type="function_call",
                status="in_progress",
                name=call.name,
                call_id=call_id,
                arguments="",
            )
        )

    @property
    def ready(self) -> bool:
        return bool(self._shreds)

    @property
    def finished(self) -> bool:
        return not self._shreds

    @property
    def whole(self) -> bool:
        return self.finished and not self._cut

    def cut_at(self, ms: float, *, last: bool) -> None:
        """In the midst of its arguments."""
        if last:
            self._cut = True
            del self._shreds[len(self._shreds) // 2 :]

    def open(self) -> Events:
        return self._place.open(self.entry)

    @property
    def tokens(self) -> int:
        return text_tokens(self._written)

    def grow(self, left: float = math.inf) -> tuple[Events, float]:
        if not affordable(self._written, self._shreds[:1], left):
            self._cut = self.overdrawn = True
            return [], 0.0
        shred = self._shreds.pop(0)
        self._written += shred
        delta = ArgumentsDelta(**self._call, delta=shred, obfuscation=self._pace.obfuscation(shred))
        return [delta], TEXT_DELTA_SECONDS

    def close(self, status: Status) -> Events:
        self.entry.item = replace(self.entry.item, status=status, arguments=self._written)
        name = self.entry.item.name or ""
        done = ArgumentsDone(**self._call, name=name, arguments=self._written)
        return [*([done] if status == "completed" else []), *self._place.close(self.entry)]
