"""What the server says. Read tolerantly, because the service adds fields without notice.

An event built from its required fields alone is one that a third party's client can read; the connection adds
the `event_id`. Source: OpenAI API reference, Realtime > Server events.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.realtime.items import Item
from twiliobridge.realtime.mcp_events import (
    McpArgumentsDelta,
    McpArgumentsDone,
    McpCallCompleted,
    McpCallFailed,
    McpCallInProgress,
    McpListingCompleted,
    McpListingFailed,
    McpListingInProgress,
)
from twiliobridge.realtime.response_events import (
    ArgumentsDelta,
    ArgumentsDone,
    ContentPartAdded,
    ContentPartDone,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    ResponseCreated,
    ResponseDone,
)
from twiliobridge.realtime.responses import ErrorDetail, TranscriptFault
from twiliobridge.realtime.server_event import ServerEvent
from twiliobridge.realtime.session import Session

LogProbs = tuple[dict[str, Any], ...] | UnsetType | None
"Of each token: `token`, `logprob`, `bytes`. Told only where `include` asks for it."


class ConversationName(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    object: str | None = None


class SessionCreated(ServerEvent, frozen=True, kw_only=True, tag="session.created"):
    session: Session


class SessionUpdated(ServerEvent, frozen=True, kw_only=True, tag="session.updated"):
    session: Session


class ConversationCreated(ServerEvent, frozen=True, kw_only=True, tag="conversation.created"):
    """In the types; not seen from OpenAI, but from others."""

    conversation: ConversationName = ConversationName()


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
    logprobs: LogProbs = UNSET
    obfuscation: str | UnsetType | None = UNSET


class InputTranscriptCompleted(
    ServerEvent, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.completed"
):
    item_id: str
    content_index: int = 0
    transcript: str
    usage: dict[str, Any] | None = msgspec.field(default_factory=lambda: {"type": "duration", "seconds": 0})
    "Duration in seconds, or tokens; the SDK's type demands one."
    logprobs: LogProbs = UNSET
    languages: tuple[dict[str, Any], ...] | UnsetType | None = UNSET
    'What was spoken, as `{"code": "en"}`, by models that tell it.'


class InputTranscriptFailed(
    ServerEvent, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.failed"
):
    item_id: str
    content_index: int = 0
    error: TranscriptFault


class InputTranscriptSegment(
    ServerEvent, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.segment"
):
    """Words of one speaker, from a transcription model that tells speakers apart."""

    id: str
    item_id: str
    content_index: int = 0
    text: str
    speaker: str
    start: float
    "Seconds."
    end: float


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


class KeyPressed(ServerEvent, frozen=True, kw_only=True, tag="input_audio_buffer.dtmf_event_received"):
    """SIP only; live it has no `event_id`."""

    event: str = ""
    "0-9, *, #, A-D"
    received_at: int = 0
    "Seconds since the epoch."


class OutputBufferEvent(ServerEvent, frozen=True, kw_only=True):
    """What the service itself plays: said over WebRTC and SIP, and not where a WebSocket has the audio."""

    response_id: str = ""


class OutputBufferStarted(OutputBufferEvent, frozen=True, kw_only=True, tag="output_audio_buffer.started"):
    pass


class OutputBufferStopped(OutputBufferEvent, frozen=True, kw_only=True, tag="output_audio_buffer.stopped"):
    pass


class OutputBufferCleared(OutputBufferEvent, frozen=True, kw_only=True, tag="output_audio_buffer.cleared"):
    pass


SERVER_EVENTS: tuple[type[ServerEvent], ...] = (
    SessionCreated,
    SessionUpdated,
    ConversationCreated,
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
    InputTranscriptSegment,
    SpeechStarted,
    SpeechStopped,
    AudioCommitted,
    AudioCleared,
    IdleTimeout,
    KeyPressed,
    OutputBufferStarted,
    OutputBufferStopped,
    OutputBufferCleared,
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
    McpListingInProgress,
    McpListingCompleted,
    McpListingFailed,
    McpArgumentsDelta,
    McpArgumentsDone,
    McpCallInProgress,
    McpCallCompleted,
    McpCallFailed,
)
