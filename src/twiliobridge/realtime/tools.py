"""What a model may use, and how it is told to: tools, the choice among them, reasoning, truncation, tracing.

Source: OpenAI API reference, Realtime > session.update.
"""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from twiliobridge.realtime.constraints import Name, one_of


class FunctionTool(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="function", forbid_unknown_fields=True
):
    name: Name
    description: str | UnsetType | None = UNSET
    parameters: dict[str, Any] | UnsetType | None = UNSET
    "JSON Schema of the arguments."


class ToolFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some tools of an MCP server."""

    tool_names: tuple[str, ...] | UnsetType = UNSET
    read_only: bool | UnsetType = UNSET


class ApprovalFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    always: ToolFilter | UnsetType = UNSET
    never: ToolFilter | UnsetType = UNSET


Connector = Annotated[
    str,
    one_of(
        "connector_dropbox",
        "connector_gmail",
        "connector_googlecalendar",
        "connector_googledrive",
        "connector_microsoftteams",
        "connector_outlookcalendar",
        "connector_outlookemail",
        "connector_sharepoint",
    ),
]


class McpTool(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="mcp", forbid_unknown_fields=True
):
    """A server whose tools the service itself calls. One of `server_url`, `connector_id`, `tunnel_id`."""

    server_label: str
    server_url: str | UnsetType = UNSET
    connector_id: Connector | UnsetType = UNSET
    tunnel_id: str | UnsetType = UNSET
    server_description: str | UnsetType = UNSET
    authorization: str | UnsetType = UNSET
    headers: dict[str, str] | UnsetType | None = UNSET
    allowed_tools: tuple[str, ...] | ToolFilter | UnsetType | None = UNSET
    allowed_callers: tuple[Annotated[str, one_of("direct", "programmatic")], ...] | UnsetType | None = UNSET
    require_approval: Annotated[str, one_of("always", "never")] | ApprovalFilter | UnsetType | None = UNSET
    defer_loading: bool | UnsetType = UNSET


Tool = FunctionTool | McpTool


class ChosenFunction(
    msgspec.Struct, frozen=True, tag_field="type", tag="function", forbid_unknown_fields=True
):
    name: str


class ChosenMcp(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="mcp", forbid_unknown_fields=True
):
    server_label: str
    name: str | UnsetType | None = UNSET


ToolChoice = Annotated[str, one_of("auto", "none", "required")] | ChosenFunction | ChosenMcp


Effort = Annotated[str, one_of("minimal", "low", "medium", "high", "xhigh")]


class Reasoning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only for models that reason."""

    effort: Effort | UnsetType = UNSET


class TokenLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    post_instructions: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


class RetentionRatio(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="type",
    tag="retention_ratio",
    forbid_unknown_fields=True,
):
    """What share of the conversation stays when it has become too long."""

    retention_ratio: Annotated[float, Meta(ge=0, le=1)]
    token_limits: TokenLimits | UnsetType = UNSET


Truncation = Annotated[str, one_of("auto", "disabled")] | RetentionRatio


class TracingDetails(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    workflow_name: str | UnsetType = UNSET
    group_id: str | UnsetType = UNSET
    metadata: Any = UNSET


Tracing = Annotated[str, one_of("auto")] | TracingDetails


class Prompt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A prompt that is kept at the service."""

    id: str
    version: str | UnsetType | None = UNSET
    variables: dict[str, str | dict[str, Any]] | UnsetType | None = UNSET


Include = Annotated[str, one_of("item.input_audio_transcription.logprobs")]
