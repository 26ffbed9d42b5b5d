"""What the server says, read by our client and by the types of the OpenAI SDK, which nobody here wrote."""

import json
from typing import Any

import msgspec
import pytest
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from twiliobridge.realtime import default_session
from twiliobridge.realtime.codec import encode, read_server
from twiliobridge.realtime.events import (
    SERVER_EVENTS,
    ArgumentsDelta,
    ArgumentsDone,
    AudioCleared,
    AudioCommitted,
    Content,
    ContentPartAdded,
    ContentPartDone,
    ConversationCreated,
    ConversationName,
    Error,
    ErrorDetail,
    IdleTimeout,
    InputTranscriptCompleted,
    InputTranscriptDelta,
    InputTranscriptFailed,
    InputTranscriptSegment,
    Item,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemRetrieved,
    ItemTruncated,
    KeyPressed,
    McpArgumentsDelta,
    McpArgumentsDone,
    McpCallCompleted,
    McpCallFailed,
    McpCallInProgress,
    McpListingCompleted,
    McpListingFailed,
    McpListingInProgress,
    OutputAudioDelta,
    OutputAudioDone,
    OutputBufferCleared,
    OutputBufferStarted,
    OutputBufferStopped,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    RateLimitsUpdated,
    Response,
    ResponseCreated,
    ResponseDone,
    ResponseFault,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    StatusDetails,
    TranscriptFault,
)
from twiliobridge.realtime.merge import default_transcription

WORDS = Item(type="message", role="user", content=(Content(type="input_text", text="Caller pressed 1"),))
RESULT = Item(type="function_call_output", call_id="call_0123456789abcdef", output="ok")
SPOKEN = Item(
    id="item_2",
    type="message",
    status="completed",
    role="assistant",
    content=(Content(type="output_audio", transcript="Hello."),),
)
HEARD = Item(
    id="item_1",
    type="message",
    status="completed",
    role="user",
    content=(Content(type="input_audio", transcript=None),),
)
CALLED = Item(
    id="item_3",
    type="function_call",
    status="in_progress",
    name="balance",
    call_id=RESULT.call_id,
    arguments="",
)
PREAMBLE = Item(
    id="item_4",
    type="message",
    status="in_progress",
    role="assistant",
    content=(),
    phase="commentary",
)
OFFERED = Item(
    id="item_5",
    type="mcp_list_tools",
    server_label="docs",
    tools=({"name": "find", "input_schema": {"type": "object"}},),
)
MCP_CALL = Item(
    id="item_6", type="mcp_call", server_label="docs", name="find", arguments="{}", output="found"
)
MCP_FAILED = Item(
    id="item_7",
    type="mcp_call",
    server_label="docs",
    name="find",
    arguments="{}",
    approval_request_id="item_8",
    error={"type": "tool_execution_error", "message": "no such page"},
)
APPROVAL = Item(id="item_8", type="mcp_approval_request", server_label="docs", name="find", arguments="{}")
APPROVED = Item(
    id="item_9", type="mcp_approval_response", approval_request_id="item_8", approve=False, reason="no"
)
USAGE = {"total_tokens": 3, "input_tokens": 1, "output_tokens": 2, "input_token_details": {"text_tokens": 1}}
PLACE: dict[str, Any] = {"response_id": "resp_1", "item_id": "item_2"}

SAID_BY_SERVER: list[ServerEvent] = [
    SessionCreated(session=default_session("gpt-realtime-2.1", "sess_1", 1785217650)),
    SessionUpdated(session=default_session("gpt-realtime-2.1", "sess_1", 1785217650)),
    ConversationCreated(conversation=ConversationName(id="conv_1", object="realtime.conversation")),
    Error(error=ErrorDetail(code="invalid_value", message="Invalid value: 'x'.", param="type")),
    RateLimitsUpdated(rate_limits=({"name": "tokens", "limit": 9, "remaining": 8, "reset_seconds": 0.5},)),
    RateLimitsUpdated(),
    ItemAdded(item=HEARD),
    ItemDone(item=SPOKEN, previous_item_id="item_1"),
    ItemDeleted(item_id="item_1"),
    ItemRetrieved(item=WORDS),
    ItemTruncated(item_id="item_2", content_index=0, audio_end_ms=1330),
    InputTranscriptDelta(item_id="item_1", delta="I", obfuscation="xyz"),
    InputTranscriptCompleted(item_id="item_1", transcript="I lost my card."),
    InputTranscriptCompleted(
        item_id="item_1",
        transcript="I lost my card.",
        usage={"type": "tokens", "total_tokens": 3, "input_tokens": 2, "output_tokens": 1},
    ),
    InputTranscriptCompleted(
        item_id="item_1",
        transcript="I lost my card.",
        logprobs=({"token": "I", "logprob": -0.1, "bytes": [73]},),
        languages=({"code": "en"},),
    ),
    InputTranscriptDelta(item_id="item_1", delta="I", logprobs=()),
    InputTranscriptSegment(id="seg_1", item_id="item_1", text="I", speaker="A", start=0.1, end=0.5),
    InputTranscriptFailed(item_id="item_1", error=TranscriptFault(code="audio_unintelligible")),
    SpeechStarted(audio_start_ms=320, item_id="item_1"),
    SpeechStopped(audio_end_ms=1500, item_id="item_1"),
    AudioCommitted(item_id="item_1"),
    AudioCleared(),
    IdleTimeout(audio_start_ms=1, audio_end_ms=2, item_id="item_1"),
    KeyPressed(event="5", received_at=1785217650),
    OutputBufferStarted(response_id="resp_1"),
    OutputBufferStopped(response_id="resp_1"),
    OutputBufferCleared(response_id="resp_1"),
    ItemDone(item=PREAMBLE),
    ItemDone(item=OFFERED),
    ItemDone(item=MCP_CALL),
    ItemDone(item=MCP_FAILED),
    ItemDone(item=APPROVAL),
    ItemDone(item=APPROVED),
    McpListingInProgress(item_id="item_5"),
    McpListingCompleted(item_id="item_5"),
    McpListingFailed(item_id="item_5"),
    McpArgumentsDelta(**PLACE, delta="{", obfuscation="xyz"),
    McpArgumentsDone(**PLACE, arguments="{}"),
    McpCallInProgress(item_id="item_6"),
    McpCallCompleted(item_id="item_6"),
    McpCallFailed(item_id="item_6"),
    ResponseCreated(response=Response(id="resp_1", conversation_id="conv_1")),
    ResponseDone(
        response=Response(
            id="resp_1",
            status="cancelled",
            status_details=StatusDetails(type="cancelled", reason="turn_detected"),
            output=(SPOKEN, CALLED),
            usage=USAGE,
        )
    ),
    ResponseDone(
        response=Response(
            id="resp_1",
            status="failed",
            status_details=StatusDetails(type="failed", error=ResponseFault(code="insufficient_quota")),
        )
    ),
    OutputItemAdded(response_id="resp_1", item=CALLED),
    OutputItemDone(response_id="resp_1", item=SPOKEN),
    ContentPartAdded(**PLACE, part=Content(type="audio", transcript="")),
    ContentPartDone(**PLACE, part=Content(type="audio", transcript="Hello.")),
    OutputAudioDelta(**PLACE, delta="////"),
    OutputAudioDone(**PLACE),
    OutputTranscriptDelta(**PLACE, delta="Hel", obfuscation="xyz"),
    OutputTranscriptDone(**PLACE, transcript="Hello."),
    OutputTextDelta(**PLACE, delta="Hel"),
    OutputTextDone(**PLACE, text="Hello."),
    ArgumentsDelta(**PLACE, call_id="call_1", delta="{"),
    ArgumentsDone(**PLACE, call_id="call_1", name="balance", arguments="{}"),
]


def name(event: msgspec.Struct) -> str:
    return type(event).__name__


def test_every_event_has_an_example():
    """What is not said here is not checked anywhere."""
    assert {type(event) for event in SAID_BY_SERVER} == set(SERVER_EVENTS)


@pytest.mark.parametrize("event", SAID_BY_SERVER, ids=name)
def test_what_the_server_says_is_what_the_client_reads(event):
    """The two ends mirror each other."""
    assert read_server(encode(event)) == event


def read_by_sdk(union: object, text: str) -> Any:
    """The event as the SDK's class of that `type` validates it."""
    read = TypeAdapter(union).validate_json(text, strict=True)
    assert read.type == json.loads(text)["type"]
    return read


@pytest.mark.parametrize("event", SAID_BY_SERVER, ids=name)
def test_the_sdk_reads_every_server_event(event):
    """Third-party clients find every field that their types demand, and what they read is what was said."""
    event = msgspec.structs.replace(event, event_id="event_0123456789abcdefghijk")
    text = encode(event)
    read = read_by_sdk(RealtimeServerEvent, text)
    said = json.loads(text)
    assert {key: value for key, value in read.to_dict(mode="json").items() if key in said} == said


def test_a_transcription_session_reports_only_what_it_has():
    """Live: no model, no instructions, no tools, no output; turns that say nothing of responses."""
    begun = SessionCreated(event_id="event_1", session=default_transcription("sess_1", 1785217650))
    text = encode(begun)
    assert json.loads(text)["session"] == {
        "type": "transcription",
        "object": "realtime.transcription_session",
        "id": "sess_1",
        "expires_at": 1785217650,
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 200,
                },
            }
        },
        "include": None,
    }
    assert read_by_sdk(RealtimeServerEvent, text).session.type == "transcription"
    heard = read_server(text)
    assert isinstance(heard, SessionCreated)
    assert heard.session.type == "transcription"


def test_a_user_item_from_the_callers_voice_says_that_its_transcript_is_null():
    """Live: content is `[{"type":"input_audio","transcript":null}]`, and the item names no `object`."""
    item = json.loads(encode(ItemAdded(item=HEARD)))["item"]
    assert item["content"] == [{"type": "input_audio", "transcript": None}]
    assert "object" not in item


def test_a_part_is_audio_while_the_item_holds_output_audio():
    """Live: the names of the same thing differ between the part and the stored content."""
    part = ContentPartAdded(**PLACE, part=Content(type="audio", transcript=""))
    assert json.loads(encode(part))["part"] == {"type": "audio", "transcript": ""}
