"""A server refuses with the service's own code, the path of the field, and the service's form of sentence."""

import json

import pytest

from twiliobridge.realtime import RemoteProtocolError
from twiliobridge.realtime.codec import read_client

VOICES = "'alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', and 'cedar'"
EVENTS = (
    "'session.update', 'input_audio_buffer.append', 'input_audio_buffer.commit', 'input_audio_buffer.clear',"
    " 'conversation.item.create', 'conversation.item.truncate', 'conversation.item.delete',"
    " 'conversation.item.retrieve', 'response.create', and 'response.cancel'"
)
TRUNCATE = {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0}


def refusal(said):
    with pytest.raises(RemoteProtocolError) as caught:
        read_client(json.dumps(said))
    return caught.value


def holds(fault, code, param, message):
    assert (fault.code, fault.param) == (code, param)
    assert str(fault).startswith(message)


EVENTS_REFUSED = {
    "unknown type": (
        {"type": "nope"},
        "invalid_value",
        "type",
        f"Invalid value: 'nope'. Supported values are: {EVENTS}.",
    ),
    "beta's type": (
        {"type": "transcription_session.update"},
        "invalid_value",
        "type",
        "Invalid value: 'transcription_session.update'. Supported values",
    ),
    "server's type": ({"type": "response.done"}, "invalid_value", "type", "Invalid value: 'response.done'."),
    "no type": ({}, "missing_required_parameter", "type", "Missing required parameter: 'type'."),
    "type": (
        {"type": 5},
        "invalid_type",
        "type",
        "Invalid type for 'type': expected a string, but got an integer instead.",
    ),
    "list": ([], "invalid_event", None, "Invalid event: expected an object, but got an array instead."),
    "no session": (
        {"type": "session.update"},
        "missing_required_parameter",
        "session",
        "Missing required parameter: 'session'.",
    ),
    "unknown field": (
        {"type": "response.cancel", "x": 1},
        "unknown_parameter",
        "x",
        "Unknown parameter: 'x'.",
    ),
    "event id": (
        {"type": "response.cancel", "event_id": 5},
        "invalid_type",
        "event_id",
        "Invalid type for 'event_id': expected a string, but got an integer instead.",
    ),
    "long event id": (
        {"type": "response.cancel", "event_id": "e" * 513},
        "string_above_max_length",
        "event_id",
        (
            "Invalid 'event_id': string too long. Expected a string with maximum length 512, but got a string"
            " with length 513 instead."
        ),
    ),
    "audio": (
        {"type": "input_audio_buffer.append", "audio": None},
        "invalid_type",
        "audio",
        "Invalid type for 'audio': expected audio bytes, but got null instead.",
    ),
    "no audio": (
        {"type": "input_audio_buffer.append"},
        "missing_required_parameter",
        "audio",
        "Missing required parameter: 'audio'.",
    ),
    "more than 15 MiB of audio": (
        {"type": "input_audio_buffer.append", "audio": "A" * (15 * 2**20 + 4)},
        "string_above_max_length",
        "audio",
        (
            "Invalid 'audio': string too long. Expected a string with maximum length 15728640, but got"
            " a string"
            " with length 15728644 instead."
        ),
    ),
    "negative": (
        TRUNCATE | {"audio_end_ms": -1},
        "integer_below_min_value",
        "audio_end_ms",
        "Invalid 'audio_end_ms': integer below minimum value. Expected a value >= 0, but got -1 instead.",
    ),
    "fraction": (
        TRUNCATE | {"audio_end_ms": 1.5},
        "invalid_type",
        "audio_end_ms",
        "Invalid type for 'audio_end_ms': expected an integer, but got a decimal number instead.",
    ),
    "truth for a number": (
        TRUNCATE | {"audio_end_ms": True},
        "invalid_type",
        "audio_end_ms",
        "Invalid type for 'audio_end_ms': expected an integer, but got a boolean instead.",
    ),
    "no item": (
        {"type": "conversation.item.create"},
        "missing_required_parameter",
        "item",
        "Missing required parameter: 'item'.",
    ),
}


@pytest.mark.parametrize(("said", "code", "param", "message"), EVENTS_REFUSED.values(), ids=EVENTS_REFUSED)
def test_an_event_that_is_none(said, code, param, message):
    holds(refusal(said), code, param, message)


def test_the_clients_own_id_comes_back_where_it_can_be_read():
    assert refusal({"type": "response.cancel", "x": 1, "event_id": "mine"}).event_id == "mine"
    assert refusal({"type": "response.create", "response": {"input": [{}]}, "event_id": "i"}).event_id == "i"
    assert refusal({"type": "response.cancel", "event_id": 5}).event_id is None
    assert refusal({"type": "response.cancel", "event_id": "e" * 513}).event_id is None


@pytest.mark.parametrize("text", ["not json", '{"type":', '{"type":"response.cancel"} x', '{"a":1e999}'])
def test_what_is_no_json(text):
    with pytest.raises(RemoteProtocolError) as caught:
        read_client(text)
    holds(caught.value, "invalid_json", None, "Invalid event: failed to parse JSON value.")


def test_what_is_no_text():
    with pytest.raises(RemoteProtocolError) as caught:
        read_client(b"{}")
    holds(
        caught.value,
        "invalid_event",
        None,
        "Expected a text WebSocket message; binary frames are not supported.",
    )


def of_input(**settings):
    return {"audio": {"input": settings}}


def of_output(**settings):
    return {"audio": {"output": settings}}


def words_by(model, **settings):
    return of_input(transcription={"model": model} | settings)


def function(name, **fields):
    return {"type": "function", "name": name} | fields


INPUT = "session.audio.input"
SETTINGS_REFUSED = {
    "beta's modalities": (
        {"modalities": ["text"]},
        "unknown_parameter",
        "session.modalities",
        "Unknown parameter: 'session.modalities'.",
    ),
    "beta's voice": (
        {"voice": "alloy"},
        "unknown_parameter",
        "session.voice",
        "Unknown parameter: 'session.voice'.",
    ),
    "temperature": ({"temperature": 0.8}, "unknown_parameter", "session.temperature", "Unknown parameter"),
    "kind": (
        {"type": "session"},
        "invalid_value",
        "session.type",
        "Invalid value: 'session'. Supported values are: 'realtime' and 'transcription'.",
    ),
    "both modalities": (
        {"output_modalities": ["text", "audio"]},
        "invalid_value",
        "session.output_modalities",
        "Invalid modalities: ['text', 'audio']. Supported combinations are: ['text'] and ['audio'].",
    ),
    "no modality": (
        {"output_modalities": []},
        "invalid_value",
        "session.output_modalities",
        "Invalid modalities: []. Supported combinations are: ['text'] and ['audio'].",
    ),
    "video": (
        {"output_modalities": ["video"]},
        "invalid_value",
        "session.output_modalities[0]",
        "Invalid value: 'video'. Supported values are: 'text' and 'audio'.",
    ),
    "no tokens": (
        {"max_output_tokens": 0},
        "integer_below_min_value",
        "session.max_output_tokens",
        (
            "Invalid 'session.max_output_tokens': integer below minimum value. Expected a value >= 1,"
            " but got 0"
            " instead."
        ),
    ),
    "many tokens": (
        {"max_output_tokens": 4097},
        "integer_above_max_value",
        "session.max_output_tokens",
        (
            "Invalid 'session.max_output_tokens': integer above maximum value. Expected a value <="
            " 4096, but got"
            " 4097 instead."
        ),
    ),
    "tokens in words": (
        {"max_output_tokens": "many"},
        "invalid_value",
        "session.max_output_tokens",
        "Invalid value: 'many'. Value must be 'inf'.",
    ),
    "half a token": (
        {"max_output_tokens": 1.5},
        "invalid_type",
        "session.max_output_tokens",
        (
            "Invalid type for 'session.max_output_tokens': expected one of an integer or 'inf', but"
            " got a decimal"
            " number instead."
        ),
    ),
    "tool choice": (
        {"tool_choice": "sometimes"},
        "invalid_value",
        "session.tool_choice",
        "Invalid value: 'sometimes'. Supported values are: 'auto', 'none', and 'required'.",
    ),
    "word with a line after it": (
        {"tool_choice": "auto\n"},
        "invalid_value",
        "session.tool_choice",
        "Invalid value: 'auto\n'. Supported values are: 'auto', 'none', and 'required'.",
    ),
    "tool choice of a kind": (
        {"tool_choice": {"type": "web"}},
        "invalid_value",
        "session.tool_choice.type",
        "Invalid value: 'web'. Supported values are: 'function' and 'mcp'.",
    ),
    "tool choice of no name": (
        {"tool_choice": {"type": "function"}},
        "missing_required_parameter",
        "session.tool_choice.name",
        "Missing required parameter: 'session.tool_choice.name'.",
    ),
    "tool choice of no server": (
        {"tool_choice": {"type": "mcp"}},
        "missing_required_parameter",
        "session.tool_choice.server_label",
        "Missing required parameter: 'session.tool_choice.server_label'.",
    ),
    "tool choice in a number": (
        {"tool_choice": 5},
        "invalid_type",
        "session.tool_choice",
        (
            "Invalid type for 'session.tool_choice': expected one of 'auto', 'none', 'required', or an"
            " object, but"
            " got an integer instead."
        ),
    ),
    "tool field": (
        {"tools": [function("a"), function("b", meta=1)]},
        "unknown_parameter",
        "session.tools[1].meta",
        "Unknown parameter: 'session.tools[1].meta'.",
    ),
    "tool as in Chat Completions": (
        {"tools": [{"type": "function", "function": {"name": "a"}}]},
        "unknown_parameter",
        "session.tools[0].function",
        "Unknown parameter: 'session.tools[0].function'.",
    ),
    "tool without a name": (
        {"tools": [{"type": "function"}]},
        "missing_required_parameter",
        "session.tools[0].name",
        "Missing required parameter: 'session.tools[0].name'.",
    ),
    "tool name with a blank": (
        {"tools": [function("look up")]},
        "invalid_value",
        "session.tools[0].name",
        (
            "Invalid 'session.tools[0].name': string does not match pattern. Expected a string that"
            " matches the"
            " pattern '^[a-zA-Z0-9_-]+$'."
        ),
    ),
    "long tool name": (
        {"tools": [function("a" * 65)]},
        "string_above_max_length",
        "session.tools[0].name",
        (
            "Invalid 'session.tools[0].name': string too long. Expected a string with maximum length"
            " 64, but got a"
            " string with length 65 instead."
        ),
    ),
    "empty tool name": (
        {"tools": [function("")]},
        "empty_string",
        "session.tools[0].name",
        (
            "Invalid 'session.tools[0].name': empty string. Expected a string with minimum length 1,"
            " but got an"
            " empty string instead."
        ),
    ),
    "tool twice": (
        {"tools": [function("a"), function("b"), function("a")]},
        "invalid_value",
        "session.tools[2].name",
        "Invalid 'session.tools[2].name': a tool with the name 'a' comes before it.",
    ),
    "parameters": (
        {"tools": [function("a", parameters=["x"])]},
        "invalid_type",
        "session.tools[0].parameters",
        "Invalid type for 'session.tools[0].parameters': expected an object, but got an array instead.",
    ),
    "tool kind": (
        {"tools": [{"type": "web"}]},
        "invalid_value",
        "session.tools[0].type",
        "Invalid value: 'web'. Supported values are: 'function' and 'mcp'.",
    ),
    "tool without kind": (
        {"tools": [{"name": "a"}]},
        "missing_required_parameter",
        "session.tools[0].type",
        "Missing required parameter: 'session.tools[0].type'.",
    ),
    "tools in an object": (
        {"tools": {}},
        "invalid_type",
        "session.tools",
        "Invalid type for 'session.tools': expected an array of objects, but got an object instead.",
    ),
    "mcp without a label": (
        {"tools": [{"type": "mcp", "server_url": "https://x"}]},
        "missing_required_parameter",
        "session.tools[0].server_label",
        "Missing required parameter: 'session.tools[0].server_label'.",
    ),
    "mcp without a server": (
        {"tools": [function("a"), {"type": "mcp", "server_label": "docs"}]},
        "missing_required_parameter",
        "session.tools[1].server_url",
        "Missing required parameter: 'session.tools[1].server_url'.",
    ),
    "mcp connector": (
        {"tools": [{"type": "mcp", "server_label": "docs", "connector_id": "connector_x"}]},
        "invalid_value",
        "session.tools[0].connector_id",
        "Invalid value: 'connector_x'. Supported values are: 'connector_dropbox',",
    ),
    "tracing": (
        {"tracing": "xx"},
        "invalid_value",
        "session.tracing",
        "Invalid value: 'xx'. Value must be 'auto'.",
    ),
    "tracing field": (
        {"tracing": {"workflow": "w"}},
        "unknown_parameter",
        "session.tracing.workflow",
        "Unknown parameter: 'session.tracing.workflow'.",
    ),
    "truncation": (
        {"truncation": "sometimes"},
        "invalid_value",
        "session.truncation",
        "Invalid value: 'sometimes'. Supported values are: 'auto' and 'disabled'.",
    ),
    "ratio": (
        {"truncation": {"type": "retention_ratio", "retention_ratio": 7}},
        "decimal_above_max_value",
        "session.truncation.retention_ratio",
        (
            "Invalid 'session.truncation.retention_ratio': decimal above maximum value. Expected a"
            " value <= 1, but"
            " got 7 instead."
        ),
    ),
    "no ratio": (
        {"truncation": {"type": "retention_ratio"}},
        "missing_required_parameter",
        "session.truncation.retention_ratio",
        "Missing required parameter: 'session.truncation.retention_ratio'.",
    ),
    "effort": (
        {"reasoning": {"effort": "banana"}},
        "invalid_value",
        "session.reasoning.effort",
        "Invalid value: 'banana'. Supported values are: 'minimal', 'low', 'medium', 'high', and 'xhigh'.",
    ),
    "include": (
        {"include": ["nonsense"]},
        "invalid_value",
        "session.include[0]",
        "Invalid value: 'nonsense'. Value must be 'item.input_audio_transcription.logprobs'.",
    ),
    "prompt": (
        {"prompt": {"version": "1"}},
        "missing_required_parameter",
        "session.prompt.id",
        "Missing required parameter: 'session.prompt.id'.",
    ),
    "parallel": (
        {"parallel_tool_calls": "yes"},
        "invalid_type",
        "session.parallel_tool_calls",
        "Invalid type for 'session.parallel_tool_calls': expected a boolean, but got a string instead.",
    ),
    "audio side": (
        {"audio": {"both": {}}},
        "unknown_parameter",
        "session.audio.both",
        "Unknown parameter: 'session.audio.both'.",
    ),
    "audio null": (
        {"audio": None},
        "invalid_type",
        "session.audio",
        "Invalid type for 'session.audio': expected an object, but got null instead.",
    ),
    "beta's format": (
        of_input(format="g711_ulaw"),
        "invalid_type",
        f"{INPUT}.format",
        "Invalid type for 'session.audio.input.format': expected an object, but got a string instead.",
    ),
    "format": (
        of_input(format={"type": "pcm16"}),
        "invalid_value",
        f"{INPUT}.format.type",
        "Invalid value: 'pcm16'. Supported values are: 'audio/pcm', 'audio/pcmu', and 'audio/pcma'.",
    ),
    "no rate": (
        of_output(format={"type": "audio/pcm"}),
        "missing_required_parameter",
        "session.audio.output.format.rate",
        "Missing required parameter: 'session.audio.output.format.rate'.",
    ),
    "rate": (
        of_input(format={"type": "audio/pcm", "rate": 16000}),
        "integer_below_min_value",
        f"{INPUT}.format.rate",
        (
            "Invalid 'session.audio.input.format.rate': integer below minimum value. Expected a value"
            " >= 24000,"
            " but got 16000 instead."
        ),
    ),
    "rate of mu-law": (
        of_input(format={"type": "audio/pcmu", "rate": 8000}),
        "unknown_parameter",
        f"{INPUT}.format.rate",
        "Unknown parameter: 'session.audio.input.format.rate'.",
    ),
    "speed": (
        of_output(speed=7),
        "decimal_above_max_value",
        "session.audio.output.speed",
        (
            "Invalid 'session.audio.output.speed': decimal above maximum value. Expected a value <="
            " 1.5, but got 7"
            " instead."
        ),
    ),
    "low speed": (
        of_output(speed=0.1),
        "decimal_below_min_value",
        "session.audio.output.speed",
        (
            "Invalid 'session.audio.output.speed': decimal below minimum value. Expected a value >="
            " 0.25, but got"
            " 0.1 instead."
        ),
    ),
    "voice": (
        of_output(voice="Puck"),
        "invalid_value",
        "session.audio.output.voice",
        f"Invalid value: 'Puck'. Supported values are: {VOICES}.",
    ),
    "voice of one's own": (
        of_output(voice={"name": "me"}),
        "unknown_parameter",
        "session.audio.output.voice.name",
        "Unknown parameter: 'session.audio.output.voice.name'.",
    ),
    "threshold": (
        of_input(turn_detection={"type": "server_vad", "threshold": 1.5}),
        "decimal_above_max_value",
        f"{INPUT}.turn_detection.threshold",
        "Invalid 'session.audio.input.turn_detection.threshold': decimal above maximum value.",
    ),
    "idle": (
        of_input(turn_detection={"type": "server_vad", "idle_timeout_ms": 100}),
        "integer_below_min_value",
        f"{INPUT}.turn_detection.idle_timeout_ms",
        "Invalid 'session.audio.input.turn_detection.idle_timeout_ms': integer below minimum value.",
    ),
    "vad kind": (
        of_input(turn_detection={"type": "none"}),
        "invalid_value",
        f"{INPUT}.turn_detection.type",
        "Invalid value: 'none'. Supported values are: 'server_vad' and 'semantic_vad'.",
    ),
    "vad without kind": (
        of_input(turn_detection={"threshold": 0.5}),
        "missing_required_parameter",
        f"{INPUT}.turn_detection.type",
        "Missing required parameter: 'session.audio.input.turn_detection.type'.",
    ),
    "vad field of the other kind": (
        of_input(turn_detection={"type": "semantic_vad", "threshold": 0.6}),
        "unknown_parameter",
        f"{INPUT}.turn_detection.threshold",
        "Unknown parameter: 'session.audio.input.turn_detection.threshold'.",
    ),
    "transcription field": (
        words_by("whisper-1", modle="x"),
        "unknown_parameter",
        f"{INPUT}.transcription.modle",
        "Unknown parameter: 'session.audio.input.transcription.modle'.",
    ),
    "transcription without a model": (
        of_input(transcription={"language": "de"}),
        "missing_required_parameter",
        f"{INPUT}.transcription.model",
        "Missing required parameter: 'session.audio.input.transcription.model'.",
    ),
    "transcription model": (
        words_by("gpt-4o-transcribe-latest"),
        "invalid_value",
        f"{INPUT}.transcription.model",
        (
            "Invalid value: 'gpt-4o-transcribe-latest'. Supported values are: 'whisper-1',"
            " 'gpt-realtime-whisper',"
        ),
    ),
    "languages in an array": (
        words_by("whisper-1", language=["de"]),
        "invalid_type",
        f"{INPUT}.transcription.language",
        (
            "Invalid type for 'session.audio.input.transcription.language': expected a string, but got"
            " an array"
            " instead."
        ),
    ),
    "delay": (
        words_by("whisper-1", delay="low"),
        "invalid_value",
        f"{INPUT}.transcription.delay",
        "Delay is not supported for this transcription model.",
    ),
    "keywords": (
        words_by("gpt-4o-transcribe", keywords=["bank"]),
        "invalid_value",
        f"{INPUT}.transcription.keywords",
        "Keywords are not supported for this transcription model.",
    ),
    "prompt for whisper": (
        words_by("gpt-realtime-whisper", prompt="bank"),
        "invalid_value",
        f"{INPUT}.transcription.prompt",
        "Prompt is not supported for this transcription model.",
    ),
    "two ways to say the language": (
        words_by("gpt-transcribe", language="en", languages=["en", "de"]),
        "invalid_value",
        f"{INPUT}.transcription.languages",
        "Invalid 'session.audio.input.transcription.languages': cannot be given together with 'language'.",
    ),
    "noise": (
        of_input(noise_reduction={"type": "loud"}),
        "invalid_value",
        f"{INPUT}.noise_reduction.type",
        "Invalid value: 'loud'. Supported values are: 'near_field' and 'far_field'.",
    ),
    "noise in a word": (
        of_input(noise_reduction="near_field"),
        "invalid_type",
        f"{INPUT}.noise_reduction",
        (
            "Invalid type for 'session.audio.input.noise_reduction': expected an object, but got a"
            " string instead."
        ),
    ),
}


@pytest.mark.parametrize(
    ("said", "code", "param", "message"), SETTINGS_REFUSED.values(), ids=SETTINGS_REFUSED
)
def test_a_setting_of_the_session(said, code, param, message):
    """A session is checked to its last field."""
    fault = refusal({"type": "session.update", "session": {"type": "realtime"} | said})
    holds(fault, code, param, message)


TRANSCRIPTION_REFUSED = {
    "instructions": ({"instructions": "x"}, "session.instructions"),
    "tools": ({"tools": []}, "session.tools"),
    "output": (of_output(speed=1), "session.audio.output"),
}


@pytest.mark.parametrize(("said", "param"), TRANSCRIPTION_REFUSED.values(), ids=TRANSCRIPTION_REFUSED)
def test_a_transcription_session_has_no_more_than_it_needs(said, param):
    fault = refusal({"type": "session.update", "session": {"type": "transcription"} | said})
    holds(fault, "unknown_parameter", param, f"Unknown parameter: '{param}'.")


RESPONSES_REFUSED = {
    "beta's field": (
        {"modalities": ["text"]},
        "unknown_parameter",
        "response.modalities",
        "Unknown parameter: 'response.modalities'.",
    ),
    "tokens": (
        {"max_output_tokens": 4097},
        "integer_above_max_value",
        "response.max_output_tokens",
        "Invalid 'response.max_output_tokens': integer above maximum value.",
    ),
    "tool": (
        {"tools": [{"type": "function"}]},
        "missing_required_parameter",
        "response.tools[0].name",
        "Missing required parameter: 'response.tools[0].name'.",
    ),
    "tool twice": (
        {"tools": [function("a"), function("a")]},
        "invalid_value",
        "response.tools[1].name",
        "Invalid 'response.tools[1].name': a tool with the name 'a' comes before it.",
    ),
    "tool choice": (
        {"tool_choice": "get_bill"},
        "invalid_value",
        "response.tool_choice",
        "Invalid value: 'get_bill'. Supported values are: 'auto', 'none', and 'required'.",
    ),
    "conversation": (
        {"conversation": "conv_1"},
        "invalid_value",
        "response.conversation",
        "Invalid value: 'conv_1'. Supported values are: 'auto' and 'none'.",
    ),
    "speed": (
        {"audio": {"output": {"speed": 1}}},
        "unknown_parameter",
        "response.audio.output.speed",
        "Unknown parameter: 'response.audio.output.speed'.",
    ),
    "format": (
        {"audio": {"output": {"format": {"type": "audio/opus"}}}},
        "invalid_value",
        "response.audio.output.format.type",
        "Invalid value: 'audio/opus'. Supported values are: 'audio/pcm', 'audio/pcmu', and 'audio/pcma'.",
    ),
    "17 pairs": (
        {"metadata": {f"k{n}": "v" for n in range(17)}},
        "object_above_max_properties",
        "response.metadata",
        (
            "Invalid 'response.metadata': too many properties. Expected an object with at most 16"
            " properties, but"
            " got an object with 17 properties instead."
        ),
    ),
    "long name of a pair": (
        {"metadata": {"k" * 65: "v"}},
        "string_above_max_length",
        f"response.metadata.{'k' * 65}",
        (
            f"Invalid property name in 'response.metadata': '{'k' * 65}' is too long. Expected a string with"
            " maximum length 64, but got a string with length 65 instead."
        ),
    ),
    "long value of a pair": (
        {"metadata": {"k": "v" * 513}},
        "string_above_max_length",
        "response.metadata.k",
        "Invalid 'response.metadata.k': string too long. Expected a string with maximum length 512,",
    ),
    "pair with a number": (
        {"metadata": {"k": 5}},
        "invalid_type",
        "response.metadata.k",
        "Invalid type for 'response.metadata.k': expected a string, but got an integer instead.",
    ),
    "input": (
        {"input": [{"type": "message", "role": "user", "content": [{"type": "input_text"}]}]},
        "missing_required_parameter",
        "response.input[0].content[0].text",
        "Missing required parameter: 'response.input[0].content[0].text'.",
    ),
    "input of no kind": (
        {"input": [{"role": "user"}]},
        "missing_required_parameter",
        "response.input[0].type",
        "Missing required parameter: 'response.input[0].type'.",
    ),
    "reference to nothing": (
        {"input": [{"type": "item_reference"}]},
        "missing_required_parameter",
        "response.input[0].id",
        "Missing required parameter: 'response.input[0].id'.",
    ),
}


@pytest.mark.parametrize(
    ("said", "code", "param", "message"), RESPONSES_REFUSED.values(), ids=RESPONSES_REFUSED
)
def test_a_wish_for_a_response(said, code, param, message):
    holds(refusal({"type": "response.create", "response": said}), code, param, message)
