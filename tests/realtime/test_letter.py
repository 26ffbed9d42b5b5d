"""What a client may create, to the letter; what it may not is in refusals.txt."""

import json

import pytest

from twiliobridge.realtime.codec import read_client

MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
ANSWER = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
CALL = {"type": "function_call", "name": "look", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c", "output": "1"}


def saying(role, **part):
    return {"type": "message", "role": role, "content": [part]}


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
