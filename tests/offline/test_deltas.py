"""Text as it comes from the model: in words, padded, and its arguments as each generation spaces them."""

from random import Random

import pytest
from offline_driver import Driver

from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.deltas import obfuscation, words
from twiliobridge.realtime.events import ArgumentsDone, CreateResponse, UpdateSession
from twiliobridge.realtime.session import SessionUpdate


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("gpt-realtime", '{  \n  "card": "gold",\n  "last": 4 \n} \n'),
        ("gpt-realtime-2.1", '{"card":"gold","last":4}'),
    ],
)
def test_arguments_are_spaced_as_the_models_generation_does(model, text):
    driver = Driver((CallTool("balance", {"card": "gold", "last": 4}),), (CallTool("balance"),), model=model)
    tools = ({"type": "function", "name": "balance"},)
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=tools)))
    for _ in range(2):
        driver.say(CreateResponse())
        driver.wait(5)
    assert [event.arguments for event in driver.of(ArgumentsDone)] == [text, "{}"]


@pytest.mark.parametrize("delta", ["", "I", " the", "x" * 15, "x" * 16, "x" * 17, "x" * 40])
def test_a_delta_and_its_obfuscation_are_together_a_multiple_of_16(delta):
    hiding = obfuscation(delta, Random(1))  # noqa: S311 -- what hides a length
    assert hiding
    assert (len(delta) + len(hiding)) % 16 == 0


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("I\u2019ll check.", ["I", "\u2019ll", " check", "."]),
        ("  two  blanks ", ["  two", "  blanks", " "]),
        ("\u20ac5 -- 'so'", ["\u20ac", "5", " -", "-", " 'so", "'"]),
        ("", []),
    ],
)
def test_a_text_falls_into_words_and_marks(text, pieces):
    assert words(text) == pieces
