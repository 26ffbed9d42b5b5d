"""What a client may create, to the letter."""

import json

import pytest

from twiliobridge.realtime import RemoteProtocolError
from twiliobridge.realtime.codec import read_client

MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
ANSWER = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
CALL = {"type": "function_call", "name": "look", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c", "output": "1"}


def saying(role, **part):
    return {"type": "message", "role": role, "content": [part]}


REFUSED_ITEMS = {
    "no kind": (
        {"id": "i"},
        "missing_required_parameter",
        "type",
        "Missing required parameter: 'item.type'.",
    ),
    "kind": (
        {"type": "reasoning"},
        "invalid_value",
        "type",
        (
            "Invalid value: 'reasoning'. Supported values are: 'message', 'function_call',"
            " 'function_call_output',"
            " 'mcp_list_tools', 'mcp_call', 'mcp_approval_request', and 'mcp_approval_response'."
        ),
    ),
    "no role": (
        {"type": "message", "content": []},
        "missing_required_parameter",
        "role",
        "Missing required parameter: 'item.role'.",
    ),
    "role": (
        MESSAGE | {"role": "developer"},
        "invalid_value",
        "role",
        "Invalid value: 'developer'. Supported values are: 'system', 'user', and 'assistant'.",
    ),
    "no content": (
        {"type": "message", "role": "user"},
        "missing_required_parameter",
        "content",
        "Missing required parameter: 'item.content'.",
    ),
    "content in a word": (
        MESSAGE | {"content": "Hi"},
        "invalid_type",
        "content",
        "Invalid type for 'item.content': expected an array of objects, but got a string instead.",
    ),
    "the caller's content as the assistant's": (
        MESSAGE | {"role": "assistant"},
        "invalid_value",
        "content[0].type",
        "Invalid value: 'input_text'. Value must be 'output_text'.",
    ),
    "the assistant's content as the system's": (
        ANSWER | {"role": "system"},
        "invalid_value",
        "content[0].type",
        "Invalid value: 'output_text'. Value must be 'input_text'.",
    ),
    "chat's content": (
        saying("user", type="text", text="Hi"),
        "invalid_value",
        "content[0].type",
        "Invalid value: 'text'. Supported values are: 'input_text', 'input_audio', and 'input_image'.",
    ),
    "speech of the assistant": (
        saying("assistant", type="output_audio", audio="////"),
        "invalid_value",
        "content[0].type",
        "Invalid value: 'output_audio'. Value must be 'output_text'.",
    ),
    "text without text": (
        saying("user", type="input_text"),
        "missing_required_parameter",
        "content[0].text",
        "Missing required parameter: 'item.content[0].text'.",
    ),
    "long text": (
        saying("user", type="input_text", text="a" * 256_001),
        "string_above_max_length",
        "content[0].text",
        (
            "Invalid 'item.content[0].text': string too long. Expected a string with maximum length"
            " 256000, but got"
            " a string with length 256001 instead."
        ),
    ),
    "audio without audio": (
        saying("user", type="input_audio"),
        "missing_required_parameter",
        "content[0].audio",
        "Missing required parameter: 'item.content[0].audio'.",
    ),
    "audio that is null": (
        saying("user", type="input_audio", audio=None),
        "invalid_type",
        "content[0].audio",
        "Invalid type for 'item.content[0].audio': expected audio bytes, but got null instead.",
    ),
    "image without image": (
        saying("user", type="input_image", detail="low"),
        "missing_required_parameter",
        "content[0].image_url",
        "Missing required parameter: 'item.content[0].image_url'.",
    ),
    "detail": (
        saying("user", type="input_image", image_url="data:", detail="fine"),
        "invalid_value",
        "content[0].detail",
        "Invalid value: 'fine'. Supported values are: 'auto', 'low', and 'high'.",
    ),
    "field": (MESSAGE | {"x": 1}, "unknown_parameter", "x", "Unknown parameter: 'item.x'."),
    "part field": (
        saying("user", type="input_text", text="Hi", words="Hi"),
        "unknown_parameter",
        "content[0].words",
        "Unknown parameter: 'item.content[0].words'.",
    ),
    "long id": (
        MESSAGE | {"id": "i" * 40},
        "string_above_max_length",
        "id",
        (
            "Invalid 'item.id': string too long. Expected a string with maximum length 32, but got a"
            " string with"
            " length 40 instead."
        ),
    ),
    "status": (
        MESSAGE | {"status": "done"},
        "invalid_value",
        "status",
        "Invalid value: 'done'. Supported values are: 'completed', 'incomplete', and 'in_progress'.",
    ),
    "call without a name": (
        {"type": "function_call", "arguments": "{}"},
        "missing_required_parameter",
        "name",
        "Missing required parameter: 'item.name'.",
    ),
    "arguments as an object": (
        CALL | {"arguments": {}},
        "invalid_type",
        "arguments",
        "Invalid type for 'item.arguments': expected a string, but got an object instead.",
    ),
    "output of what": (
        {"type": "function_call_output", "output": "1"},
        "missing_required_parameter",
        "call_id",
        "Missing required parameter: 'item.call_id'.",
    ),
    "output as an object": (
        RESULT | {"output": {}},
        "invalid_type",
        "output",
        "Invalid type for 'item.output': expected a string, but got an object instead.",
    ),
    "output with a name": (
        RESULT | {"name": "look"},
        "unknown_parameter",
        "name",
        "Unknown parameter: 'item.name'.",
    ),
    "long call id": (
        RESULT | {"call_id": "c" * 438},
        "string_above_max_length",
        "call_id",
        (
            "Invalid 'item.call_id': string too long. Expected a string with maximum length 32, but"
            " got a string"
            " with length 438 instead."
        ),
    ),
    "approval of what": (
        {"type": "mcp_approval_response", "approve": True},
        "missing_required_parameter",
        "approval_request_id",
        "Missing required parameter: 'item.approval_request_id'.",
    ),
    "approval in a word": (
        {"type": "mcp_approval_response", "approval_request_id": "a", "approve": "yes"},
        "invalid_type",
        "approve",
        "Invalid type for 'item.approve': expected a boolean, but got a string instead.",
    ),
}


@pytest.mark.parametrize(("item", "code", "field", "message"), REFUSED_ITEMS.values(), ids=REFUSED_ITEMS)
def test_what_a_server_refuses_as_an_item(item, code, field, message):
    """An item has the fields of its type, all of them and no others."""
    with pytest.raises(RemoteProtocolError) as caught:
        read_client(json.dumps({"type": "conversation.item.create", "item": item}))
    assert (caught.value.code, caught.value.param) == (code, f"item.{field}")
    assert str(caught.value) == message


LAWFUL_ITEMS = [
    MESSAGE | {"id": "i" * 32, "status": "completed", "object": "realtime.item"},
    ANSWER | {"phase": "commentary"},
    saying("system", type="input_text", text=""),
    saying("user", type="input_audio", audio="////", transcript="Hi"),
    CALL | {"call_id": "c" * 32},
    RESULT,
    {
        "type": "mcp_approval_response",
        "id": "i",
        "approval_request_id": "a",
        "approve": False,
        "reason": "no",
    },
]


@pytest.mark.parametrize("item", LAWFUL_ITEMS)
def test_what_a_server_takes_as_an_item(item):
    read_client(json.dumps({"type": "conversation.item.create", "item": item}))
