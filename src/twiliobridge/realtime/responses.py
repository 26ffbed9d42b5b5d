"""A response: what the model was asked for, and what became of it. Source: OpenAI API reference, Realtime."""

from typing import Annotated, Any, Literal

import msgspec

from twiliobridge.realtime.audio_settings import ResponseAudio
from twiliobridge.realtime.constraints import MaxTokens, Metadata, Modalities, one_of
from twiliobridge.realtime.items import Item
from twiliobridge.realtime.letter import INPUT
from twiliobridge.realtime.tools import Prompt, Reasoning, Tool, ToolChoice

ResponseStatus = Literal["in_progress", "completed", "cancelled", "failed", "incomplete"]


class ResponseFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a response failed."""

    type: str = "invalid_request_error"
    "invalid_request_error, server_error, rate_limit_error"
    code: str | None = None
    message: str = ""


class ErrorDetail(ResponseFault, frozen=True, kw_only=True):
    """What was wrong with an event of the client's, or with the session."""

    param: str | None = None
    "Path of the field that was refused, such as `session.audio.input.format`."
    event_id: str | None = None
    "The `event_id` of the client event that was refused."


class TranscriptFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why the caller's words could not be written down."""

    type: str | None = None
    code: str | None = None
    message: str | None = None
    param: str | None = None


class StatusDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    type: str | None = None
    reason: str | None = None
    "turn_detected, client_cancelled, max_output_tokens, content_filter"
    error: ResponseFault | None = None


class Response(msgspec.Struct, frozen=True, kw_only=True):
    object: str = "realtime.response"
    id: str
    status: str = "in_progress"
    "One of `ResponseStatus`; not held to it, because the service may add another."
    status_details: StatusDetails | None = None
    output: tuple[Item, ...] = ()
    conversation_id: str | None = None
    "None: out of band, the response belongs to no conversation."
    output_modalities: tuple[str, ...] | None = ("audio",)
    max_output_tokens: int | str | None = "inf"
    audio: dict[str, Any] | None = None
    usage: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


class ResponseParams(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Overrides for one response."""

    instructions: str | None = None
    conversation: Annotated[str, one_of("auto", "none")] | None = None
    "`none`: out of band; such a response may run beside the conversation's own."
    output_modalities: Modalities | None = None
    max_output_tokens: MaxTokens | None = None
    metadata: Metadata | None = None
    tools: tuple[Tool, ...] | None = None
    tool_choice: ToolChoice | None = None
    audio: ResponseAudio | None = None
    input: tuple[Annotated[dict[str, Any], INPUT], ...] | None = None
    "Items, or references to those of the conversation: what the model reads instead of it."
    parallel_tool_calls: bool | None = None
    prompt: Prompt | None = None
    reasoning: Reasoning | None = None
