"""What our events have in common with recorded ones, by kind and field path; each difference has its reason.

A new field of ours that no recording has is listed here, with the reason for which it is there all the same.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from clients.field_paths import Shape, told

FOLDER = Path(__file__).parents[1] / "tests" / "offline" / "recorded"
"Recorded sessions, in our own form."

Paths = dict[str, set[str]]
"Of each kind of event."


@cache
def shapes() -> dict[str, Shape]:
    """Of every recorded event, by the name under which the sessions refer to it."""
    lines = map(json.loads, (FOLDER / "shapes.jsonl").read_text().splitlines())
    return {line["shape"]: line["fields"] for line in lines}


def paths_of(texts: Iterable[str]) -> Paths:
    return _gathered(map(told, texts))


def recorded_paths() -> Paths:
    return _gathered((name.partition("/")[0], fields) for name, fields in shapes().items())


def _gathered(events: Iterable[tuple[str, Iterable[str]]]) -> Paths:
    found: Paths = defaultdict(set)
    for kind, fields in events:
        found[kind] |= set(fields)
    return dict(found)


def never_recorded(ours: Paths) -> set[str]:
    """Kinds of events of ours."""
    return ours.keys() - recorded_paths().keys()


def not_recorded(ours: Paths) -> set[tuple[str, str]]:
    """Fields of ours that no recorded event of the kind has."""
    return {(kind, path) for kind, was in recorded_paths().items() for path in ours.get(kind, set()) - was}


def not_ours(ours: Paths) -> set[tuple[str, str]]:
    """Fields of recorded events that none of ours has, where there are any of the kind."""
    return {
        (kind, path) for kind, was in recorded_paths().items() if kind in ours for path in was - ours[kind]
    }


ASKED = "No recorded client asked for it. Source: OpenAI API reference, Realtime > Server events."
MCP = "No recorded client had tools at an MCP server. Source: the SDK's types; OpenAI's guide to tools."
NEVER_RECORDED = {
    "conversation.item.deleted": ASKED,
    "conversation.item.retrieved": ASKED,
    "conversation.item.truncated": ASKED,
    "error": "No recorded client did anything wrong. Source: as for the others, and reports of clients.",
    "input_audio_buffer.cleared": ASKED,
    "input_audio_buffer.timeout_triggered": ASKED,
    "mcp_list_tools.completed": MCP,
    "mcp_list_tools.failed": MCP,
    "mcp_list_tools.in_progress": MCP,
    "response.mcp_call.completed": MCP,
    "response.mcp_call.failed": MCP,
    "response.mcp_call.in_progress": MCP,
    "response.mcp_call_arguments.delta": MCP,
    "response.mcp_call_arguments.done": MCP,
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
    ("session.updated", "session.audio.input.noise_reduction.strength"): SETTING,
    ("session.updated", "session.audio.input.transcription.keywords[]"): SETTING,
    ("session.updated", "session.audio.input.transcription.languages[]"): SETTING,
    ("session.updated", "session.audio.output.voice.id"): SETTING,
    ("session.updated", "session.prompt.id"): SETTING,
    ("session.updated", "session.prompt.variables"): SETTING,
    ("session.updated", "session.prompt.version"): SETTING,
    ("session.updated", "session.tracing.group_id"): SETTING,
    ("session.updated", "session.tracing.metadata"): SETTING,
    ("session.updated", "session.tracing.workflow_name"): SETTING,
    ("session.updated", "session.truncation.token_limits.post_instructions"): SETTING,
    ("session.updated", "session.tool_choice.name"): SETTING,
    ("session.updated", "session.tool_choice.type"): SETTING,
    ("session.updated", "session.truncation.retention_ratio"): SETTING,
    ("session.updated", "session.truncation.type"): SETTING,
    ("conversation.item.added", "item.approval_request_id"): MCP,
    ("conversation.item.added", "item.approve"): MCP,
    ("conversation.item.added", "item.reason"): MCP,
    ("conversation.item.added", "item.server_label"): MCP,
    ("conversation.item.added", "item.tools"): MCP,
    ("conversation.item.done", "item.approval_request_id"): MCP,
    ("conversation.item.done", "item.approve"): MCP,
    ("conversation.item.done", "item.error.message"): MCP,
    ("conversation.item.done", "item.error.type"): MCP,
    ("conversation.item.done", "item.reason"): MCP,
    ("conversation.item.done", "item.server_label"): MCP,
    ("conversation.item.done", "item.tools[].annotations.readOnlyHint"): MCP,
    ("conversation.item.done", "item.tools[].description"): MCP,
    ("conversation.item.done", "item.tools[].input_schema.type"): MCP,
    ("conversation.item.done", "item.tools[].name"): MCP,
    ("response.done", "response.output[].error.message"): MCP,
    ("response.done", "response.output[].error.type"): MCP,
    ("response.done", "response.output[].output"): MCP,
    ("response.done", "response.output[].server_label"): MCP,
    ("response.output_item.added", "item.output"): MCP,
    ("response.output_item.added", "item.server_label"): MCP,
    ("response.output_item.done", "item.error.message"): MCP,
    ("response.output_item.done", "item.error.type"): MCP,
    ("response.output_item.done", "item.output"): MCP,
    ("response.output_item.done", "item.server_label"): MCP,
    ("session.updated", "session.tools[].allowed_tools[]"): MCP,
    ("session.updated", "session.tools[].require_approval"): MCP,
    ("session.updated", "session.tools[].server_label"): MCP,
    ("session.updated", "session.tools[].server_url"): MCP,
}
"Fields of ours that no recorded event of the kind has, and why."
