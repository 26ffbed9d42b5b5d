"""What a test scripts is what the next response is, once, whatever the brain would have said."""

import json

import pytest
from offline_driver import ENGINES, Driver, Recited

from twiliobridge.offline.brain import CallTool, Cut, Fail, Request, Say, Stall, Write
from twiliobridge.offline.cue_text import CueError, read_cue, write_cue
from twiliobridge.offline.cues import MOST_CUES, Cue, Cued, Cues
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.whims import OUT_OF_QUOTA, rate_limited
from twiliobridge.realtime.events import CreateItem, CreateResponse, ResponseDone
from twiliobridge.realtime.items import Content, Item

CALL = CallTool("get_balance", {"card": "gold"}, invented=True)
FORMS = {
    '{"say": "Hello."}': Say("Hello."),
    '{"say": "One moment.", "phase": "commentary"}': Say("One moment.", "commentary"),
    '{"write": "Hello."}': Write("Hello."),
    '{"call": "get_balance", "arguments": {"card": "gold"}}': CallTool("get_balance", {"card": "gold"}),
    '{"call": "get_balance", "arguments": "{not json"}': CallTool("get_balance", "{not json"),
    '{"call": "end_call"}': CallTool("end_call"),
    '{"fail": "server_error"}': Fail(),
    '{"fail": "insufficient_quota"}': OUT_OF_QUOTA,
    '{"fail": "rate_limit_exceeded", "seconds": 2.5}': rate_limited(2.5),
    '{"fail": "odd", "type": "tokens", "message": "Later."}': Fail("odd", "tokens", "Later."),
    '{"cut": "max_output_tokens", "after_ms": 300}': Cut("max_output_tokens", 300),
    '{"stall": 300}': Stall(300),
}
NO_CUES = {
    "[": "no cue",
    "7": "no cue",
    '{"replies": []}': "unknown field",
    '[{"sya": "Hello."}]': "part 1: expected one of say, write, call, fail, cut, stall, was sya",
    '[{"say": "Hello.", "call": "x"}]': "part 1: expected one of",
    '[{"say": "a"}, {"say": 7}]': "part 2: Expected `str`, got `int`",
    '[{"say": "Hello.", "phase": "loud"}]': "part 1: Invalid enum value 'loud'",
    '[{"cut": "banana"}]': "part 1: Invalid enum value 'banana'",
    "[[]]": "no cue",
    "\xff": "no cue",
}


def conversation(*said):
    return tuple(
        Item(type="message", role="user", content=(Content(type="input_text", text=text),)) for text in said
    )


def test_each_cue_is_one_response_in_the_order_in_which_they_were_queued():
    cues = Cues()
    cues.say_next("One moment.", CallTool("get_balance", {"card": "gold"}))
    cues.say_next()
    brain = Cued(Recited((Say("of my own"),)), cues)
    assert brain.decide((), Request()) == (Say("One moment."), CALL)
    assert brain.decide((), Request()) == ()
    assert brain.decide((), Request()) == (Say("of my own"),)


def test_a_cue_for_certain_words_waits_for_them_and_lets_others_pass():
    cues = Cues()
    cues.say_next("Twelve dollars.", after="My balance?")
    cues.say_next("Hello.")
    assert cues.take(conversation("Good morning")) == (Say("Hello."),)
    assert cues.take(conversation("Good morning")) is None
    assert cues.take(conversation("What is my balance", "please")) == (Say("Twelve dollars."),)
    assert cues.queued == ()


def test_a_queue_has_an_end():
    cues = Cues()
    for _ in range(MOST_CUES):
        cues.say_next("again")
    with pytest.raises(ValueError, match="1000 responses are queued"):
        cues.say_next("once more")
    cues.clear()
    assert cues.queued == ()


def test_the_model_hands_cues_to_whichever_session_responds_next_and_calls_what_is_not_on_offer():
    model = OfflineModel(ENGINES, lambda: Recited((Say("of my own"),)))
    model.say_next("Let me see.", CallTool("get_balance", '{"card": '))
    driver = Driver()
    driver.session = model.new_session("seed", "", driver.now)
    driver.session.open(driver.now)
    driver.say(CreateItem(item=conversation("Hello")[0]))
    driver.say(CreateResponse())
    driver.wait(20)
    (done,) = driver.of(ResponseDone)
    assert [item.type for item in done.response.output] == ["message", "function_call"]
    assert done.response.output[1].arguments == '{"card": '


@pytest.mark.parametrize("text", FORMS)
def test_every_part_has_a_form_as_json(text):
    assert read_cue(f"[{text}]") == Cue((FORMS[text],))


def test_a_cue_as_json_may_wait_for_words_and_is_shown_as_it_was_sent():
    cue = read_cue('{"after": "my balance", "reply": [{"say": "Twelve."}]}')
    assert cue == Cue((Say("Twelve."),), "my balance")
    everything = Cue(tuple(FORMS.values()), "words")
    assert read_cue(json.dumps(write_cue(everything))) == everything


@pytest.mark.parametrize("text", NO_CUES)
def test_what_is_no_cue_is_refused_by_one_line(text):
    with pytest.raises(CueError) as told:
        read_cue(text.encode("latin-1"))
    assert NO_CUES[text] in str(told.value)
    assert "\n" not in str(told.value)
