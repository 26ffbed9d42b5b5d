"""An agent that nobody scripted, in conversation: it is known by what the session says of it."""

from itertools import pairwise

import pytest
from talks import Talk, calls, offer, words

from twiliobridge.conversation.farewell import CALLED_OFF, SAY_GOODBYE
from twiliobridge.offline.brain import CallTool, Request, Say
from twiliobridge.offline.stand_in import StandIn
from twiliobridge.offline.stand_in.talk import MOST_QUESTIONS
from twiliobridge.realtime.items import Content, Item

TEXT = {"type": "string"}
HOURS = offer("opening_hours", "When the shop is open on a given day.", ["day"], day=TEXT)
BOOKING = offer(
    "book_table",
    "Book a table.",
    ["people", "name"],
    people={"type": "integer", "maximum": 12},
    name={"type": "string", "description": "The name for the reservation."},
)
CANCEL = offer(
    "cancel_order",
    "Cancel an order.",
    ["order_id", "sure"],
    order_id={"type": "string", "description": "Order number, e.g. 4711"},
    sure={"type": "boolean", "description": "Whether the customer is sure."},
)
STATUS = offer("order_status", "The status of an order.", ["order_id"], order_id=TEXT)
WEATHER = offer("get_weather", "The weather for a city.", ["city"], city=TEXT)
END_CALL = offer("end_call", "End the call.")
ALL = (HOURS, BOOKING, CANCEL, STATUS, WEATHER, END_CALL)


def spoken(text):
    return Item(type="message", role="assistant", content=(Content(type="output_audio", transcript=text),))


GREETING = "Velo Corner, good morning. How can I help?"


def talk(*offers):
    return Talk(StandIn(), *(offers or ALL))


def test_the_agent_greets_as_it_says():
    """In the words that the bridge asks for, or in words of its own."""
    assert talk().reply(f'Be brief.\n\nOpen the call with these words: "{GREETING}"') == (Say(GREETING),)
    assert words(talk().reply()).startswith("Hello.")


def test_a_question_is_answered_by_the_agents_own_tool():
    """Whatever was told with the wish is not asked; the tool's answer is read out."""
    shop = talk()
    assert calls(shop.says("When do you close on Saturday?")) == [("opening_hours", {"day": "Saturday"})]
    assert words(shop.tool_answers("On Saturday we close at four.")) == "On Saturday we close at four."


def test_what_is_missing_is_asked_for_one_at_a_time():
    """In the words of the schema; what was told in passing is not asked."""
    table = talk()
    assert words(table.says("I'd like to book a table.")) == "How many people?"
    assert words(table.says("Four.")) == "Please tell me the name for the reservation."
    assert calls(table.says("It's Ada Lovelace.")) == [("book_table", {"people": 4, "name": "Ada Lovelace"})]
    order = talk()
    assert words(order.says("Cancel my order, please.")) == "Please tell me the order number."
    assert words(order.says("The caller pressed 4711# on the keypad.")).startswith("Please say yes or no")
    assert calls(order.says("Yes.")) == [("cancel_order", {"order_id": "4711", "sure": True})]


def test_a_question_that_was_not_heard_is_not_answered():
    """A yes to what was cut off confirms nothing; what has a form of its own is taken all the same."""
    order = talk()
    order.says("Cancel order 4711.", cut=True)
    assert words(order.says("Yes.")).endswith("the customer is sure?")
    assert calls(order.says("Yes.")) == [("cancel_order", {"order_id": "4711", "sure": True})]
    shop = talk()
    shop.says("What are your opening hours?", cut=True)
    assert calls(shop.says("On Sunday.")) == [("opening_hours", {"day": "Sunday"})]


def test_a_question_may_come_in_several_messages():
    """Sentence by sentence, as a model may say it: the last one is the question."""
    table = talk()
    table.says("Book a table for four, please.", cut=True)
    asked = table.says("Hm, what?", cut=True)
    del table.memory[-1]
    for sentence in words(asked).split("that. "):
        table.memory.append(spoken(sentence))
    assert calls(table.says("Ada Lovelace.")) == [("book_table", {"people": 4, "name": "Ada Lovelace"})]


def test_nothing_is_asked_for_ever():
    """After a few times the stand-in says that it gives up, and is ready for something else."""
    shop = talk()
    shop.says("What are your opening hours?")
    replies = [words(shop.says("Purple monkey dishwashers sing about it.")) for _ in range(MOST_QUESTIONS)]
    assert all(reply.endswith("Which day?") for reply in replies[:-1])
    assert "could not get the day" in replies[-1]
    assert calls(shop.says("Are you open on Monday?")) == [("opening_hours", {"day": "Monday"})]


@pytest.mark.parametrize("correction", ["No, on Sunday.", "And on Sunday?", "Not Saturday, Sunday."])
def test_what_was_told_can_be_corrected(correction):
    """The tool is called once more, with what has changed."""
    shop = talk()
    shop.says("When do you close on Saturday?")
    shop.tool_answers("At four.")
    assert calls(shop.says(correction)) == [("opening_hours", {"day": "Sunday"})]


def test_another_wish_takes_the_place_of_an_open_question():
    """Somebody who changes the subject has changed it."""
    both = talk()
    both.says("I'd like to book a table.")
    assert calls(both.says("Oh, what's the weather in Paris?")) == [("get_weather", {"city": "Paris"})]
    assert words(talk().says("Forget it.")).startswith("All right.")


def test_two_wishes_in_one_sentence_are_two_calls():
    """Each with the part of the sentence that is about it."""
    two = talk().says("Tell me the weather in Rome, and when do you close on Friday?")
    assert sorted(calls(two)) == [("get_weather", {"city": "Rome"}), ("opening_hours", {"day": "Friday"})]


def test_of_two_functions_that_fit_alike_the_caller_is_asked_which():
    """And the answer is one word."""
    order = talk()
    assert words(order.says("Something about my order.")) == "Do you mean cancel order, or order status?"
    assert words(order.says("The status.")) == "Please tell me the order id."


def test_what_fits_nothing_is_repeated_in_other_words_each_time():
    """With what can be asked instead."""
    shop = talk(HOURS)
    replies = [words(shop.says("I want a red bicycle.")) for _ in range(4)]
    assert all("I want a red bicycle." in reply and "opening hours" in reply for reply in replies)
    assert all(one != other for one, other in pairwise(replies))
    assert "stand-in for the model" in replies[0]
    assert "I want a red bicycle." in words(talk(END_CALL).says("I want a red bicycle."))


@pytest.mark.parametrize("farewell", ["Thanks, that's all I need.", "Goodbye.", "Thank you very much."])
def test_a_goodbye_is_said_and_ends_the_call(farewell):
    """Words and call in one response; only words where nothing on offer ends a call."""
    said, call = talk().says(farewell)
    assert said.text.endswith("goodbye.")
    assert call == CallTool("end_call", {})
    assert words(talk(HOURS).says(farewell)).endswith("goodbye.")


def test_no_is_a_goodbye_once_something_was_answered():
    shop = talk()
    assert calls(shop.says("No.")) == []
    shop.says("When do you close on Saturday?")
    shop.tool_answers("At four.")
    assert calls(shop.says("No, thanks.")) == [("end_call", {})]


def test_the_bridge_may_ask_for_a_goodbye_or_call_it_off():
    """What the tool that ends the call answers is no news for the caller."""
    ended = talk()
    ended.says("Goodbye.")
    assert words(ended.tool_answers(SAY_GOODBYE)).endswith("goodbye.")
    called_off = talk()
    called_off.says("Goodbye.")
    called_off.memory.pop()
    called_off.reply()
    assert words(called_off.tool_answers(CALLED_OFF))


def test_a_function_that_ends_the_call_may_want_a_reason():
    """It is called with one, if a text will do; else it is only said."""
    reason = offer("hang_up", "", ["reason"], reason=TEXT)
    assert calls(talk(reason).says("Goodbye.")) == [("hang_up", {"reason": "the caller said goodbye"})]
    count = offer("hang_up", "", ["count"], count={"type": "integer"})
    assert calls(talk(count).says("Goodbye.")) == []


def test_an_agent_that_was_transferred_to_introduces_itself():
    transfer = talk(offer("transfer_to_billing", "Handoff to billing."))
    assert calls(transfer.says("Transfer me to billing.")) == [("transfer_to_billing", {})]
    assert "billing" in words(transfer.tool_answers('{"assistant": "billing"}'))


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Are you there?", "Yes, I am here."),
        ("Hold on a second.", "take your time"),
        ("Who are you?", "stand-in for the model"),
        ("What can you do?", "opening hours"),
        ("Yes.", "What can I do for you?"),
        ("", "still"),
    ],
)
def test_small_talk_is_answered_as_such(text, reply):
    assert reply in words(talk().says(text))


def test_the_latest_reply_is_repeated_on_request_and_its_question_stays_open():
    shop = talk()
    question = shop.says("What are your opening hours?")
    assert shop.says("Pardon?") == question
    assert calls(shop.says("Monday.")) == [("opening_hours", {"day": "Monday"})]


def test_an_error_is_owned_up_to_and_can_be_put_right():
    """Another value for the argument calls again."""
    table = talk()
    table.says("Book a table for nine, my name is Ada.")
    assert "no such table" in words(table.tool_answers("error: no such table"))
    assert calls(table.says("Then four.")) == [("book_table", {"people": 4, "name": "Ada"})]


def test_a_voice_of_recordings_says_what_it_can():
    """In a session that is heard; a written one has the words."""
    brain = StandIn(can_say={"Sorry, I did not catch that. Could you say it again?"}.__contains__)
    shop = Talk(brain, HOURS)
    assert words(shop.says("I want a red bicycle.")) == "Sorry, I did not catch that. Could you say it again?"
    written = brain.decide(shop.memory[:1], Request(offers=(HOURS,), written=True))
    assert "red bicycle" in words(written)
    assert brain.expects(shop.memory) == ""


def test_a_decision_depends_on_the_conversation_alone():
    """Asked twice, the same brain decides the same, whatever was on offer in between."""
    brain = StandIn()
    shop = Talk(brain, HOURS)
    shop.says("What are your opening hours?")
    request = Request(offers=(HOURS,))
    before = brain.decide(shop.memory[:1], request)
    brain.decide(shop.memory[:1], Request(offers=(WEATHER,)))
    assert brain.decide(shop.memory[:1], request) == before == (Say("Which day?"),)
