"""Whatever an agent offers, and whatever its caller says, the stand-in has a lawful answer, and an end."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from twiliobridge.offline.brain import CallTool, Offer, Request, Say
from twiliobridge.offline.stand_in import StandIn
from twiliobridge.offline.stand_in.errand import Errand
from twiliobridge.offline.stand_in.needs import needs
from twiliobridge.offline.stand_in.sentences import question
from twiliobridge.offline.stand_in.small_talk import Turn, turn
from twiliobridge.offline.stand_in.talk import MOST_QUESTIONS
from twiliobridge.offline.words import normalised
from twiliobridge.realtime.items import Content, Item

NAMES = ("day", "city", "order_id", "people", "sure", "name", "query", "date", "timeOfDay", "x")
PHRASES = (
    "What are your opening hours?",
    "Book a table for four on Saturday.",
    "Cancel order 4711.",
    "December 3rd, 2026, at half past seven.",
    "The caller pressed 4271# on the keypad.",
    "Yes.",
    "No, not that one.",
    "gold",
    "It's Ada Lovelace.",
    "ada at example dot com",
    "Never mind.",
    "Pardon?",
    "Are you there?",
    "twelve and a half",
    "Thank you, goodbye.",
    "",
)

texts = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "description": st.sampled_from(["The day.", "Order number, e.g. 4711", "Whether it is so.", ""]),
        "pattern": st.sampled_from(["^[0-9]{4}$", "^[A-Z]{2}$", "["]),
        "format": st.sampled_from(["date", "time", "date-time", "email", "uuid"]),
        "minLength": st.integers(0, 5),
        "maxLength": st.integers(3, 20),
    },
)
numbers = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={"minimum": st.integers(0, 5), "exclusiveMaximum": st.integers(3, 20), "multipleOf": st.just(2)},
)
enums = st.builds(
    lambda members: {"enum": members},
    st.lists(st.sampled_from(["gold", "silver", "matte_black", 4, 12, True, None]), min_size=1, max_size=4),
)
leaves = (
    texts
    | numbers
    | enums
    | st.just({"type": "boolean"})
    | st.just({})
    | st.just({"type": ["string", "null"]})
)


def objects(schemas):
    def built(properties, required):
        return {"type": "object", "properties": properties, "required": sorted(required & properties.keys())}

    names = st.sampled_from(NAMES)
    return st.builds(built, st.dictionaries(names, schemas, max_size=4), st.sets(names))


schemas = st.recursive(
    leaves,
    lambda inner: objects(inner) | st.builds(lambda items: {"type": "array", "items": items}, inner),
    max_leaves=6,
)
offers = st.builds(
    Offer,
    st.sampled_from(["opening_hours", "bookTable", "cancel_order", "end_call", "transfer_to_sales", "f"]),
    st.sampled_from(
        ["When the shop is open on a given day.", "Book a table.", "Cancel an order of gold.", ""]
    ),
    objects(schemas) | st.just({}),
)
services = st.lists(offers, max_size=4, unique_by=lambda offer: offer.name).map(tuple)


def message(role, kind, words):
    text = {} if words is None else {"transcript": words}
    return Item(type="message", role=role, content=(Content(type=kind, **text),))


phrases = st.sampled_from(PHRASES) | st.text(max_size=30)
caller_turns = st.builds(message, st.just("user"), st.just("input_audio"), phrases)
replies = st.builds(message, st.just("assistant"), st.just("output_audio"), st.none() | st.text(max_size=30))
outputs = st.builds(
    Item,
    type=st.just("function_call_output"),
    call_id=st.just("call"),
    output=st.sampled_from(["Done.", "error: no", '{"balance": 1}', '{"error": {}}', "[]", "[[[1]]]", "{"]),
)
called = st.builds(
    Item,
    type=st.just("function_call"),
    name=st.sampled_from(["bookTable", "end_call", "g"]),
    call_id=st.just("call"),
)
conversations = st.lists(caller_turns | replies | outputs | called, max_size=20)


def lawful(reply, offered):
    """Words in every message, and calls of what is on offer with arguments that its schema allows."""
    by_name = {offer.name: offer for offer in offered}
    for part in reply:
        if isinstance(part, Say):
            assert part.text.strip()
        else:
            assert isinstance(part, CallTool)
            Draft202012Validator(by_name[part.name].parameters).validate(dict(part.arguments))
    return bool(reply)


@given(conversations, services)
def test_every_conversation_has_a_lawful_reply(memory, offered):
    """Never silence; and the same conversation has the same reply."""
    brain = StandIn()
    request = Request(offers=offered)
    reply = brain.decide(memory, request)
    assert lawful(reply, offered)
    assert brain.decide(memory, request) == reply
    assert StandIn().decide(memory, request) == reply


def answer(memory, brain, offered):
    """The reply to the conversation so far, which hears all of it."""
    reply = brain.decide(memory, Request(offers=offered))
    for part in reply:
        if isinstance(part, Say):
            memory.append(message("assistant", "output_audio", part.text))
        else:
            memory.append(Item(type="function_call", name=part.name, call_id="call"))
    return reply


@given(offers, st.lists(phrases, min_size=1, max_size=8))
def test_what_is_known_is_valid_as_soon_as_nothing_is_missing(offered, said):
    """Nested objects, lists, and arguments that nobody has to tell."""
    errand = Errand(offered, needs(offered))
    errand.begin(said[0])
    for text in said[1:]:
        if errand.missing is None:
            break
        errand.answer(errand.missing, text, free=True)
    if errand.missing is None:
        Draft202012Validator(offered.parameters).validate(dict(errand.call().arguments))


@given(services, st.lists(phrases, min_size=1, max_size=16))
def test_a_caller_who_hears_everything_is_answered_each_time(offered, said):
    """Whatever is said, to whatever was asked."""
    brain, memory = StandIn(), []
    for text in said:
        memory.append(message("user", "input_audio", text))
        assert lawful(answer(memory, brain, offered), offered)


@given(services, st.lists(phrases, min_size=3 * MOST_QUESTIONS, max_size=3 * MOST_QUESTIONS))
def test_nothing_is_asked_for_ever(offered, said):
    """No question is asked more than a few times in a row, but for a caller who wants it repeated."""
    questions = {question(need) for offer in offered for need in needs(offer)}
    brain, memory, asked = StandIn(), [], []
    for text in said:
        if turn(normalised(text)) is Turn.AGAIN:
            continue
        memory.append(message("user", "input_audio", text))
        reply = answer(memory, brain, offered)
        words = reply[0].text if isinstance(reply[0], Say) else ""
        asked.append(next((each for each in questions if words.endswith(each)), ""))
    assert all(len([*run]) <= MOST_QUESTIONS for each, run in groupby(asked) if each)
