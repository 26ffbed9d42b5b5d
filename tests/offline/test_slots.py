"""A fact is what the caller says last and does not deny; an answer is one only to its question."""

import pytest

from twiliobridge.offline.script import banking
from twiliobridge.offline.words import normalised

BANKING = banking()


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("My gold card.", "gold"),
        ("the silver one", "silver"),
        ("gold, no wait, silver", "silver"),
        ("not the gold one", None),
        ("silver, not the gold one", "silver"),
        ("my cold card", "gold"),
        ("my card", None),
    ],
)
def test_of_several_values_the_last_one_counts_that_was_not_denied(text, colour):
    """A correction corrects, and "not the gold one" is not gold."""
    assert BANKING.slots["card"].find(normalised(text), asked=True) == colour


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes, that address.", True),
        ("Yes, please go ahead.", True),
        ("That's right", True),
        ("Okay, that sounds good to me.", True),
        ("No, that is not correct.", False),
        ("no", False),
        ("That's wrong.", False),
        ("Hold on a sec.", None),
    ],
)
def test_yes_and_no_are_told_apart_and_only_as_an_answer(text, answer):
    """Unasked, "right" and "okay" mean nothing."""
    slot = BANKING.slots["confirmed"]
    assert slot.find(normalised(text), asked=True) is answer
    assert slot.find(normalised(text), asked=False) is None
