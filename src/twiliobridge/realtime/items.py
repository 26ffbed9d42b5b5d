"""What a conversation consists of. Source: OpenAI API reference, Realtime > Conversation item."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

Status = Literal["completed", "incomplete", "in_progress"]


class Content(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a message item."""

    type: str
    "input_text, input_audio, input_image, output_text, output_audio; in content_part events: text, audio."
    text: str | None = None
    transcript: str | UnsetType | None = UNSET
    "None is written as null: the service says so of caller audio that is not transcribed yet."
    audio: str | None = None
    "Base64 in the session's format; only in `conversation.item.retrieved`."
    image_url: str | None = None
    detail: str | None = None

    @property
    def words(self) -> str:
        """What the part says, written or transcribed; empty where neither is known."""
        return self.text or self.transcript or ""


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of the conversation: a message, a call of a function or of an MCP tool, or what came of one.

    One type for all kinds, because it is read tolerantly: which fields an item has, its `type` says.
    """

    id: str | None = None
    type: str
    object: str | None = None
    "Live events leave it out."
    status: str | None = None
    "One of `Status`; not held to it, because the service may add another."
    role: str | None = None
    content: tuple[Content, ...] | None = None
    name: str | None = None
    call_id: str | None = None
    arguments: str | None = None
    "JSON, as text."
    output: str | UnsetType | None = UNSET
    "None is written as null: the service says so of an MCP call that has no output."
    phase: str | None = None
    """`commentary`: a preamble, often before a tool call. `final_answer`: the answer itself.

    Only models that reason say it, and only of the assistant's messages; seen live, not in the SDK's types.
    """
    server_label: str | None = None
    "Of all MCP items but the response to a request for approval."
    tools: tuple[dict[str, Any], ...] | None = None
    "What an MCP server offers: `name`, `description`, `input_schema`, `annotations`."
    approval_request_id: str | None = None
    approve: bool | None = None
    reason: str | None = None
    error: dict[str, Any] | None = None
    "Why an MCP call failed: `type` protocol_error, tool_execution_error or http_error, and a `message`."
