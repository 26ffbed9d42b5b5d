"""Which functions a sentence asks for."""

import pytest

from twiliobridge.offline.brain import Offer
from twiliobridge.offline.fitting import fitting

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
