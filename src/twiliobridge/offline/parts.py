"""The output items of a response while they are made: each is opened, grows by deltas, and is closed once.

Each may be told to be cut: it then ends before it is whole.

Source of every order of events: recorded sessions of the live service.
"""

import math
from dataclasses import dataclass
from typing import Any, Protocol

from msgspec.structs import replace

from twiliobridge.offline.items import Conversation, Entry
from twiliobridge.offline.jobs import Action
from twiliobridge.realtime.events import (
    Content,
    Item,
    ItemAdded,
    ItemDone,
    OutputItemAdded,
    OutputItemDone,
    Status,
)

Events = list[Action]
"Server events, and for a tool that the session calls itself the job that is to be done."


@dataclass
class Place:
    """Where an item stands: in its response and, unless that is out of band, in the conversation."""

    response_id: str
    item_id: str
    output_index: int
    conversation: Conversation
    "For a response out of band, one of its own that nobody reads."
    in_band: bool
    phase: str | None = None
    "Of a message."
    previous_id: str | None = None

    def open(self, entry: Entry) -> Events:
        shown = replace(entry.item, content=()) if entry.item.content else entry.item
        self.previous_id = self.conversation.add(entry)
        added = OutputItemAdded(response_id=self.response_id, output_index=self.output_index, item=shown)
        return [added, *([ItemAdded(item=shown, previous_item_id=self.previous_id)] if self.in_band else [])]

    def close(self, entry: Entry) -> Events:
        """Of a predecessor that is the first of the conversation nothing is said any more, as recorded."""
        done = OutputItemDone(response_id=self.response_id, output_index=self.output_index, item=entry.item)
        previous = None if self.previous_id == self.conversation.first_id else self.previous_id
        return [*([ItemDone(item=entry.item, previous_item_id=previous)] if self.in_band else []), done]

    @property
    def part(self) -> dict[str, Any]:
        """The fields that every event about the item's only content part has."""
        return {
            "response_id": self.response_id,
            "item_id": self.item_id,
            "output_index": self.output_index,
            "content_index": 0,
        }


class OutputPart(Protocol):
    """One output item. `open`, then `grow` while `ready`, then `close`; `close` also cuts it short."""

    entry: Entry
    overdrawn: bool
    "It could not go on within the tokens that were left."

    @property
    def tokens(self) -> int:
        """What it has cost so far."""
        ...

    @property
    def ready(self) -> bool:
        """Whether there is something to grow by."""
        ...

    @property
    def finished(self) -> bool:
        """Whether it will not grow any more."""
        ...

    @property
    def whole(self) -> bool:
        """Finished, and not because it was cut."""
        ...

    def cut_at(self, ms: float, *, last: bool) -> None:
        """It gets no further than `ms` of audio. `last`: it is the one in which the response is cut."""
        ...

    def open(self) -> Events: ...

    def grow(self, left: float = math.inf) -> tuple[Events, float]:
        """The next delta, and the seconds that making it took; it is overdrawn if that costs more tokens."""
        ...

    def close(self, status: Status) -> Events: ...


def message_in(place: Place, content: Content) -> Item:
    return Item(
        id=place.item_id,
        type="message",
        status="in_progress",
        role="assistant",
        phase=place.phase,
        content=(content,),
    )
