"""A server refuses with the service's own code, the path of the field, and the service's form of sentence.

The table is refusals.txt: what was said, `code param`, the message.
"""

import json
from pathlib import Path

import msgspec
import pytest

from twiliobridge.realtime import RemoteProtocolError
from twiliobridge.realtime.codec import read_body, read_client

BLOCKS = Path(__file__).with_name("refusals.txt").read_text().split("\n\n")
ROWS = [block.strip().splitlines() for block in BLOCKS if not block.startswith("#")]


def refusal(said):
    with pytest.raises(RemoteProtocolError) as caught:
        read_client(said if isinstance(said, str | bytes) else json.dumps(said))
    return caught.value


def holds(fault, code, param, message):
    assert (fault.code, fault.param, str(fault)) == (code, param, message)


@pytest.mark.parametrize(("said", "place", "message"), ROWS, ids=[row[0] for row in ROWS])
def test_what_a_server_refuses(said, place, message):
    """Code, path and sentence, whole."""
    code, param = place.split()
    holds(refusal(said), code, None if param == "-" else param, message)


def test_the_table_is_whole():
    """As many rows as were written down: none is lost to a blank line."""
    assert len(ROWS) > 110
    assert {len(row) for row in ROWS} == {3}


LONG = {
    "event id": ({"type": "response.cancel", "event_id": "e" * 513}, "event_id", 512, 513),
    "audio": (
        {"type": "input_audio_buffer.append", "audio": "A" * (15 * 2**20 + 4)},
        "audio",
        15 * 2**20,
        15 * 2**20 + 4,
    ),
    "text": (
        {
            "type": "conversation.item.create",
            "item": {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "a" * 256_001}],
            },
        },
        "item.content[0].text",
        256_000,
        256_001,
    ),
    "value of a pair": (
        {"type": "response.create", "response": {"metadata": {"k": "v" * 513}}},
        "response.metadata.k",
        512,
        513,
    ),
}


@pytest.mark.parametrize(("said", "param", "most", "length"), LONG.values(), ids=LONG)
def test_what_is_too_long(said, param, most, length):
    holds(
        refusal(said),
        "string_above_max_length",
        param,
        f"Invalid '{param}': string too long. Expected a string with maximum length {most}, but got a string"
        f" with length {length} instead.",
    )


def test_a_word_with_a_line_after_it_is_another_word():
    fault = refusal({"type": "session.update", "session": {"type": "realtime", "tool_choice": "auto\n"}})
    assert str(fault).startswith("Invalid value: 'auto\n'. Supported values are:")


def test_a_refusal_repeats_200_characters_of_what_was_said():
    assert str(refusal({"type": "x" * 10_000})).startswith(f"Invalid value: '{'x' * 200}'. ")
    assert refusal({"type": "response.cancel", "x" * 10_000: 1}).param == "x" * 200


def test_the_clients_own_id_comes_back_where_it_can_be_read():
    assert refusal({"type": "response.cancel", "x": 1, "event_id": "mine"}).event_id == "mine"
    assert refusal({"type": "response.create", "response": {"input": [{}]}, "event_id": "i"}).event_id == "i"
    assert refusal({"type": "response.cancel", "event_id": 5}).event_id is None
    assert refusal({"type": "response.cancel", "event_id": "e" * 513}).event_id is None


UNREADABLE = "failed to parse JSON value. Please check the value to ensure it is valid JSON."


@pytest.mark.parametrize("text", ["not json", '{"type":', '{"type":"response.cancel"} x', '{"a":1e999}'])
def test_what_is_no_json(text):
    holds(refusal(text), "invalid_json", None, f"Invalid event: {UNREADABLE}")


def test_what_is_no_text():
    sentence = "Expected a text WebSocket message; binary frames are not supported."
    holds(refusal(b"{}"), "invalid_event", None, sentence)


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    seconds: int


BODIES = {
    "no json": ("{", "invalid_json", None, f"Invalid body: {UNREADABLE}"),
    "no object": ("[]", "invalid_type", None, "Invalid body: expected an object, but got an array instead."),
    "unknown": ('{"x":1}', "unknown_parameter", "x", "Unknown parameter: 'x'."),
    "missing": ("{}", "missing_required_parameter", "seconds", "Missing required parameter: 'seconds'."),
}


@pytest.mark.parametrize(("text", "code", "param", "message"), BODIES.values(), ids=BODIES)
def test_a_body_is_refused_as_an_event_is(text, code, param, message):
    with pytest.raises(RemoteProtocolError) as caught:
        read_body(Wish, text)
    holds(caught.value, code, param, message)
