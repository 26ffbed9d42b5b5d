"""What the server says. Read tolerantly, because the service adds fields without notice.

An event built from its required fields alone is one that a third party's client can read; the connection adds
the `event_id`. Source: OpenAI API reference, Realtime > Server events. Deltas carry `obfuscation`, text of
random length that hides theirs: seen live, not documented.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.realtime.items import Content, Item
from twiliobridge.realtime.responses import ErrorDetail, Response, TranscriptFault
from twiliobridge.realtime.session import Session


class ServerEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    event_id: str = ""


class SessionCreated(ServerEvent, frozen=True, kw_only=True, tag="session.created"):
    session: Session


class SessionUpdated(ServerEvent, frozen=True, kw_only=True, tag="session.updated"):
    session: Session


class Error(ServerEvent, frozen=True, kw_only=True, tag="error"):
    error: ErrorDetail


class RateLimitsUpdated(ServerEvent, frozen=True, kw_only=True, tag="rate_limits.updated"):
    rate_limits: tuple[dict[str, Any], ...] = ()


class ItemAdded(ServerEvent, frozen=True, kw_only=True, tag="conversation.item.added"):
    item: Item
    previous_item_id: str | None = None


class ItemDone(ServerEvent, frozen=True, kw_only=True, tag="conversation.item.done"):
    item: Item
    previous_item_id: str | None = None


class ItemDeleted(ServerEvent, frozen=True, kw_only=True, tag="conversation.item.deleted"):
    item_id: str


class ItemRetrieved(ServerEvent, frozen=True, kw_only=True, tag="conversation.item.retrieved"):
    item: Item


class ItemTruncated(ServerEvent, frozen=True, kw_only=True, tag="conversation.item.truncated"):
    item_id: str
    content_index: int
    audio_end_ms: int


class InputTranscriptDelta(
    ServerEvent, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.delta"
):
    item_id: str
    content_index: int = 0
    delta: str = ""
    obfuscation: str | UnsetType | None = UNSET


class InputTranscriptCompleted(
    ServerEvent, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.completed"
):
    item_id: str
    content_index: int = 0
    transcript: str
    usage: dict[str, Any] | None = msgspec.field(default_factory=lambda: {"type": "duration", "seconds": 0})
    "Duration in seconds, or tokens; the SDK's type demands one."


class InputTranscriptFailed(
    ServerEvent, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.failed"
):
    item_id: str
    content_index: int = 0
    error: TranscriptFault


class SpeechStarted(ServerEvent, frozen=True, kw_only=True, tag="input_audio_buffer.speech_started"):
    audio_start_ms: int
    "On the clock of the audio appended so far, less the prefix padding."
    item_id: str


class SpeechStopped(ServerEvent, frozen=True, kw_only=True, tag="input_audio_buffer.speech_stopped"):
    audio_end_ms: int
    item_id: str


class AudioCommitted(ServerEvent, frozen=True, kw_only=True, tag="input_audio_buffer.committed"):
    item_id: str
    previous_item_id: str | None = None


class AudioCleared(ServerEvent, frozen=True, kw_only=True, tag="input_audio_buffer.cleared"):
    pass


class IdleTimeout(ServerEvent, frozen=True, kw_only=True, tag="input_audio_buffer.timeout_triggered"):
    audio_start_ms: int
    audio_end_ms: int
    item_id: str


class ResponseCreated(ServerEvent, frozen=True, kw_only=True, tag="response.created"):
    response: Response


class ResponseDone(ServerEvent, frozen=True, kw_only=True, tag="response.done"):
    response: Response


class OutputItemEvent(ServerEvent, frozen=True, kw_only=True):
    response_id: str
    output_index: int = 0
    item: Item


class OutputItemAdded(OutputItemEvent, frozen=True, kw_only=True, tag="response.output_item.added"):
    pass


class OutputItemDone(OutputItemEvent, frozen=True, kw_only=True, tag="response.output_item.done"):
    pass


class PartEvent(ServerEvent, frozen=True, kw_only=True):
    """Common to all that concerns one content part of one item of one response."""

    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0


class ContentPartAdded(PartEvent, frozen=True, kw_only=True, tag="response.content_part.added"):
    part: Content


class ContentPartDone(PartEvent, frozen=True, kw_only=True, tag="response.content_part.done"):
    part: Content


class OutputAudioDelta(PartEvent, frozen=True, kw_only=True, tag="response.output_audio.delta"):
    delta: str
    "Base64 in the session's output format."


class OutputAudioDone(PartEvent, frozen=True, kw_only=True, tag="response.output_audio.done"):
    pass


class OutputTranscriptDelta(
    PartEvent, frozen=True, kw_only=True, tag="response.output_audio_transcript.delta"
):
    delta: str
    obfuscation: str | UnsetType | None = UNSET


class OutputTranscriptDone(PartEvent, frozen=True, kw_only=True, tag="response.output_audio_transcript.done"):
    transcript: str


class OutputTextDelta(PartEvent, frozen=True, kw_only=True, tag="response.output_text.delta"):
    delta: str
    obfuscation: str | UnsetType | None = UNSET


class OutputTextDone(PartEvent, frozen=True, kw_only=True, tag="response.output_text.done"):
    text: str


class ArgumentsDelta(ServerEvent, frozen=True, kw_only=True, tag="response.function_call_arguments.delta"):
    response_id: str
    item_id: str
    output_index: int = 0
    call_id: str
    delta: str
    obfuscation: str | UnsetType | None = UNSET


class ArgumentsDone(ServerEvent, frozen=True, kw_only=True, tag="response.function_call_arguments.done"):
    response_id: str
    item_id: str
    output_index: int = 0
    call_id: str
    name: str = ""
    arguments: str


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A well-formed event of a type that this version does not know."""

    type: str


SERVER_EVENTS: tuple[type[ServerEvent], ...] = (
    SessionCreated,
    SessionUpdated,
    Error,
    RateLimitsUpdated,
    ItemAdded,
    ItemDone,
    ItemDeleted,
    ItemRetrieved,
    ItemTruncated,
    InputTranscriptDelta,
    InputTranscriptCompleted,
    InputTranscriptFailed,
    SpeechStarted,
    SpeechStopped,
    AudioCommitted,
    AudioCleared,
    IdleTimeout,
    ResponseCreated,
    ResponseDone,
    OutputItemAdded,
    OutputItemDone,
    ContentPartAdded,
    ContentPartDone,
    OutputAudioDelta,
    OutputAudioDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    OutputTextDelta,
    OutputTextDone,
    ArgumentsDelta,
    ArgumentsDone,
)
