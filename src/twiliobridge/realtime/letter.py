"""The letter of what a client may create: items, whose fields differ by `type` and `role`.

They are read into `Item`, which has the fields of all kinds, because a server's items are read tolerantly.
Source: OpenAI API reference, Realtime > Client events. Live, an assistant's message is text alone: its audio
is the model's to make. That a client may say `phase` is a guess: the SDK's types do not have it.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.realtime.constraints import Audio, ByKind, CallId, ItemId, Text, one_of

Status = Annotated[str, one_of("completed", "incomplete", "in_progress")]


class InputText(msgspec.Struct, tag_field="type", tag="input_text", forbid_unknown_fields=True):
    text: Text


class InputAudio(msgspec.Struct, tag_field="type", tag="input_audio", forbid_unknown_fields=True):
    audio: Audio
    transcript: str | None = None


class InputImage(msgspec.Struct, tag_field="type", tag="input_image", forbid_unknown_fields=True):
    image_url: str
    detail: Annotated[str, one_of("auto", "low", "high")] | None = None


class OutputText(msgspec.Struct, tag_field="type", tag="output_text", forbid_unknown_fields=True):
    text: Text


class Entry(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    id: ItemId | None = None
    object: Literal["realtime.item"] | None = None
    status: Status | None = None


class SystemMessage(Entry, kw_only=True, tag="message"):
    role: Literal["system"]
    content: tuple[InputText, ...]


class UserMessage(Entry, kw_only=True, tag="message"):
    role: Literal["user"]
    content: tuple[InputText | InputAudio | InputImage, ...]


class AssistantMessage(Entry, kw_only=True, tag="message"):
    role: Literal["assistant"]
    content: tuple[OutputText, ...]
    phase: Annotated[str, one_of("commentary", "final_answer")] | None = None


class FunctionCall(Entry, kw_only=True, tag="function_call"):
    name: str
    arguments: str
    call_id: CallId | None = None


class FunctionCallOutput(Entry, kw_only=True, tag="function_call_output"):
    call_id: CallId
    output: str


class McpOffer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: str
    input_schema: Any
    description: str | None = None
    annotations: Any = None


class McpListTools(
    msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="mcp_list_tools"
):
    id: ItemId | None = None
    server_label: str
    tools: tuple[McpOffer, ...]


class McpCall(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="mcp_call"):
    id: ItemId
    server_label: str
    name: str
    arguments: str
    approval_request_id: str | None = None
    output: str | None = None
    error: dict[str, Any] | None = None


class McpApprovalRequest(
    msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="mcp_approval_request"
):
    id: ItemId
    server_label: str
    name: str
    arguments: str


class McpApprovalResponse(
    msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="mcp_approval_response"
):
    id: ItemId | UnsetType = UNSET
    approval_request_id: str
    approve: bool
    reason: str | None = None


class ItemReference(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="item_reference"):
    """An item of the conversation, named instead of told again; only as the input of a response."""

    id: str


MESSAGE = ByKind("role", {"system": SystemMessage, "user": UserMessage, "assistant": AssistantMessage})
ITEM = ByKind(
    "type",
    {
        "message": MESSAGE,
        "function_call": FunctionCall,
        "function_call_output": FunctionCallOutput,
        "mcp_list_tools": McpListTools,
        "mcp_call": McpCall,
        "mcp_approval_request": McpApprovalRequest,
        "mcp_approval_response": McpApprovalResponse,
    },
)
INPUT = ByKind("type", {**ITEM.kinds, "item_reference": ItemReference})
"What one response may read instead of the conversation."
