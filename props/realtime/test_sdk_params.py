"""What the SDK's types let a client say, a server takes; where the service itself does not, a row says so."""

import json
import types
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, Required, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.realtime import (
    conversation_item_create_event_param,
    conversation_item_delete_event_param,
    conversation_item_retrieve_event_param,
    conversation_item_truncate_event_param,
    input_audio_buffer_append_event_param,
    input_audio_buffer_clear_event_param,
    input_audio_buffer_commit_event_param,
    response_cancel_event_param,
    response_create_event_with_references_param,
    session_update_event_param,
)
from typing_extensions import is_typeddict

from twiliobridge.realtime.codec import read_client

EVENTS = [
    conversation_item_create_event_param.ConversationItemCreateEventParam,
    conversation_item_delete_event_param.ConversationItemDeleteEventParam,
    conversation_item_retrieve_event_param.ConversationItemRetrieveEventParam,
    conversation_item_truncate_event_param.ConversationItemTruncateEventParam,
    input_audio_buffer_append_event_param.InputAudioBufferAppendEventParam,
    input_audio_buffer_clear_event_param.InputAudioBufferClearEventParam,
    input_audio_buffer_commit_event_param.InputAudioBufferCommitEventParam,
    response_cancel_event_param.ResponseCancelEventParam,
    response_create_event_with_references_param.ResponseCreateEventWithReferencesParam,
    session_update_event_param.SessionUpdateEventParam,
]

STRICTER: dict[str, tuple[set[str], str]] = {
    "AudioPCM": ({"type", "rate"}, "live: Missing required parameter ... format.rate"),
    "AudioPCMU": ({"type"}, "an object without a kind is none of the three"),
    "AudioPCMA": ({"type"}, "likewise"),
    "AudioTranscriptionParam": ({"model"}, "live: Missing required parameter ... transcription.model"),
    "RealtimeFunctionToolParam": ({"type", "name"}, "live: Missing required parameter ... tools[0].name"),
    "Mcp": ({"server_url"}, "documented: one of server_url, connector_id, tunnel_id"),
    "RealtimeResponseCreateMcpToolParam": ({"server_url"}, "likewise"),
}
"Fields that the types let out and the service demands, by type, with the reason."

ABSENT: dict[str, tuple[set[str], str]] = {
    "AudioTranscriptionParam": (
        {"delay", "keywords", "languages", "prompt"},
        "each is for some models only; tests/realtime/test_refusal.py has them",
    ),
}
"Fields that the types let be said, and the service only in other company."

CONTENT = {
    "user": [
        {"type": "input_text", "text": "Hi"},
        {"type": "input_audio", "audio": "////", "transcript": "Hi"},
        {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "low"},
    ],
    "system": [{"type": "input_text", "text": "Hi"}],
    "assistant": [{"type": "output_text", "text": "Hi"}],
}
"The types let a part have the fields of all kinds, and an assistant speak; live, neither may be."

TEXTS = {
    "name": st.from_regex(r"[a-zA-Z0-9_-]{1,64}", fullmatch=True),
    "audio": st.just("////"),
    "id": st.text("abc_-123", min_size=1, max_size=32),
    "call_id": st.text("abc_-123", min_size=1, max_size=32),
    "voice": st.sampled_from(["marin", "alloy"]),
    "conversation": st.sampled_from(["auto", "none"]),
}
NUMBERS = {
    "max_output_tokens": st.integers(1, 4096),
    "idle_timeout_ms": st.integers(5000, 30000),
    "threshold": st.floats(0, 1),
    "retention_ratio": st.floats(0, 1),
    "speed": st.floats(0.25, 1.5),
}
words = st.text(max_size=5)


def typed(name: str, hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type, for a field of that name."""
    if is_typeddict(hint):
        return fields(hint)
    origin = get_origin(hint)
    return MADE[origin](name, get_args(hint)) if origin in MADE else PLAIN[hint](name)


def alternatives(name: str, hints: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Where words are listed beside any text, the words."""
    listed = any(get_origin(each) is Literal for each in hints)
    return st.one_of(*(typed(name, each) for each in hints if each is not str or not listed))


def array(name: str, items: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if name == "output_modalities":
        return st.sampled_from([["text"], ["audio"]])
    if name == "tools":
        return st.lists(typed(name, items[0]), max_size=2, unique_by=lambda tool: tool.get("name"))
    return st.lists(typed(name, items[0]), max_size=2)


MADE = {
    Required: lambda name, inner: typed(name, inner[0]),
    Annotated: lambda name, inner: typed(name, inner[0]),
    Union: alternatives,
    types.UnionType: alternatives,
    Literal: lambda _, listed: st.sampled_from(listed),
    list: array,
    Iterable: array,
    Sequence: array,
    dict: lambda name, inner: st.dictionaries(words, typed(name, inner[1]), max_size=2),
}
PLAIN = {
    str: lambda name: TEXTS.get(name, words),
    int: lambda name: NUMBERS.get(name, st.integers(0, 10_000)),
    float: lambda name: NUMBERS.get(name, st.floats(0, 1)),
    bool: lambda _: st.booleans(),
    type(None): lambda _: st.none(),
    object: lambda _: st.dictionaries(words, words, max_size=2),
}


def fields(kind: Any) -> st.SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(kind, include_extras=True)
    required = {name for name, hint in hints.items() if get_origin(hint) is Required}
    demanded = required | STRICTER.get(kind.__name__, (set(), ""))[0]
    absent = ABSENT.get(kind.__name__, (set(), ""))[0]
    made = {name: typed(name, hint) for name, hint in hints.items() if name not in absent | {"content"}}
    if "content" in hints:
        (role,) = get_args(get_args(hints["role"])[0])
        made["content"] = st.lists(st.sampled_from(CONTENT[role]), max_size=2)
    return st.fixed_dictionaries(
        {name: made[name] for name in made if name in demanded},
        optional={name: made[name] for name in made if name not in demanded},
    )


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_what_the_sdks_types_allow_is_taken(kind):
    @given(fields(kind))
    @settings(max_examples=200 if "Create" in kind.__name__ or "Update" in kind.__name__ else 20)
    def taken(said):
        read_client(json.dumps(said))

    taken()
