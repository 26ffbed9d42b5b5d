"""What a client may ask about the items of the conversation."""

from msgspec.structs import replace

from twiliobridge.offline import refusals
from twiliobridge.offline.input_buffer import Sound
from twiliobridge.offline.items import Conversation, Entry
from twiliobridge.offline.jobs import Action
from twiliobridge.offline.listening import Listening, decoded
from twiliobridge.offline.mcp.calls import Approvals
from twiliobridge.realtime.events import (
    CreateItem,
    DeleteItem,
    Item,
    ItemDeleted,
    ItemRetrieved,
    ItemTruncated,
    RetrieveItem,
    TruncateItem,
)
from twiliobridge.realtime.ids import Ids


class ItemRequests:
    """Each method answers one kind of event. RemoteProtocolError is a refusal: nothing has changed."""

    def __init__(
        self, conversation: Conversation, listening: Listening, approvals: Approvals, ids: Ids
    ) -> None:
        self._approvals = approvals
        self._conversation = conversation
        self._listening = listening
        self._ids = ids

    def create(self, event: CreateItem) -> list[Action]:
        status = None if event.item.type == "function_call_output" else "completed"  # as the service tells it
        item = replace(event.item, id=event.item.id or self._ids.new("item"), status=status)
        if item.type == "function_call_output" and not self._conversation.has_call(item.call_id):
            raise refusals.no_such_call(item.call_id)
        if item.type == "mcp_approval_response":
            return self._approve(item, event.previous_item_id)
        item, sound = self._unpacked(item)
        return self._listening.add(Entry(item, self._listening.buffer.format), sound, event.previous_item_id)

    def _approve(self, item: Item, after: str | None) -> list[Action]:
        self._approvals.check(item)
        item = replace(item, status=None)
        added = self._listening.add(Entry(item), None, after)
        return [*added, *self._approvals.answer(item)]

    def _unpacked(self, item: Item) -> tuple[Item, Sound | None]:
        """The item without the bytes of its audio, and those."""
        parts = item.content or ()
        spoken_of = self._listening.buffer.format
        audio = b"".join(
            decoded(part.audio, spoken_of, f"item.content[{place}].audio")
            for place, part in enumerate(parts)
            if part.audio
        )
        if not any(part.type == "input_audio" for part in parts):
            return item, None
        sound = Sound(audio, self._listening.buffer.format)
        silent = (
            replace(part, audio=None, transcript=None) if part.type == "input_audio" else part
            for part in parts
        )
        return replace(item, content=tuple(silent)), sound

    def truncate(self, event: TruncateItem) -> list[Action]:
        self._conversation.truncate(event.item_id, event.content_index, event.audio_end_ms)
        return [
            ItemTruncated(
                item_id=event.item_id, content_index=event.content_index, audio_end_ms=event.audio_end_ms
            )
        ]

    def retrieve(self, event: RetrieveItem) -> list[Action]:
        return [ItemRetrieved(item=self._conversation.retrieved(event.item_id))]

    def delete(self, event: DeleteItem) -> list[Action]:
        self._conversation.delete(event.item_id)
        return [ItemDeleted(item_id=event.item_id)]
