"""The script that ships understands the banking lines, however they are put; a faulty one is refused."""

from importlib.resources import files

import pytest

from twiliobridge.offline.script import Script, ScriptError, banking
from twiliobridge.offline.words import normalised

BANKING = banking()
BANKING_TOML = files("twiliobridge.offline").joinpath("banking.toml").read_text(encoding="utf-8")


def intent_of(text, question=""):
    intent = BANKING.intent(normalised(text), question)
    return next((name for name, each in BANKING.intents.items() if each is intent), None)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Tell me about your bank.", "about"),
        ("What is my balance?", "balance"),
        ("I need to replace my card.", "replace_card"),
        ("I lost it.", "replace_card"),
        ("When was my last payment?", "last_payment"),
        ("Actually, I moved.", "address"),
        ("Hold on a sec.", "hold"),
        ("Thanks, that's all.", "goodbye"),
    ],
)
def test_each_banking_line_has_its_intent(text, intent):
    """The lines of audio_samples/banking that open a subject are understood with no question before them."""
    assert intent_of(text) == intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Can you tell me a bit about the bank?", "about"),
        ("so tell me about you", "about"),
        ("Could I get my account balance please", "balance"),
        ("How much money do I have?", "balance"),
        ("how much is in my account", "balance"),
        ("I'd like a new card", "replace_card"),
        ("My card was stolen yesterday.", "replace_card"),
        ("I can't find my card.", "replace_card"),
        ("please block my card", "replace_card"),
        ("What was the last transaction?", "last_payment"),
        ("when did I last pay", "last_payment"),
        ("I moved house last month", "address"),
        ("I want to change my address", "address"),
        ("We've moved.", "address"),
        ("Just a moment please", "hold"),
        ("Wait a second", "hold"),
        ("one moment", "hold"),
        ("No that's everything, thank you", "goodbye"),
        ("Goodbye.", "goodbye"),
        ("Thank you very much.", "goodbye"),
        ("Sorry, could you repeat that?", "say_again"),
        ("Hello? Can you hear me?", "hello"),
        ("How long will the replacement take?", "delivery"),
        ("What time do you close on Saturday?", "hours"),
        ("I need to speak to someone about my account.", "person"),
    ],
)
def test_each_paraphrase_has_its_intent(text, intent):
    """What people say instead of the banking lines is understood as they are."""
    assert intent_of(text) == intent


@pytest.mark.parametrize(
    ("heard", "intent"),
    [
        ("Think that is all.", "goodbye"),
        ("I need to replace my car.", "replace_card"),
        ("Tell me about your bag.", "about"),
        ("What is my ballots?", "balance"),
        ("When was my lost payment?", "last_payment"),
        ("Hold on a sack.", "hold"),
    ],
)
def test_what_a_recogniser_mishears_on_a_telephone_line_has_its_intent(heard, intent):
    """These were written down by recognisers for the banking lines in noise."""
    assert intent_of(heard) == intent


@pytest.mark.parametrize("text", ["", "Purple monkey dishwasher.", "You", "The weather is nice."])
def test_what_means_nothing_has_no_intent(text):
    """Rather none than a wrong one."""
    assert intent_of(text) is None


SMALL = """
greeting = "Hello."
failed = "Sorry."
fallback = ["What?"]
[intents.anything]
patterns = ["no"]
say = ["I see."]
[intents.nothing_more]
answers = "more"
patterns = ["no"]
say = ["Goodbye."]
"""


def test_an_intent_that_answers_a_question_comes_first_after_it_and_never_otherwise():
    """The order of the file decides only among those that may be meant."""
    script = Script.from_toml(SMALL)
    assert script.intent("no", "more") is script.intents["nothing_more"]
    assert script.intent("no", "") is script.intent("no", "card") is script.intents["anything"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("greeting =", "greting ="), "greting"),
        (('[slots.card]\nkind = "choice"', '[slots.card]\nkind = "colour"'), "colour"),
        (('needs = ["card", "reason"]', 'needs = ["card", "why"]'), "no slot 'why'"),
        (('needs = ["confirmed"]', "needs = []"), "'confirmed' is an argument"),
        (('say = ["I am here.', 'say = ["I am {card}.'), "without {card}"),
        (("'\\bmoved\\b'", "'(moved'"), "'(moved' is broken"),
        (("[slots.digits]", "[slots.digits"), "cannot be read"),
    ],
)
def test_a_faulty_script_is_refused_in_one_line(change, says):
    """The line names the fault."""
    text = (BANKING_TOML).replace(*change, 1)
    assert text != BANKING_TOML
    with pytest.raises(ScriptError) as refusal:
        Script.from_toml(text)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
