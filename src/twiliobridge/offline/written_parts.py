"""What is written, a message or a function call, while it is made."""

import math
from abc import ABC, abstractmethod
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


class PartInWriting(ABC):
    """An output item that is text. It grows piece by piece, within the tokens that are left."""

    def __init__(self, place: Place, item: Item, pieces: list[str], pace: Pace) -> None:
        self._place = place
        self._pace = pace
        self._pieces = pieces
        self._written = ""
        self._cut = self.overdrawn = False
        self.entry = Entry(item)

    @property
    def ready(self) -> bool:
        return bool(self._pieces)

    @property
    def finished(self) -> bool:
        return not self._pieces

    @property
    def whole(self) -> bool:
        return self.finished and not self._cut

    def cut_at(self, ms: float, *, last: bool) -> None:
        """In the midst of it: text takes no time."""
        if last:
            self._cut_after(len(self._pieces) // 2)

    def _cut_after(self, count: int) -> None:
        self._cut = True
        del self._pieces[count:]

    def open(self) -> Events:
        return self._place.open(self.entry)

    @property
    def tokens(self) -> int:
        return text_tokens(self._written)

    def grow(self, left: float = math.inf) -> tuple[Events, float]:
        if not affordable(self._written, self._pieces[:1], left):
            self._cut = self.overdrawn = True
            return [], 0.0
        piece = self._pieces.pop(0)
        self._written += piece
        return self._grown(piece, self._pace.obfuscation(piece)), TEXT_DELTA_SECONDS

    @abstractmethod
    def _grown(self, piece: str, obfuscation: str) -> Events:
        """What is said of a piece that was just written."""

    @abstractmethod
    def close(self, status: Status) -> Events: ...


class WrittenPart(PartInWriting):
    """A message as text."""

    def __init__(self, place: Place, text: str, pace: Pace) -> None:
        item = message_in(place, Content(type="output_text", text=""))
        super().__init__(place, item, pace.pieces(text), pace)

    def cut_at(self, ms: float, *, last: bool) -> None:
        """In the midst of it, where anything is to be heard at all."""
        if last:
            self._cut_after(len(self._pieces) // 2 if ms else 0)

    def open(self) -> Events:
        part = Content(type="text", text="")
        return [*super().open(), ContentPartAdded(**self._place.part, part=part)]

    def _grown(self, piece: str, obfuscation: str) -> Events:
        return [OutputTextDelta(**self._place.part, delta=piece, obfuscation=obfuscation)]

    def close(self, status: Status) -> Events:
        content = Content(type="output_text", text=self._written)
        self.entry.item = replace(self.entry.item, status=status, content=(content,))
        return [
            OutputTextDone(**self._place.part, text=self._written),
            ContentPartDone(**self._place.part, part=Content(type="text", text=self._written)),
            *self._place.close(self.entry),
        ]


class CallPart(PartInWriting):
    """A function call. Cut short it gets no `arguments.done`: half a JSON text would be taken for a call."""

    def __init__(self, place: Place, call: CallTool, call_id: str, pace: Pace, *, compact: bool) -> None:
        item = Item(
            id=place.item_id,
            type="function_call",
            status="in_progress",
            name=call.name,
            call_id=call_id,
            arguments="",
        )
        super().__init__(place, item, pace.shreds(arguments_text(call.arguments, compact=compact)), pace)
        self._call: dict[str, Any] = {
            "response_id": place.response_id,
            "item_id": place.item_id,
            "output_index": place.output_index,
            "call_id": call_id,
        }

    def _grown(self, piece: str, obfuscation: str) -> Events:
        return [ArgumentsDelta(**self._call, delta=piece, obfuscation=obfuscation)]

    def close(self, status: Status) -> Events:
        self.entry.item = replace(self.entry.item, status=status, arguments=self._written)
        name = self.entry.item.name or ""
        done = ArgumentsDone(**self._call, name=name, arguments=self._written)
        return [*([done] if status == "completed" else []), *self._place.close(self.entry)]
