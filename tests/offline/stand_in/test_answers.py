"""What was said becomes what the schema asks for, or nothing."""

import pytest

from twiliobridge.offline.stand_in.answers import answer, implied, mentioned
from twiliobridge.offline.stand_in.needs import Need
from twiliobridge.offline.stems import subject


def need(name, **schema):
    return Need((name,), {"type": "string"} | schema, required=True)


CARD = need("card_digits", pattern="^[0-9]{4}$")
COLOUR = need("colour", enum=["gold", "silver", "matte_black"])
PEOPLE = need("people", type="integer", minimum=1, maximum=10)
DATE = need("date", format="date")
TOPPINGS = need("toppings", type="array", items={"enum": ["ham", "cheese", "olives"]})


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        (need("day"), "On Saturday, please.", "Saturday"),
        (need("day"), "No, Sunday.", "Sunday"),
        (need("city"), "It's Paris, please.", "Paris"),
        (need("name"), "My name is Ada Lovelace.", "Ada Lovelace"),
        (need("name"), "Well, I'm Ada.", "Ada"),
        (need("email", format="email"), "ada at example dot com", "ada@example.com"),
        (need("time"), "at half past seven", "half past seven"),
        (need("time", format="time"), "3:30 pm", "15:30:00Z"),
        (CARD, "four to seven one", "4271"),
        (CARD, "The caller pressed 4271# on the keypad.", "4271"),
        (COLOUR, "The silver one, not the gold one.", "silver"),
        (COLOUR, "mat black", "matte_black"),
        (need("finish", enum=["matte black", "black"]), "matte black", "matte black"),
        (COLOUR, "gould", "gold"),
        (PEOPLE, "we are four", 4),
        (PEOPLE, "a table for 4 people at 7", 4),
        (PEOPLE, "The caller pressed 4 on the keypad.", 4),
        (need("price", type="number"), "three point five", 3.5),
        (need("sure", type="boolean"), "yes, please", True),
        (need("sure", type="boolean"), "no", False),
        (DATE, "December 3rd, 2026", "2026-12-03"),
        (TOPPINGS, "ham and olives", ["ham", "olives"]),
        (need("size", type="integer", enum=[36, 38, 40]), "thirty eight", 38),
    ],
)
def test_an_answer_is_a_value(asked, text, value):
    """As its type, its form and its name ask for; the words around it are left out."""
    assert answer(asked, text) == value


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (need("day"), "Purple monkey."),
        (CARD, "The caller pressed 42 on the keypad."),
        (CARD, "four to seven"),
        (need("day"), "The caller pressed 42 on the keypad."),
        (need("name"), "The caller pressed 42 on the keypad."),
        (COLOUR, "the red one"),
        (PEOPLE, "forty"),
        (PEOPLE, "many"),
        (DATE, "tomorrow"),
        (need("sure", type="boolean"), "perhaps"),
        (need("name"), ""),
        (need("name"), "?"),
        (TOPPINGS, "pineapple"),
    ],
)
def test_what_the_schema_does_not_allow_is_no_answer(asked, text):
    assert answer(asked, text) is None


def test_a_day_in_words_of_ones_own_is_taken_when_it_is_said_again():
    """Christmas is a day, which nobody told the stand-in."""
    assert answer(need("day"), "Christmas.") is None
    assert answer(need("day"), "Christmas.", insisting=True) == "Christmas"


def test_unasked_only_what_has_a_form_is_taken():
    """A yes, or a name, is one to its question alone; of two numbers, neither."""
    assert mentioned(need("sure", type="boolean"), "yes") is None
    assert mentioned(need("name"), "Ada") is None
    assert mentioned(need("name"), "my name is Ada") == "Ada"
    assert mentioned(PEOPLE, "four, or five") is None
    assert mentioned(PEOPLE, "a table for four at half past seven") == 4
    assert mentioned(need("adults", type="integer"), "two adults and one child") == 2


@pytest.mark.parametrize(
    ("wanted", "text", "value"),
    [
        (need("city"), "What's the weather in San Francisco?", "San Francisco"),
        (need("city"), "What's the weather like?", None),
        (need("query"), "Search for red shoes.", "Search for red shoes."),
        (need("topic"), "Tell me about the moon.", "moon"),
        (need("topic"), "What is the price of it?", None),
        (need("origin"), "A flight from Paris to New York.", "Paris"),
        (need("destination"), "A flight from Paris to New York.", "New York"),
    ],
)
def test_a_wish_may_end_in_its_argument(wanted, text, value):
    assert implied(wanted, text, subject("weather")) == value
