"""What a client may create, to the letter."""

import json

import pytest

from twiliobridge.realtime import RemoteProtocolError
from twiliobridge.realtime.codec import read_client

MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
SPEECH = {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "audio": "////"}]}

REFUSED_ITEMS = {
    "no kind": ({"id": "i"}, "missing_required_parameter", "item.type"),
    "kind": ({"type": "mcp_call"}, "invalid_value", "item.type"),
    "no role": ({"type": "message", "content": []}, "missing_required_parameter", "item.role"),
    "role": (MESSAGE | {"role": "developer"}, "invalid_value", "item.role"),
    "no content": ({"type": "message", "role": "user"}, "missing_required_parameter", "item.content"),
    "not its content": (MESSAGE | {"role": "assistant"}, "invalid_value", "item"),
    "speech of the assistant": (SPEECH, "invalid_value", "item.content[0].type"),
    "field": (MESSAGE | {"x": 1}, "unknown_parameter", "item.x"),
    "part field": (
        MESSAGE | {"content": [{"type": "input_text", "words": "Hi"}]},
        "unknown_parameter",
        "item.content[0].words",
    ),
    "output of what": (
        {"type": "function_call_output", "output": "1"},
        "missing_required_parameter",
        "item.call_id",
    ),
    "output as an object": (
        {"type": "function_call_output", "call_id": "c", "output": {}},
        "invalid_type",
        "item.output",
    ),
}


@pytest.mark.parametrize(("item", "code", "param"), REFUSED_ITEMS.values(), ids=REFUSED_ITEMS)
def test_what_a_server_refuses_as_an_item(item, code, param):
    """An item has the fields of its type, all of them and no others."""
    with pytest.raises(RemoteProtocolError) as caught:
        read_client(json.dumps({"type": "conversation.item.create", "item": item}))
    assert (caught.value.code, caught.value.param) == (code, param)
