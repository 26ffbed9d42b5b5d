"""The arguments of a call: what the caller said where it fits, otherwise the least that the schema allows."""

import pytest

from twiliobridge.offline.patterns import Unreadable, matching
from twiliobridge.offline.schema_values import arguments, told

WEATHER = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        "days": {"type": "integer", "minimum": 1, "default": 2},
    },
    "required": ["city"],
    "additionalProperties": False,
}
TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer", "exclusiveMinimum": 5, "multipleOf": 4},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "required": ["value", "next"],
        }
    },
    "$ref": "#/$defs/node",
}
"As pydantic writes a model that refers to itself."


def needs(name, schema):
    return {"type": "object", "properties": {name: schema}, "required": [name]}


SAID = {
    "a place": ("city", {"type": "string"}, "What is the weather in New York on Monday?", "New York"),
    "a name": ("name", {"type": "string"}, "My name is Anna Schmidt.", "Anna Schmidt"),
    "a weekday": ("day", {"type": "string"}, "When do you close on Saturday?", "Saturday"),
    "a date": ("date", {"type": "string", "format": "date"}, "On March 5th 2026, please.", "2026-03-05"),
    "a time": ("time", {"type": "string"}, "At 7 pm.", "19:00"),
    "a moment": (
        "start",
        {"type": "string", "format": "date-time"},
        "On 2026-03-05 at 9:30 am.",
        "2026-03-05T09:30:00Z",
    ),
    "an address": ("email", {"type": "string"}, "It is anna@example.org.", "anna@example.org"),
    "a member of an enum": ("size", {"enum": ["small", "extra_large"]}, "Extra large.", "extra_large"),
    "a member not denied": (
        "colour",
        {"enum": ["gold", "silver"]},
        "The silver one, not the gold one.",
        "silver",
    ),
    "the longer of two members": (
        "colour",
        {"enum": ["matte_black", "black"]},
        "In matte black.",
        "matte_black",
    ),
    "a number": ("party_size", {"type": "integer"}, "A table for four people.", 4),
    "a number beside its name": ("adults", {"type": "integer"}, "3 rooms, two adults.", 2),
    "a number of two words": ("adults", {"type": "integer"}, "3 rooms, twenty two adults.", 22),
    "a fraction": ("amount", {"type": "number"}, "Send 12.50 to Anna.", 12.5),
    "digits": ("card_digits", {"type": "string", "pattern": "^[0-9]{4}$"}, "It is 42 71.", "4271"),
    "a code": ("order_id", {"type": "string"}, "Where is order A1234?", "A1234"),
    "a thing by its name": ("with_breakfast", {"type": "boolean"}, "And breakfast.", True),
    "a thing denied": ("with_breakfast", {"type": "boolean"}, "Without breakfast.", False),
    "a no": ("confirmed", {"type": "boolean"}, "No, that is wrong.", False),
    "the whole sentence": (
        "question",
        {"type": "string"},
        "Do you ship to France?",
        "Do you ship to France?",
    ),
    "several places": (
        "cities",
        {"type": "array", "items": {"type": "string"}},
        "From Paris to London.",
        ["Paris", "London"],
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_what_was_said_is_used_where_it_fits(case):
    name, schema, words, value = SAID[case]
    assert arguments(needs(name, schema), [words]) == {name: value}


def test_what_is_not_required_is_left_out_unless_it_was_said():
    assert arguments(WEATHER, ["In Paris, please."]) == {"city": "Paris"}
    said = arguments(WEATHER, ["The weather in Paris, in Celsius, for 3 days."])
    assert said == {"city": "Paris", "unit": "celsius", "days": 3}


def test_what_was_said_last_counts_and_what_was_said_before_is_not_forgotten():
    texts = ["No, in London.", "The weather in Paris in fahrenheit."]
    assert arguments(WEATHER, texts) == {"city": "London", "unit": "fahrenheit"}


def test_words_that_the_schema_does_not_allow_are_not_used():
    assert arguments(needs("count", {"type": "integer", "maximum": 3}), ["Seven, please."]) == {"count": 1}


MADE_UP = {
    "const": ({"const": {"a": [1]}}, {"a": [1]}),
    "default": ({"type": "string", "default": "red", "examples": ["blue"]}, "red"),
    "the first of an enum": ({"enum": ["red", "blue"]}, "red"),
    "an example": ({"type": "string", "examples": ["blue"]}, "blue"),
    "the name": ({"type": "string"}, "paint colour"),
    "within a length": ({"type": "string", "maxLength": 3}, "pai"),
    "a date": ({"type": "string", "format": "date"}, "2026-01-15"),
    "a number": ({"type": "number", "exclusiveMinimum": 2, "multipleOf": 0.5}, 2.5),
    "null last": ({"type": ["null", "integer"]}, 1),
    "nullable": ({"type": "string", "nullable": True, "enum": [None, "red"]}, None),
    "items": ({"type": "array", "items": {"type": "integer"}, "minItems": 2, "uniqueItems": True}, [1, 0]),
    "all of": ({"allOf": [{"type": "number", "minimum": 3}, {"type": "integer", "maximum": 9}]}, 3),
    "not": ({"type": "integer", "not": {"const": 1}}, 0),
}


@pytest.mark.parametrize("case", MADE_UP)
def test_what_nobody_said_is_made_up_from_the_schema(case):
    schema, value = MADE_UP[case]
    assert arguments(needs("paint_colour", schema)) == {"paint_colour": value}


def test_the_same_seed_makes_the_same_arguments_and_another_one_others():
    schema = needs("id", {"type": "string", "format": "uuid"})
    assert arguments(schema, seed="one") == arguments(schema, seed="one") != arguments(schema, seed="two")


def test_a_schema_that_refers_to_itself_ends():
    node = arguments(TREE)
    while node is not None:
        assert node["value"] == 8
        node = node["next"]


@pytest.mark.parametrize(
    "schema", [False, {"type": "string"}, needs("x", False), {"properties": 7}, needs("x", 7)]
)
def test_what_nothing_is_valid_against_gets_no_arguments(schema):
    assert arguments(schema, ["Paris"]) == {}


def test_what_was_told_is_told_apart_from_what_is_missing():
    schema = {**WEATHER, "required": ["city", "unit"]}
    assert told(schema, ["In Paris."]) == {"city": "Paris"}
    assert told(schema, []) == {}


@pytest.mark.parametrize("pattern", ["(", "[a", "a)", r"(a)\1", "(?P<n", "*a", r"\xg"])
def test_a_pattern_that_cannot_be_read_is_told_as_that(pattern):
    with pytest.raises(Unreadable):
        matching(pattern)
