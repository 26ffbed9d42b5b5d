"""What the client says. Checked to the letter, because the service refuses what it does not know.

Source: OpenAI API reference, Realtime > Client events.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from twiliobridge.realtime.constraints import Audio, ByKind, EventId
from twiliobridge.realtime.items import Item
from twiliobridge.realtime.letter import ITEM
from twiliobridge.realtime.responses import ResponseParams
from twiliobridge.realtime.session import SessionUpdate, TranscriptionUpdate

SESSION = ByKind("type", {"realtime": SessionUpdate, "transcription": TranscriptionUpdate})
Count = Annotated[int, Meta(ge=0)]


class ClientEvent(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="type",
    forbid_unknown_fields=True,
):
    event_id: EventId | None = None
    "Chosen by the client; an `error` about this event repeats it."


class UpdateSession(ClientEvent, frozen=True, kw_only=True, tag="session.update"):
    session: Annotated[SessionUpdate, SESSION]


class AppendAudio(ClientEvent, frozen=True, kw_only=True, tag="input_audio_buffer.append"):
    """Has no answer: the server says nothing until it hears speech."""

    audio: Audio
    "Base64 in the session's input format."


class CommitAudio(ClientEvent, frozen=True, kw_only=True, tag="input_audio_buffer.commit"):
    pass


class ClearAudio(ClientEvent, frozen=True, kw_only=True, tag="input_audio_buffer.clear"):
    pass


class CreateItem(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.create"):
    item: Annotated[Item, ITEM]
    previous_item_id: str | None = None
    "Absent: at the end. `root`: at the front."


class RetrieveItem(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.retrieve"):
    item_id: str


class DeleteItem(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.delete"):
    item_id: str


class TruncateItem(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.truncate"):
    item_id: str
    content_index: Count
    audio_end_ms: Count
    "Milliseconds of that content part's audio that stay in the conversation."


class CreateResponse(ClientEvent, frozen=True, kw_only=True, tag="response.create"):
    response: ResponseParams | None = None


class CancelResponse(ClientEvent, frozen=True, kw_only=True, tag="response.cancel"):
    response_id: str | None = None
    "None: the conversation's own active response."


class ClearOutput(ClientEvent, frozen=True, kw_only=True, tag="output_audio_buffer.clear"):
    """WebRTC and SIP only; a WebSocket server refuses it."""


CLIENT_EVENTS: tuple[type[ClientEvent], ...] = (
    UpdateSession,
    AppendAudio,
    CommitAudio,
    ClearAudio,
    CreateItem,
    TruncateItem,
    DeleteItem,
    RetrieveItem,
    CreateResponse,
    CancelResponse,
    ClearOutput,
)
"In the order in which the service lists them."
