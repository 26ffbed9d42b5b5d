"""The letter of what a client may create: shapes that differ by kind, which the events themselves leave open.

A server reads these events a second time, against these shapes. They are rare beside audio.
Source: OpenAI API reference, Realtime > Client events.
"""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.realtime.client_events import ClientEvent, CreateItem, CreateResponse, UpdateSession
from twiliobridge.realtime.items import Status

MAY_SAY = {
    "system": {"input_text"},
    "user": {"input_text", "input_audio", "input_image"},
    "assistant": {"output_text"},
}
"Content types by role. The audio of the assistant is only the model's to make."


class Part(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["input_text", "input_audio", "input_image", "output_text"]
    text: str | None = None
    audio: str | None = None
    transcript: str | None = None
    image_url: str | None = None
    detail: str | None = None


class Entry(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    id: str | None = None
    object: Literal["realtime.item"] | None = None
    status: Status | None = None


class Message(Entry, kw_only=True, tag="message"):
    role: Literal["system", "user", "assistant"]
    content: tuple[Part, ...]

    def __post_init__(self) -> None:
        for part in self.content:
            if part.type not in MAY_SAY[self.role]:
                raise ValueError(f"content of type {part.type} is not for the role {self.role}")


class FunctionCall(Entry, kw_only=True, tag="function_call"):
    name: str
    arguments: str
    call_id: str | None = None


class FunctionCallOutput(Entry, kw_only=True, tag="function_call_output"):
    call_id: str
    output: str


class FunctionTool(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="function"):
    name: str
    description: str = ""
    parameters: dict[str, Any] | None = None


class McpTool(msgspec.Struct, tag_field="type", tag="mcp"):
    """Its other fields are not checked: nothing here calls it."""

    server_label: str


class Transcription(msgspec.Struct, forbid_unknown_fields=True):
    model: str | None = None
    language: str | None = None
    prompt: str | None = None
    languages: tuple[str, ...] | None = None
    keywords: tuple[str, ...] | None = None
    delay: str | None = None


class NoiseReduction(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["near_field", "far_field"] | UnsetType = UNSET
    strength: float | UnsetType = UNSET


class InputLetter(msgspec.Struct):
    noise_reduction: NoiseReduction | None = None
    transcription: Transcription | None = None


class AudioLetter(msgspec.Struct):
    input: InputLetter | UnsetType = UNSET


class SessionLetter(msgspec.Struct):
    audio: AudioLetter | UnsetType = UNSET
    tools: tuple[FunctionTool | McpTool, ...] = ()


class ResponseLetter(msgspec.Struct):
    tools: tuple[FunctionTool | McpTool, ...] | None = None


class SessionUpdateLetter(msgspec.Struct):
    session: SessionLetter


class CreateItemLetter(msgspec.Struct):
    item: Message | FunctionCall | FunctionCallOutput


class CreateResponseLetter(msgspec.Struct):
    response: ResponseLetter | None = None


LETTERS: dict[type[ClientEvent], msgspec.json.Decoder[Any]] = {
    UpdateSession: msgspec.json.Decoder(SessionUpdateLetter),
    CreateItem: msgspec.json.Decoder(CreateItemLetter),
    CreateResponse: msgspec.json.Decoder(CreateResponseLetter),
}
