"""What instructions ask for, in the words in which clients ask; and what only looks as if it asked."""

import re
from pathlib import Path

import pytest

from twiliobridge.agents import banking_agent
from twiliobridge.offline import wishes
from twiliobridge.offline.wishes import Force, Limit

FRESH = {
    'Say "Hello, this is Ada."': "Hello, this is Ada.",
    "Greet the user with 'Hello there! I'm an AI assistant. How can I help?'": (
        "Hello there! I'm an AI assistant. How can I help?"
    ),
    "Greet the user with exactly this sentence, warmly: \u201cGood morning!\u201d": "Good morning!",
    'Open the call with these words: "Velo Corner, good morning."': "Velo Corner, good morning.",
    "Say to the user 'Thank you for calling, what is it'": "Thank you for calling, what is it",
    'Be kind. Then reply with the word "banana" and nothing else.': "banana",
    "Say exactly: KEY_OK": "KEY_OK",
    "Reply with exactly this line and nothing else: connection confirmed.": "connection confirmed.",
    "Say this to the user, without changing the meaning: Your taxi is here.": "Your taxi is here.",
    "Repeat after me: the rain in Spain": "the rain in Spain",
    "Say hi.": "Hi.",
    "Say hello warmly and ask what they would like.": "Hello.",
    "Please say goodbye to the caller.": "Goodbye.",
    "Respond with the word banana.": "Banana.",
    "Tell the caller that their order has shipped.": "Your order has shipped.",
    "Let the user know that the shop is closed today.": "The shop is closed today.",
    "Ask the user for their name.": "Could you tell me your name, please?",
    "Ask how you can help.": "How can I help you?",
    "Ask the caller whether they want to go on.": "Could you tell me whether you want to go on?",
    "Ask them what day suits them.": "Could you tell me what day suits you?",
    "Do not say 'hello'. Say 'good morning' instead.": "good morning",
}
NOTHING_WANTED = (
    "Answer briefly, in the language of the caller.",
    "Never say 'I am an AI'.",
    'Don\'t say "sorry".',
    'If the caller asks you to wait, say "of course" and wait.',
    "Say something nice.",
    "Say it again, more slowly.",
    "The caller says 'hello'.",
    "You may not reply with more than one sentence.",
    "",
)
STANDING = {
    'Always reply with "pong".': "pong",
    "Whatever the user says, reply only with 'no comment'.": "no comment",
    "Say to the user in english 'Thank you for calling.'. Don't say anything else.": "Thank you for calling.",
    'Say "hello" when the call begins.': None,
    "Tell the caller that the shop is closed.": None,
    banking_agent().instructions: None,
}


@pytest.mark.parametrize("text", FRESH)
def test_words_that_a_response_is_asked_for_are_found(text):
    assert wishes.wanted(text, Force.FRESH) == FRESH[text]


@pytest.mark.parametrize("text", NOTHING_WANTED)
def test_what_asks_for_no_words_gets_none(text):
    assert wishes.wanted(text, Force.FRESH) is None
    assert wishes.wanted(text, Force.STANDING) is None


@pytest.mark.parametrize("text", STANDING)
def test_standing_instructions_want_words_only_where_they_want_them_always(text):
    assert wishes.wanted(text, Force.STANDING) == STANDING[text]


@pytest.mark.parametrize("text", ["Say that again.", "Tell me that it is done.", "Ask my wife for her name."])
def test_what_a_caller_says_is_no_instruction_unless_it_quotes(text):
    assert wishes.wanted(text, Force.TYPED) is None


def test_of_words_under_conditions_the_conversation_decides():
    """The example of OpenAI's guide to responses out of band."""
    text = 'If it is related to support, output "support". If it is related to sales, output "sales".'
    assert wishes.wanted(text, Force.FRESH, "I have a question for sales.") == "sales"
    assert wishes.wanted(text, Force.FRESH, "Can support help me?") == "support"
    assert wishes.wanted(text, Force.FRESH, "Hello.") is None


def test_an_opening_is_found_in_standing_instructions():
    assert wishes.opening("You are Ada. Greet the caller with 'Hello, Ada here.'") == "Hello, Ada here."
    assert wishes.opening(banking_agent().instructions) is None


LIMITS = {
    "Answer in one word.": Limit(1, "word"),
    "Give a one-word answer.": Limit(1, "word"),
    "Reply with at most five words.": Limit(5, "word"),
    "Use 12 words or fewer.": Limit(12, "word"),
    "Answer in a single sentence.": Limit(1, "sentence"),
    "Tell it in two short sentences.": Limit(2, "sentence"),
    "One short sentence, please.": Limit(1, "sentence"),
    "One or two short sentences at a time.": None,
    "Say one word about it.": None,
    banking_agent().instructions: None,
}


@pytest.mark.parametrize("text", LIMITS)
def test_a_length_is_found(text):
    assert wishes.limit(text) == LIMITS[text]


def test_a_reply_is_cut_at_words_or_sentences():
    reply = "We are open from nine. We close at six, on Saturdays at four."
    assert wishes.shortened(reply, Limit(1, "sentence")) == "We are open from nine."
    assert wishes.shortened(reply, Limit(3, "word")) == "We are open."
    assert wishes.shortened("Yes.", Limit(3, "word")) == "Yes."


@pytest.mark.parametrize(
    "text", ["Do not call any tools.", "Answer without using tools.", "Never use the functions."]
)
def test_functions_may_be_forbidden(text):
    assert wishes.without_tools(text)
    assert not wishes.without_tools("Use the tools for all of this.")


def test_a_function_may_be_called_for_by_its_name():
    names = ("get_weather", "get_weather_map", "search")
    assert wishes.named_tool("Call get_weather for Paris.", names) == "get_weather"
    assert wishes.named_tool("Now use the `get_weather_map` tool.", names) == "get_weather_map"
    assert wishes.named_tool("Never call get_weather.", names) is None
    assert wishes.named_tool("Search the house.", names) is None
    assert wishes.named_tool("Call get_weather.", ()) is None


DOCS = (Path(__file__).parents[2] / "docs" / "offline.md").read_text("utf-8")
TABLE = DOCS.split("### Words in instructions")[1].split("\n\nFurther:")[0]
ROWS = [re.findall(r"\| ([^|]*)(?=\|)", line) for line in TABLE.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_table_of_the_docs_is_what_is_done(row):
    asked, *said = (cell.strip().strip("`") for cell in row)
    done = [wishes.wanted(asked, force) or "" for force in (Force.FRESH, Force.TYPED, Force.STANDING)]
    if said[2] == "the first words":
        assert wishes.opening(asked) == done[0]
        said[2] = ""
    assert done == said


def test_the_docs_have_a_table():
    assert len(ROWS) > 5
