"""What a client says, read by our server and by the types of the OpenAI SDK, which nobody here wrote."""

import json
from typing import Any

import msgspec
import pytest
from openai.types.realtime import RealtimeClientEvent
from pydantic import TypeAdapter

from twiliobridge.realtime import PCMU, SemanticVad, ServerVad, SessionUpdate
from twiliobridge.realtime.codec import encode, read_client
from twiliobridge.realtime.events import (
    CLIENT_EVENTS,
    AppendAudio,
    CancelResponse,
    ClearAudio,
    ClearOutput,
    ClientEvent,
    CommitAudio,
    Content,
    CreateItem,
    CreateResponse,
    DeleteItem,
    Item,
    ResponseParams,
    RetrieveItem,
    TruncateItem,
    UpdateSession,
)
from twiliobridge.realtime.session import Audio, AudioInput, AudioOutput, NoiseReduction, Transcription
from twiliobridge.realtime.tools import FunctionTool

WORDS = Item(type="message", role="user", content=(Content(type="input_text", text="Caller pressed 1"),))
RESULT = Item(type="function_call_output", call_id="call_0123456789abcdef", output="ok")
TOOL = FunctionTool(name="balance", description="d", parameters={"type": "object"})
PHONE_SESSION = SessionUpdate(
    type="realtime",
    output_modalities=("audio",),
    instructions="Be brief.",
    audio=Audio(
        input=AudioInput(
            format=PCMU,
            noise_reduction=NoiseReduction(type="near_field"),
            transcription=Transcription(model="gpt-4o-mini-transcribe"),
            turn_detection=ServerVad(threshold=0.5, silence_duration_ms=500, idle_timeout_ms=None),
        ),
        output=AudioOutput(format=PCMU, voice="marin", speed=1.0),
    ),
    tools=(TOOL,),
    tool_choice="auto",
    max_output_tokens="inf",
)
PUSH_TO_TALK = SessionUpdate(type="realtime", audio=Audio(input=AudioInput(turn_detection=None)))
SEMANTIC = SessionUpdate(
    type="realtime", audio=Audio(input=AudioInput(turn_detection=SemanticVad(eagerness="low")))
)

SAID_BY_CLIENT: list[ClientEvent] = [
    UpdateSession(session=PHONE_SESSION),
    UpdateSession(session=PUSH_TO_TALK),
    UpdateSession(session=SEMANTIC),
    AppendAudio(audio="////"),
    CommitAudio(event_id="mine"),
    ClearAudio(),
    CreateItem(item=WORDS),
    CreateItem(item=RESULT, previous_item_id="root"),
    RetrieveItem(item_id="item_1"),
    DeleteItem(item_id="item_1"),
    TruncateItem(item_id="item_1", content_index=0, audio_end_ms=1330),
    CreateResponse(),
    CreateResponse(response=ResponseParams(instructions="Say hello.", conversation="none", tools=(TOOL,))),
    CancelResponse(),
    CancelResponse(response_id="resp_1"),
    ClearOutput(),
]


def name(event: msgspec.Struct) -> str:
    return type(event).__name__


def test_every_event_has_an_example():
    """What is not said here is not checked anywhere."""
    assert {type(event) for event in SAID_BY_CLIENT} == set(CLIENT_EVENTS)


@pytest.mark.parametrize("event", SAID_BY_CLIENT, ids=name)
def test_what_the_client_says_is_what_the_server_reads(event):
    """The two ends mirror each other."""
    assert read_client(encode(event)) == event


def read_by_sdk(union: object, text: str) -> Any:
    """The event as the SDK's class of that `type` validates it."""
    read = TypeAdapter(union).validate_json(text)
    assert read.type == json.loads(text)["type"]
    return read


@pytest.mark.parametrize("event", SAID_BY_CLIENT, ids=name)
def test_the_sdk_knows_every_client_event(event):
    """We say nothing that the service's own types do not contain."""
    text = encode(event)
    assert not extras(read_by_sdk(RealtimeClientEvent, text))


def extras(value: object) -> set[str]:
    """Names, at any depth, that pydantic kept without knowing them."""
    found: set[str] = set()
    if isinstance(value, list):
        found = set().union(*map(extras, value))
    elif hasattr(value, "model_extra"):
        found = set(value.model_extra or {})
        for field in type(value).model_fields:
            found |= extras(getattr(value, field))
    return found


SDK_CLIENT_EVENTS: list[dict[str, Any]] = [
    {"type": "session.update", "session": {"type": "realtime", "tracing": None, "prompt": None}},
    {
        "type": "session.update",
        "event_id": "e1",
        "session": {
            "type": "realtime",
            "model": "gpt-realtime",
            "include": ["item.input_audio_transcription.logprobs"],
            "output_modalities": ["text"],
            "max_output_tokens": 4096,
            "parallel_tool_calls": True,
            "reasoning": {"effort": "low"},
            "tool_choice": {"type": "function", "name": "balance"},
            "tracing": {"workflow_name": "w", "group_id": "g", "metadata": {}},
            "truncation": {"type": "retention_ratio", "retention_ratio": 0.8},
            "tools": [
                msgspec.to_builtins(TOOL),
                {"type": "mcp", "server_label": "docs", "server_url": "https://example.com"},
            ],
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": 24000},
                    "noise_reduction": {"type": "far_field", "strength": 0.5},
                    "transcription": {"model": "whisper-1", "language": "en", "prompt": "bank"},
                    "turn_detection": {
                        "type": "server_vad",
                        "create_response": False,
                        "interrupt_response": False,
                        "prefix_padding_ms": 300,
                        "idle_timeout_ms": 5000,
                    },
                },
                "output": {"format": {"type": "audio/pcma"}, "voice": {"id": "voice_1234"}, "speed": 1.5},
            },
        },
    },
    {
        "type": "conversation.item.create",
        "item": msgspec.to_builtins(WORDS) | {"id": "i", "status": "completed"},
    },
    {
        "type": "conversation.item.create",
        "item": {
            "type": "message",
            "role": "system",
            "content": [{"type": "input_text", "text": "Be brief."}],
        },
    },
    {
        "type": "conversation.item.create",
        "item": {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Hello."}],
        },
    },
    {
        "type": "conversation.item.create",
        "item": {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_audio", "audio": "////", "transcript": "x"},
                {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "low"},
            ],
        },
    },
    {
        "type": "conversation.item.create",
        "item": {"type": "function_call", "name": "balance", "arguments": "{}", "call_id": "c"},
    },
    {
        "type": "response.create",
        "response": {
            "audio": {"output": {"format": {"type": "audio/pcmu"}, "voice": "cedar"}},
            "conversation": "auto",
            "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
            "instructions": "Greet.",
            "max_output_tokens": 100,
            "metadata": {"topic": "hello"},
            "output_modalities": ["audio"],
            "parallel_tool_calls": False,
            "reasoning": {"effort": "low"},
            "tool_choice": "none",
            "tools": [msgspec.to_builtins(TOOL)],
        },
    },
    {"type": "response.cancel", "response_id": "resp_1", "event_id": "e2"},
]


@pytest.mark.parametrize("said", SDK_CLIENT_EVENTS, ids=lambda said: said["type"])
def test_what_the_sdk_can_say_the_server_reads(said):
    """A client event with all that the SDK's types offer is taken, and nothing of it is lost."""
    text = json.dumps(said)
    assert not extras(read_by_sdk(RealtimeClientEvent, text))
    assert json.loads(encode(read_client(text))) == json.loads(text)
