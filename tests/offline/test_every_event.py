"""Everything that the offline model can send: parsed strictly, and held field by field against recordings.

A new kind of event, or a new field, is to be reached by a session of `every_event`. Where no recording has
it, it is listed here, with the reason for which it is there all the same.
"""

import json
import re
from collections import defaultdict
from pathlib import Path

import openai
import pytest
from every_event import everything_sent
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from recorded_sessions import shapes, told

import twiliobridge.offline
from twiliobridge.realtime.server_events import SERVER_EVENTS

STRICT = TypeAdapter(RealtimeServerEvent)
MADE_BY_FUNCTION = {"Error": "error_event"}


def kinds_made():
    """Every kind of event that some line of the package makes."""
    folder = Path(twiliobridge.offline.__file__).parent
    source = "".join(path.read_text() for path in sorted(folder.rglob("*.py")))
    return {
        event.__struct_config__.tag
        for event in SERVER_EVENTS
        if re.search(rf"\b{MADE_BY_FUNCTION.get(event.__name__, event.__name__)}\(", source)
    }


def test_the_sessions_reach_every_kind_of_event_that_is_ever_made():
    assert {json.loads(text)["type"] for text in everything_sent()} == kinds_made()


def test_every_event_passes_the_types_of_the_sdk_strictly():
    for text in everything_sent():
        STRICT.validate_json(text, strict=True)


def test_the_sdk_is_of_the_generation_that_knows_these_events():
    """An older one would pass events by that it does not know."""
    assert int(openai.__version__.partition(".")[0]) >= 2
    with pytest.raises(ValueError, match=r"union_tag|Input should be"):
        STRICT.validate_json('{"type":"response.audio.delta","event_id":"e"}', strict=True)


def paths(shaped):
    found = defaultdict(set)
    for kind, fields in shaped:
        found[kind] |= fields.keys()
    return found


RECORDED = paths((name.partition("/")[0], fields) for name, fields in shapes().items())
OURS = paths(map(told, everything_sent()))

ASKED = "No recorded client asked for it. Source: OpenAI API reference, Realtime > Server events."
NEVER_RECORDED = {
    "conversation.item.deleted": ASKED,
    "conversation.item.retrieved": ASKED,
    "conversation.item.truncated": ASKED,
    "error": "No recorded client did anything wrong. Source: as for the others, and reports of clients.",
    "input_audio_buffer.cleared": ASKED,
    "input_audio_buffer.timeout_triggered": ASKED,
}
"Kinds of events, and why they are sent although no recording has one."

AZURE_REPEATS_A_PART = "Azure tells a content part twice, under `part` and under `content`."
NOT_OURS = {
    ("response.content_part.added", "content.text"): AZURE_REPEATS_A_PART,
    ("response.content_part.added", "content.transcript"): AZURE_REPEATS_A_PART,
    ("response.content_part.added", "content.type"): AZURE_REPEATS_A_PART,
    ("response.content_part.done", "content.text"): AZURE_REPEATS_A_PART,
    ("response.content_part.done", "content.transcript"): AZURE_REPEATS_A_PART,
    ("response.content_part.done", "content.type"): AZURE_REPEATS_A_PART,
}
"Fields of recorded events that ours never have, and why."

PICTURE = "The client's own, told back; no recorded client sent a picture."
LOGPROBS = "Told only where `include` asks for it, as no recorded client did. Source: the SDK's types."
ENDING = "Every recorded response was completed. Source: OpenAI API reference, Realtime > response.done."
SETTING = "The client's own setting, told back; no recorded client chose it."
NOT_RECORDED = {
    ("conversation.item.added", "item.content[].detail"): PICTURE,
    ("conversation.item.added", "item.content[].image_url"): PICTURE,
    ("conversation.item.done", "item.content[].detail"): PICTURE,
    ("conversation.item.done", "item.content[].image_url"): PICTURE,
    ("conversation.item.input_audio_transcription.completed", "logprobs[].bytes[]"): LOGPROBS,
    ("conversation.item.input_audio_transcription.completed", "logprobs[].logprob"): LOGPROBS,
    ("conversation.item.input_audio_transcription.completed", "logprobs[].token"): LOGPROBS,
    ("conversation.item.input_audio_transcription.delta", "logprobs[].bytes[]"): LOGPROBS,
    ("conversation.item.input_audio_transcription.delta", "logprobs[].logprob"): LOGPROBS,
    ("conversation.item.input_audio_transcription.delta", "logprobs[].token"): LOGPROBS,
    ("response.done", "response.output"): "An empty list: every recorded response said something.",
    ("response.done", "response.status_details.error.code"): ENDING,
    ("response.done", "response.status_details.error.message"): ENDING,
    ("response.done", "response.status_details.error.type"): ENDING,
    ("response.done", "response.status_details.reason"): ENDING,
    ("response.done", "response.status_details.type"): ENDING,
    ("session.updated", "session.audio.input.noise_reduction.type"): SETTING,
    ("session.updated", "session.audio.input.transcription"): SETTING,
    ("session.updated", "session.audio.input.turn_detection"): SETTING,
    ("session.updated", "session.audio.input.turn_detection.eagerness"): SETTING,
    ("session.updated", "session.include[]"): SETTING,
    ("session.updated", "session.parallel_tool_calls"): SETTING,
    ("session.updated", "session.reasoning.effort"): SETTING,
    ("session.updated", "session.tool_choice.name"): SETTING,
    ("session.updated", "session.tool_choice.type"): SETTING,
    ("session.updated", "session.truncation.retention_ratio"): SETTING,
    ("session.updated", "session.truncation.type"): SETTING,
}
"Fields of ours that no recorded event of the kind has, and why."


def test_kinds_that_nobody_recorded_are_listed():
    assert OURS.keys() - RECORDED.keys() == NEVER_RECORDED.keys()
    assert RECORDED.keys() - OURS.keys() == set()


def test_every_recorded_field_is_ours_too():
    missing = {(kind, path) for kind in RECORDED for path in RECORDED[kind] - OURS[kind]}
    assert missing - NOT_OURS.keys() == set()
    assert NOT_OURS.keys() - missing == set(), "a reason that explains nothing any more goes"


def test_every_field_of_ours_was_recorded():
    extra = {(kind, path) for kind in RECORDED for path in OURS[kind] - RECORDED[kind]}
    assert extra - NOT_RECORDED.keys() == set()
    assert NOT_RECORDED.keys() - extra == set(), "a reason that explains nothing any more goes"
