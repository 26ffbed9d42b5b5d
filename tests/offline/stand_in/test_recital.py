"""A tool's output in words that one can listen to."""

import pytest

from twiliobridge.offline.stand_in.recital import MOST_WORDS, failed, recital


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("On Saturday we close at four.", "On Saturday we close at four."),
        ("closed", "Closed."),
        ('"From nine to six"', "From nine to six."),
        ('{"balance": 12.0}', "12."),
        (
            '{"opening_time": "9:00", "closing_time": "18:00"}',
            "The opening time is 9:00. The closing time is 18:00.",
        ),
        ('{"conditions": "sunny", "wind": {"speed": 12}}', "The conditions are sunny. Wind: 12."),
        ('{"days": ["Monday", "Friday"], "open": true}', "The days are Monday and Friday. Open: yes."),
        ('["a", "b", "c"]', "A, b and c."),
        ("[1, 2, 3, 4, 5, 6, 7]", "1, 2, 3, 4, 5 and 2 more."),
        ('{"available": false}', "Available: no."),
        ('{"success": true}', "That is done."),
        ('{"status": "ok"}', "That is done."),
        ("", "That is done."),
        ("{}", "That is done."),
        ("null", "That is done."),
        ("{broken", "{broken."),
    ],
)
def test_what_is_told(output, told):
    """Text as it is; an object a sentence for each field; nothing as what is done."""
    assert recital(output) == told


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("error: no card ends in 12", "I am sorry, that did not work: no card ends in 12."),
        ('{"error": {"message": "sold out"}}', "I am sorry, that did not work: sold out."),
        ('{"success": false, "reason": "sold out"}', "I am sorry, that did not work: sold out."),
        ('{"error": "KeyError: orders[4711]"}', "I am sorry, that did not work."),
        ("error: get_balance did not answer within 10 seconds", "I am sorry, that did not work."),
        ('{"error": 42}', "I am sorry, that did not work."),
    ],
)
def test_an_error_is_owned_up_to(output, told):
    """With its cause, unless that is for programmers."""
    assert failed(output)
    assert recital(output) == told


def test_long_outputs_are_cut_at_a_sentence():
    """Nobody listens for minutes."""
    told = recital("This is a sentence of seven words. " * 40)
    assert len(told.split()) <= MOST_WORDS + 3
    assert told.endswith("of seven words. And so on.")
    assert recital("word " * 200).endswith("word, and so on.")
