"""A response: what the model was asked for, and what became of it. Source: OpenAI API reference, Realtime."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from twiliobridge.realtime.items import Item

ResponseStatus = Literal["in_progress", "completed", "cancelled", "failed", "incomplete"]

MaxTokens = Annotated[int, Meta(ge=1, le=4096)] | Literal["inf"]


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
    conversation: Literal["auto", "none"] | None = None
    "`none`: out of band; such a response may run beside the conversation's own."
    output_modalities: tuple[str, ...] | None = None
    max_output_tokens: MaxTokens | None = None
    metadata: dict[str, str] | None = None
    tools: tuple[dict[str, Any], ...] | None = None
    tool_choice: str | dict[str, Any] | None = None
    audio: dict[str, Any] | None = None
    input: tuple[dict[str, Any], ...] | None = None
    parallel_tool_calls: bool | None = None
    prompt: dict[str, Any] | None = None
    reasoning: dict[str, Any] | None = None
