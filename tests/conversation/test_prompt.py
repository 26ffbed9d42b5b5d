"""A prompt that is kept at the service stays in force, whatever the bridge wishes of a response.

A response's own instructions would take the place of the prompt's, so no request may have any.
"""

import msgspec
import pytest
from exchange import AGENT, START, Exchange

from twiliobridge.conversation import Agent
from twiliobridge.conversation.agent import SilencePolicy
from twiliobridge.realtime import events as model
from twiliobridge.realtime.tools import Prompt

PROMPTED = Agent(
    instructions="",
    prompt=Prompt(id="pmpt_1"),
    greeting="Good morning.",
    silence=SilencePolicy(ask_after=10, hang_up_after=8),
)
FAULT = model.StatusDetails(error=model.ResponseFault(type="server_error", code="server_error"))


def requests(call):
    return call.sent(model.CreateResponse)


def words(item):
    return item.content[0].text


def standing(call):
    """The system items that the service has now, in order."""
    items = {
        event.item.id: event.item for event in call.sent(model.CreateItem) if event.item.role == "system"
    }
    for event in call.sent(model.DeleteItem):
        del items[event.item_id]
    return [words(item) for item in items.values()]


def greeted():
    call = Exchange(PROMPTED).open()
    call.response("greeting", 400)
    call.wait(1)
    return call


def test_the_greeting_is_wished_for_by_an_item_that_goes_with_its_response():
    call = Exchange(PROMPTED).open()
    [wish] = standing(call)
    assert "Good morning." in wish
    assert type(call.to_model[-2]) is model.CreateItem
    assert type(call.to_model[-1]) is model.CreateResponse
    call.response("greeting", 400)
    assert standing(call) == []


def test_so_is_the_question_to_a_silent_caller_and_the_goodbye():
    call = greeted()
    call.wait(11)
    assert "still there" in standing(call)[0]
    call.response("question", 400)
    call.wait(9)
    [leave] = standing(call)
    assert "goodbye" in leave
    assert [request.response.instructions for request in requests(call)] == [None] * 3


def test_a_wish_that_came_to_nothing_stands_once_when_it_is_asked_for_again():
    call = Exchange(PROMPTED).open()
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.response_done("r", "failed", status_details=FAULT)
    call.wait(1)
    assert len(requests(call)) == 2
    assert len(standing(call)) == 1


def test_a_request_that_is_refused_leaves_no_second_wish_behind():
    call = Exchange(PROMPTED).open()
    [asked] = requests(call)
    detail = model.ErrorDetail(type="server_error", code="server_error", event_id=asked.event_id)
    call.model(model.Error(error=detail))
    call.wait(1)
    assert len(requests(call)) == 2
    assert len(standing(call)) == 1


def test_the_apology_is_an_item_that_the_model_reads_alone():
    call = greeted()
    call.caller_speaks("u")
    call.caller_stops("u")
    for number in range(2):
        call.model(model.ResponseCreated(response=model.Response(id=f"r{number}", conversation_id="c")))
        call.response_done(f"r{number}", "failed", status_details=FAULT)
        call.wait(0.5)
    alone(requests(call)[-1].response, AGENT.apology)
    assert standing(call) == []


def test_so_is_the_request_to_hold_on():
    call = greeted()
    call.caller_speaks("u")
    call.caller_stops("u")
    call.model(model.ResponseCreated(response=model.Response(id="slow", conversation_id="c")))
    call.wait(5)
    alone(requests(call)[-1].response, AGENT.hold_on)
    assert standing(call) == []


def alone(response, said):
    [item] = response.input
    assert said in item["content"][0]["text"]
    assert response.instructions is None


def test_what_is_known_of_the_call_is_told_as_an_item_and_again_to_the_next_session():
    """The instructions cannot say it: there are none of ours."""
    call = Exchange(PROMPTED)
    call.phone(msgspec.structs.replace(START, custom_parameters={"caller": "+15550100"}))
    call.open_again()
    assert "- caller: +15550100" in standing(call)[0]
    call.response("greeting", 400)
    call.wait(1)
    call.lose_model()
    call.open_again()
    told = [words(event.item) for event in call.told() if isinstance(event, model.CreateItem)]
    assert "- caller: +15550100" in told[0]
    assert "Good morning" not in "".join(told)


@pytest.mark.parametrize("agent", [AGENT, Agent(instructions="Be brief.", prompt=Prompt(id="pmpt_1"))])
def test_where_there_are_instructions_they_are_repeated_with_the_wish(agent):
    """They win over the prompt in any case."""
    call = Exchange(Agent(instructions=agent.instructions, prompt=agent.prompt, greeting="Hello.")).open()
    [request] = requests(call)
    assert request.response.instructions.startswith("Be brief.")
    assert standing(call) == []
