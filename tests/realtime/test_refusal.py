"""A server refuses with the service's own code and the path of the field."""

import json

import pytest

from twiliobridge.realtime import RemoteProtocolError
from twiliobridge.realtime.codec import read_client

REFUSED = {
    "unknown type": ({"type": "response.audio"}, "invalid_value", "type"),
    "beta's type": ({"type": "transcription_session.update"}, "invalid_value", "type"),
    "server's type": ({"type": "response.done"}, "invalid_value", "type"),
    "no session": ({"type": "session.update"}, "missing_required_parameter", "session"),
    "no session type": (
        {"type": "session.update", "session": {}},
        "missing_required_parameter",
        "session.type",
    ),
    "transcription session": (
        {"type": "session.update", "session": {"type": "transcription"}},
        "invalid_value",
        "session.type",
    ),
    "unknown field": ({"type": "response.cancel", "x": 1}, "unknown_parameter", "x"),
    "wrong type": ({"type": "input_audio_buffer.append", "audio": 5}, "invalid_type", "audio"),
    "no audio": ({"type": "input_audio_buffer.append"}, "missing_required_parameter", "audio"),
    "negative": (
        {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": -1},
        "invalid_value",
        "audio_end_ms",
    ),
    "no item": ({"type": "conversation.item.create"}, "missing_required_parameter", "item"),
    "event id of a wrong type": ({"type": "response.cancel", "event_id": 5}, "invalid_type", "event_id"),
    "response": (
        {"type": "response.create", "response": {"voice": "a"}},
        "unknown_parameter",
        "response.voice",
    ),
    "too many tokens": (
        {"type": "response.create", "response": {"max_output_tokens": 4097}},
        "invalid_value",
        "response.max_output_tokens",
    ),
    "response tool": (
        {"type": "response.create", "response": {"tools": [{"type": "function"}]}},
        "missing_required_parameter",
        "response.tools[0].name",
    ),
}


@pytest.mark.parametrize(("said", "code", "param"), REFUSED.values(), ids=REFUSED)
def test_what_a_server_refuses(said, code, param):
    """Code and path are the service's; the client's `event_id` comes back where it can be read."""
    with pytest.raises(RemoteProtocolError) as caught:
        read_client(json.dumps({"event_id": "mine"} | said))
    assert (caught.value.code, caught.value.param) == (code, param)
    assert caught.value.event_id == (None if param == "event_id" else "mine")


REFUSED_IN_SESSION = {
    "modalities": ({"modalities": ["text"]}, "unknown_parameter", "session.modalities"),
    "beta voice": ({"voice": "alloy"}, "unknown_parameter", "session.voice"),
    "both modalities": (
        {"output_modalities": ["text", "audio"]},
        "invalid_value",
        "session.output_modalities",
    ),
    "no modality": ({"output_modalities": []}, "invalid_value", "session.output_modalities"),
    "video": ({"output_modalities": ["video"]}, "invalid_value", "session.output_modalities[0]"),
    "temperature": ({"temperature": 0.8}, "unknown_parameter", "session.temperature"),
    "tokens": ({"max_output_tokens": 0}, "invalid_value", "session.max_output_tokens"),
    "tool field": (
        {"tools": [{"type": "function", "name": "a"}, {"type": "function", "name": "b", "meta": 1}]},
        "unknown_parameter",
        "session.tools[1].meta",
    ),
    "tool kind": ({"tools": [{"type": "web"}]}, "invalid_value", "session.tools[0].type"),
    "tool without kind": ({"tools": [{"name": "a"}]}, "missing_required_parameter", "session.tools[0].type"),
    "audio side": ({"audio": {"both": {}}}, "unknown_parameter", "session.audio.both"),
    "audio null": ({"audio": None}, "invalid_type", "session.audio"),
    "old format": (
        {"audio": {"input": {"format": "g711_ulaw"}}},
        "invalid_type",
        "session.audio.input.format",
    ),
    "format": (
        {"audio": {"input": {"format": {"type": "g711_ulaw"}}}},
        "invalid_value",
        "session.audio.input.format.type",
    ),
    "rate": (
        {"audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}},
        "invalid_value",
        "session.audio.input.format.rate",
    ),
    "speed": ({"audio": {"output": {"speed": 2}}}, "invalid_value", "session.audio.output.speed"),
    "threshold": (
        {"audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 1.5}}}},
        "invalid_value",
        "session.audio.input.turn_detection.threshold",
    ),
    "vad kind": (
        {"audio": {"input": {"turn_detection": {"type": "none"}}}},
        "invalid_value",
        "session.audio.input.turn_detection.type",
    ),
    "vad without kind": (
        {"audio": {"input": {"turn_detection": {"threshold": 0.5}}}},
        "missing_required_parameter",
        "session.audio.input.turn_detection.type",
    ),
    "vad field of the other kind": (
        {"audio": {"input": {"turn_detection": {"type": "semantic_vad", "threshold": 0.5}}}},
        "unknown_parameter",
        "session.audio.input.turn_detection.threshold",
    ),
    "transcription": (
        {"audio": {"input": {"transcription": {"modle": "whisper-1"}}}},
        "unknown_parameter",
        "session.audio.input.transcription.modle",
    ),
    "noise": (
        {"audio": {"input": {"noise_reduction": {"type": "loud"}}}},
        "invalid_value",
        "session.audio.input.noise_reduction.type",
    ),
}


@pytest.mark.parametrize(("said", "code", "param"), REFUSED_IN_SESSION.values(), ids=REFUSED_IN_SESSION)
def test_what_a_server_refuses_in_a_session(said, code, param):
    """A session is checked to its last field."""
    with pytest.raises(RemoteProtocolError) as caught:
        read_client(json.dumps({"type": "session.update", "session": {"type": "realtime"} | said}))
    assert (caught.value.code, caught.value.param) == (code, param)
    assert param in str(caught.value)
