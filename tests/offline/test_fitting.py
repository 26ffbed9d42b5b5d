"""Which functions fit what was said: by their words, by a few meanings, and by the ear of a recogniser."""

import pytest
from talks import offer

from twiliobridge.offline.brain import Offer
from twiliobridge.offline.fitting import fitting

HOURS = offer("opening_hours", "When the shop is open on a given day.", day={"type": "string"})
WEATHER = offer("get_weather", "Get the current weather for a city.", city={"type": "string"})
CANCEL = offer("cancel_order", "Cancel an order of the customer.")
STATUS = offer("order_status", "The status of an order.")
BILLING = offer("transfer_to_billing_agent", "Handoff to the billing agent.")
ALL = (HOURS, WEATHER, CANCEL, STATUS, BILLING)


def names(offers):
    return [each.name for each in offers]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("When do you close on Saturday?", ["opening_hours"]),
        ("Are you open on Sunday?", ["opening_hours"]),
        ("What are your opening hours?", ["opening_hours"]),
        ("Is the shop open today?", ["opening_hours"]),
        ("What's the weather in Paris?", ["get_weather"]),
        ("what is the whether forecast", ["get_weather"]),
        ("I want to cancel my order.", ["cancel_order"]),
        ("I'd like to cancell it", ["cancel_order"]),
        ("Cancel my order, and tell me the weather in Rome.", ["cancel_order", "get_weather"]),
        ("Please transfer me to billing.", ["transfer_to_billing_agent"]),
    ],
)
def test_a_function_is_found_by_what_was_said(text, wanted):
    """By its name, its synonyms, its description, its sound; and two at once where two were asked for."""
    assert names(fitting(ALL, text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, good morning.",
        "Where is your shop?",
        "Tell me a joke.",
        "My shoe is broken.",
        "What about my order?",
        "I don't want to cancel my order.",
        "Billing is a difficult word.",
        "Thank you, goodbye.",
    ],
)
def test_common_words_fit_nothing(text):
    """One word of a description, a word that functions share, or a wish that is none, is not enough."""
    assert fitting(ALL, text) == ()


def test_the_only_function_does_not_fit_everything():
    """With nothing to compare it to, its words are still its words."""
    assert fitting((HOURS,), "I want to buy a red bicycle.") == ()
    assert fitting((HOURS,), "When are you open?") == (HOURS,)


def test_a_function_that_says_nothing_of_itself_fits_nothing():
    assert fitting((offer("f"), offer("get")), "get me an f, please") == ()


OFFERS = (
    Offer("get_weather", "Get the current weather for a city."),
    Offer("get_time", "Tells the time in a city."),
    Offer("opening_hours", "When the shop is open on a given day."),
    Offer("bookSeat", "Book a seat on a flight."),
    Offer("get_order"),
    Offer("cancel_order"),
    Offer("end_call", "Hang up, after the goodbye."),
    Offer("transfer_to_billing_agent", "Handoff to the Billing agent, for bills and payments."),
    Offer("transfer_to_Support_Agent", "Handoff to the Support agent."),
)
ASKED = {
    "What's the weather in Paris?": ("get_weather",),
    "Is it going to rain tomorrow?": ("get_weather",),
    "What is the weather, and what time is it?": ("get_weather", "get_time"),
    "When do you close on Saturday?": ("opening_hours",),
    "I would like to book a seat.": ("bookSeat",),
    "Cancel my order.": ("cancel_order",),
    "Where is my order?": ("get_order",),
    "That's all, goodbye.": ("end_call",),
    "Please transfer me to billing.": ("transfer_to_billing_agent",),
    "Can I talk to somebody in support?": ("transfer_to_Support_Agent",),
    "I have a question about billing.": (),
    "Transfer me to sales.": (),
    "Hello there.": (),
    "": (),
}


@pytest.mark.parametrize("words", ASKED)
def test_a_function_is_asked_for_by_the_words_of_its_name_or_description(words):
    assert tuple(offer.name for offer in fitting(OFFERS, words)) == ASKED[words]


def test_the_only_handoff_is_meant_by_any_agent():
    alone = [offer for offer in OFFERS if offer.name != "transfer_to_Support_Agent"]
    assert fitting(alone, "Transfer me to an agent.") == (OFFERS[7],)
    assert fitting(OFFERS, "Transfer me to an agent.") == ()
