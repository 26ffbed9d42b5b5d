"""What a tool returns reaches the model: text as it is, all else as JSON."""

import dataclasses
import enum
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

import msgspec
import pytest

from twiliobridge.call.tools.readable import LONGEST_OUTPUT, NOTHING, readable
from twiliobridge.conversation import ToolError


@dataclasses.dataclass
class Booking:
    at: datetime
    bikes: int


class Struct(msgspec.Struct):
    booked: bool


class Size(enum.Enum):
    LARGE = "large"


class LikePydantic:
    def model_dump(self, *, mode):
        return {"mode": mode}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ten dollars", "ten dollars"),
        ("", ""),
        (None, NOTHING),
        ({"booked": True, "at": "10:00"}, '{"booked":true,"at":"10:00"}'),
        ([1, 2.5, None], "[1,2.5,null]"),
        ((), "[]"),
        (True, "true"),
        (0, "0"),
        (Decimal("1.10"), '"1.10"'),
        (datetime(2026, 1, 2, 3, 4), '"2026-01-02T03:04:00"'),  # noqa: DTZ001 -- as tools return them
        (Booking(datetime(2026, 1, 2), 2), '{"at":"2026-01-02T00:00:00","bikes":2}'),  # noqa: DTZ001
        ([Struct(booked=True)], '[{"booked":true}]'),
        (Size.LARGE, '"large"'),
        ({"of": LikePydantic()}, '{"of":{"mode":"json"}}'),
        (MappingProxyType({"a": 1}), '{"a":1}'),
        ({7: "seven"}, '{"7":"seven"}'),
        ("five \ud800 six", "five ? six"),
    ],
)
def test_a_value(value, text):
    assert readable(value) == text


def endless():
    value = []
    value.append(value)
    return value


class Broken:
    def model_dump(self, *, mode):
        raise SystemError("half a model")


@pytest.mark.parametrize(
    "value",
    [object(), {"of": object()}, {(1, 2): "x"}, {"a": "\ud800"}, endless(), Broken(), (n for n in "ab")],
    ids=lambda value: type(value).__name__,
)
def test_what_json_does_not_have_is_an_error_that_says_that_the_tool_ran(value):
    """A model that takes it for not run would book twice."""
    told = rf"the tool ran, but returned {type(value).__name__}, which cannot be written as JSON"
    with pytest.raises(ToolError, match=told):
        readable(value)


@pytest.mark.parametrize("value", [b"bytes", bytearray(b"bytes")])
def test_bytes_are_neither(value):
    """As JSON they would be base64, which no model reads."""
    with pytest.raises(ToolError, match="neither text nor JSON"):
        readable(value)


@pytest.mark.parametrize("value", ["x" * (LONGEST_OUTPUT + 1), ["x" * LONGEST_OUTPUT]])
def test_more_than_a_model_takes_is_an_error_that_says_so(value):
    with pytest.raises(ToolError, match=r"the tool ran, but returned 10000\d characters"):
        readable(value)
