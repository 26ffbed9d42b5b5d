"""What the client demands of a reply is done, whatever the brain within would rather say."""

import pytest
from offline_driver import Recited

from twiliobridge.offline.brain import CallTool, Offer, Request, Say
from twiliobridge.offline.obedience import Obedience
from twiliobridge.offline.script import banking
from twiliobridge.offline.script_brain import ScriptBrain
from twiliobridge.realtime.items import Content, Item

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Offer("get_weather", "The weather in a city.", CITY)
TIME = Offer("get_time", "The time in a city.", CITY)
ANSWER = Say("We are open from nine. We close at six.")
IN_PARIS = CallTool("get_weather", {"city": "Paris"})


def user(text):
    return Item(type="message", role="user", content=(Content(type="input_text", text=text),))


def heard(text):
    return Item(type="message", role="user", content=(Content(type="input_audio", transcript=text),))


def system(text):
    return Item(type="message", role="system", content=(Content(type="input_text", text=text),))


def said(text):
    return Item(type="message", role="assistant", content=(Content(type="output_audio", transcript=text),))


def replied(*memory, inner=(ANSWER,), can_say=bool, **request):
    request = Request(**{"offers": (TIME, WEATHER), **request})
    return Obedience(Recited(inner), can_say).decide(memory, request)


def test_a_function_that_is_named_is_called_with_what_the_caller_said_and_nothing_is_said():
    memory = (heard("What is the weather in Paris?"),)
    assert replied(*memory, tool_choice="get_weather") == (IN_PARIS,)
    assert replied(tool_choice="get_weather") == (CallTool("get_weather", {"city": "city"}),)


def test_required_calls_the_function_that_fits_best_or_else_the_first():
    assert replied(heard("The weather in Paris?"), tool_choice="required") == (IN_PARIS,)
    assert replied(heard("Hello."), tool_choice="required") == (CallTool("get_time", {"city": "city"}),)


def test_required_is_content_with_a_call_of_the_brain_within():
    inner = (Say("Let me see."), CallTool("get_time", {"city": "Rome"}))
    assert replied(heard("The weather?"), inner=inner, tool_choice="required") == inner


def test_required_calls_again_after_an_output_as_the_service_does():
    memory = (
        heard("The weather in Paris?"),
        Item(type="function_call", call_id="call_1", name="get_weather", arguments="{}"),
        Item(type="function_call_output", call_id="call_1", output="Rain."),
    )
    assert replied(*memory, tool_choice="required") == (IN_PARIS,)
    assert replied(*memory, tool_choice="auto") == (ANSWER,)


def test_nothing_on_offer_leaves_nothing_to_require():
    assert replied(offers=(), tool_choice="required") == (ANSWER,)


def test_several_functions_are_called_at_once_where_the_words_fit_them_and_parallel_calls_are_allowed():
    memory = (heard("What is the weather and the time in Paris?"),)
    calls = replied(*memory, tool_choice="required")
    assert {call.name for call in calls} == {"get_weather", "get_time"}
    assert all(call.arguments == {"city": "Paris"} for call in calls)
    assert len(replied(*memory, tool_choice="required", parallel=False)) == 1


def test_without_parallel_calls_only_the_first_call_of_a_reply_is_made():
    inner = (CallTool("get_time"), Say("and"), CallTool("get_time"))
    assert replied(inner=inner, parallel=False) == inner[:2]
    assert replied(inner=inner) == inner


FORCES = {
    "the response": ((heard("Hello."),), {"wish": 'Say "good morning".'}),
    "a system item since the model spoke": ((said("Hello."), system('Say "good morning".')), {}),
    "a system item at the beginning": ((system('Say "good morning".'), heard("Hello.")), {}),
    "a message that was typed": ((said("Hello."), user('Say "good morning".')), {}),
    "the session, for every reply": ((heard("Hello."),), {"standing": 'Always say "good morning".'}),
    "an older system item, for every reply": (
        (system('Always say "good morning".'), said("Hello."), heard("Hello.")),
        {},
    ),
    "the session, to open": ((), {"standing": 'Greet the caller with "good morning".'}),
}


@pytest.mark.parametrize("case", FORCES)
def test_words_that_are_wanted_are_said(case):
    memory, request = FORCES[case]
    assert replied(*memory, **request) == (Say("good morning"),)


SPENT = {
    "a system item from before the model spoke": ((system('Say "good morning".'), said("Hello.")), {}),
    "a system item that an answer has come after": (
        (said("Hello."), system('Say "good morning".'), said("Good morning."), heard("Hello.")),
        {},
    ),
    "a message that was answered": ((user('Say "good morning".'), said("Good morning.")), {}),
    "an opening, once something was said": (
        (said("Hello."), heard("Hello.")),
        {"standing": 'Greet the caller with "good morning".'},
    ),
    "the session's instructions, repeated by the response": (
        (),
        {"wish": 'Say "bye" at the end.\nBe kind.', "standing": 'Say "bye" at the end.\nThe caller is Ada.'},
    ),
    "what the caller said aloud": ((heard('Say "good morning".'),), {}),
}


@pytest.mark.parametrize("case", SPENT)
def test_words_that_are_not_wanted_now_are_not_said(case):
    memory, request = SPENT[case]
    assert replied(*memory, **request) == (ANSWER,)


def test_words_that_the_voice_cannot_speak_are_left_to_the_brain_within_unless_they_are_written():
    wish = {"wish": 'Say "good morning".', "can_say": "".__eq__}
    assert replied(**wish) == (ANSWER,)
    assert replied(**wish, written=True) == (Say("good morning"),)


def test_a_reply_is_made_as_short_as_was_asked_for():
    assert replied(heard("Hello."), wish="Answer in one sentence.") == (Say("We are open from nine."),)
    assert replied(heard("Hello."), standing="Answer in at most three words.") == (Say("We are open."),)
    cannot = {"can_say": lambda text: text == ANSWER.text}
    assert replied(wish="Answer in one word.", **cannot) == (ANSWER,)


def test_functions_that_are_forbidden_are_not_on_offer_within_and_one_that_is_named_is_called():
    inner = Recited((ANSWER,))
    wish = "Answer without using any tools."
    Obedience(inner, bool).decide((), Request(wish=wish, offers=(WEATHER,)))
    ((_, request),) = inner.seen
    assert request.offers == ()
    assert replied(user("Call get_weather for Paris."), wish="") == (IN_PARIS,)
    assert replied(wish="Use the get_weather tool for Paris.") == (IN_PARIS,)


def test_a_greeting_in_whatever_words_is_the_brains_own_at_the_beginning_and_a_plain_one_later():
    assert replied(wish="Greet the user and offer your help.") == (ANSWER,)
    later = replied(said("Goodbye."), wish="Greet the user and offer your help.")
    assert later == (Say("Hello! How can I help you?"),)


def test_the_bank_is_not_changed_by_it():
    """Every turn of the script that ships is answered as without obedience."""
    script = banking()
    request = Request(standing="", instructions="", offers=(Offer("get_balance"), Offer("end_call")))
    memory = []
    for turn in script.turns:
        memory.append(heard(turn))
        plain = ScriptBrain(script).decide(memory, request)
        assert Obedience(ScriptBrain(script), bool).decide(memory, request) == plain
        memory += [said(part.text) for part in plain if isinstance(part, Say)]
