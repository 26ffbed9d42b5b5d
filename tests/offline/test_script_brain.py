"""A conversation by the script that ships: what was told is used, and what was not heard was not said."""

import pytest
from talks import Talk, calls, words

from twiliobridge.offline.brain import CallTool, Offer, Request, Say
from twiliobridge.offline.script import banking
from twiliobridge.offline.script_brain import ScriptBrain
from twiliobridge.realtime.items import Content, Item

BANKING = banking()
TOOLS = ("get_balance", "replace_card", "last_payment", "update_address", "end_call")
PRESSED = "The caller pressed 4271 on the keypad."
MEANINGLESS = ["", "Purple monkey dishwasher.", "You", "The weather is nice.", "\N{EIGHTH NOTE}" * 4]


def talk_by(script=BANKING, tools=TOOLS, can_say=bool):
    return Talk(ScriptBrain(script, can_say), *map(Offer, tools))


@pytest.mark.parametrize("text", MEANINGLESS)
def test_what_means_nothing_is_asked_for_again(text):
    """The second time with other words, which say what can be asked."""
    talk = talk_by()
    assert talk.says(text) == (Say(BANKING.fallback[0]),)
    assert talk.says(text) == (Say(BANKING.fallback[1]),)


def test_the_demos_call_ends_with_a_goodbye_that_hangs_up():
    """Every turn is answered, the tools get what the caller said, and the confirmation names the card."""
    talk = talk_by()
    assert "key in the last four digits" in words(talk.says("What is my balance?"))
    assert calls(talk.says(PRESSED)) == [("get_balance", {"card_digits": "4271"})]
    assert "12 dollars" in words(talk.tool_answers("Your balance is 12 dollars."))
    assert len(words(talk.says("Tell me about your bank.", cut=True)).split()) > 20
    assert "Which card" in words(talk.says("I need to replace my card."))
    assert "lost, stolen, or damaged" in words(talk.says("My gold card."))
    assert calls(talk.says("I lost it.")) == [("replace_card", {"card": "gold", "reason": "lost"})]
    assert "gold card" in words(talk.tool_answers("A new card is on its way."))
    farewell = talk.says("Thanks, that's all.")
    assert "gold card" in words(farewell)
    assert isinstance(farewell[-1], CallTool)
    assert calls(farewell) == [("end_call", {})]


def test_digits_given_once_serve_the_next_question_too():
    """The card keyed in for the balance is the card whose last payment is looked up."""
    talk = talk_by()
    talk.says("What is my balance?")
    talk.says(PRESSED)
    talk.tool_answers("Your balance is 12 dollars.")
    assert calls(talk.says("When was my last payment?")) == [("last_payment", {"card_digits": "4271"})]


def test_what_is_told_before_it_is_asked_is_not_asked():
    """One sentence may hold the wish and all of its facts; a fact told in passing is kept."""
    told_at_once = [("replace_card", {"card": "silver", "reason": "stolen"})]
    assert calls(talk_by().says("My silver card was stolen.")) == told_at_once
    talk = talk_by()
    assert "gold card" in words(talk.says("It is about my gold card."))
    assert "lost, stolen" in words(talk.says("I need a replacement."))


def test_digits_may_be_spoken_and_a_wrong_number_of_them_is_asked_again():
    """Keys or words, four digits it must be."""
    talk = talk_by()
    question = talk.says("What is my balance?")
    assert talk.says("The caller pressed 42 on the keypad.") == question
    assert calls(talk.says("four to seven one")) == [("get_balance", {"card_digits": "4271"})]


def test_an_address_is_changed_by_a_yes_and_not_by_a_no():
    """The tool learns what the caller answered, as a JSON boolean."""
    for answer, confirmed in (("Yes, that address.", True), ("No, that is wrong.", False)):
        talk = talk_by()
        assert "Mill Lane" in words(talk.says("Actually, I moved."))
        assert calls(talk.says(answer)) == [("update_address", {"confirmed": confirmed})]


def test_a_yes_to_a_question_that_was_cut_off_confirms_nothing():
    """A question of which the end was not heard is asked again."""
    talk = talk_by()
    question = talk.says("Actually, I moved.", cut=True)
    assert talk.says("Yes.") == question
    assert calls(talk.says("Yes.")) == [("update_address", {"confirmed": True})]


def test_facts_outlive_a_reply_that_was_cut_off():
    """The caller knows what the caller said, whoever interrupted whom."""
    talk = talk_by()
    talk.says("I need to replace my card.", cut=True)
    talk.says("The gold card.", cut=True)
    assert calls(talk.says("It was stolen.")) == [("replace_card", {"card": "gold", "reason": "stolen"})]


def test_an_aside_leaves_the_task_in_hand():
    """After "hold on", the answer to the open question is still understood."""
    talk = talk_by()
    talk.says("Actually, I moved.")
    assert words(talk.says("Hold on a sec.")) == "Of course, take your time."
    assert calls(talk.says("Yes, that address.")) == [("update_address", {"confirmed": True})]


def test_an_old_question_is_closed_by_a_new_subject():
    """A yes after the subject has changed confirms nothing, even if the new question was not heard."""
    talk = talk_by()
    question = talk.says("Actually, I moved.")
    talk.says("I need to replace my card.", cut=True)
    talk.says("Yes.")
    assert talk.says("Actually, I moved.") == question


def test_an_answer_is_one_whatever_else_it_mentions():
    """The question decides how the words are taken, not a subject that they touch."""
    talk = talk_by()
    talk.says("I need to replace my gold card.")
    assert calls(talk.says("It was stolen when I moved.")) == [
        ("replace_card", {"card": "gold", "reason": "stolen"})
    ]


def test_a_second_replacement_is_asked_for_anew():
    """Card and reason belong to the card that was replaced."""
    talk = talk_by()
    talk.says("I lost my gold card.")
    talk.tool_answers("Done.")
    assert "Which card" in words(talk.says("I need to replace another card."))


def test_only_declared_tools_are_called():
    """Without them the agent says that it cannot do it, and the goodbye is only words."""
    talk = talk_by(tools=())
    assert "cannot" in words(talk.says("What is my balance? My card ends in 4271."))
    assert words(talk.says("Goodbye.")).endswith("goodbye.")
    assert not any(item.type == "function_call" for item in talk.memory)


@pytest.mark.parametrize("output", ["error: get_balance took longer than 10 s", '{"error": "no such card"}'])
def test_a_tool_that_failed_is_owned_up_to(output):
    """The error text is for the model; the caller hears an apology."""
    talk = talk_by()
    talk.says("What is my balance? The card ends in 4271.")
    assert talk.tool_answers(output) == (Say(BANKING.failed),)


def test_no_is_an_answer_to_whether_there_is_anything_else():
    """And only to that: the same word means nothing at the beginning."""
    talk = talk_by()
    talk.says("My card ends in 4271. What is my balance?")
    talk.tool_answers("Your balance is 12 dollars.")
    assert calls(talk.says("No, thank you.")) == [("end_call", {})]
    assert calls(talk_by().says("No.")) == []


def test_the_latest_reply_is_repeated_on_request():
    """Word for word."""
    talk = talk_by()
    question = talk.says("What is my balance?")
    assert talk.says("Pardon?") == question


def test_the_greeting_is_the_one_that_was_asked_for():
    """The bridge's words, but the script's if it gives none, or if the voice cannot say them."""
    wish = 'Be kind.\n\nOpen the call with these words: "Hi, this is Ada."'
    assert talk_by().reply(wish) == (Say("Hi, this is Ada."),)
    assert talk_by().reply() == (Say(BANKING.greeting),)
    assert talk_by(can_say=lambda text: text == BANKING.greeting).reply(wish) == (Say(BANKING.greeting),)


def test_of_alternatives_the_first_is_said_that_can_be_spoken():
    """A voice of recordings says something general where it has no recording of the particular."""
    talk = talk_by(can_say=lambda text: "dollars" not in text)
    talk.says("What is my balance? My card ends in 4271.")
    assert words(talk.tool_answers("12 dollars.")) == "I have found your balance. Is there anything else?"


def test_a_decision_depends_on_the_conversation_alone():
    """Asked twice, the same brain decides the same; conversations that share it share nothing."""
    talk, other = talk_by(), talk_by()
    other.brain = talk.brain
    talk.says("I need to replace my gold card.")
    assert talk.brain.decide(talk.memory[:1], Request(offers=tuple(map(Offer, TOOLS)))) == (
        Say(BANKING.slots["reason"].ask),
    )
    assert "Which card" in words(other.says("I need to replace my card."))


def test_without_ears_the_demos_turns_are_taken_as_heard():
    """One after another until the goodbye; but nothing stands in for digits, which only keys can give."""
    talk = talk_by()

    def hear():
        text = talk.brain.expects(talk.memory)
        sound = Content(type="input_audio", transcript=text)
        talk.memory.append(Item(type="message", role="user", content=(sound,)))
        return text, talk.reply()

    first, question = hear()
    assert hear() == ("", question)
    talk.says(PRESSED)
    talk.tool_answers("12 dollars.")
    rest = [hear() for _ in BANKING.turns[1:]]
    assert [first, *(text for text, _ in rest)] == BANKING.turns
    assert calls(rest[-1][1]) == [("end_call", {})]
