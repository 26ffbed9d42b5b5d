"""Function calls: all are answered, and the model is asked to go on once."""

from exchange import Exchange
from tool_exchange import HELPER, confirm, refuse, waiting_for_balance

from twiliobridge.conversation.transcript import Speaker
from twiliobridge.mediastream.events import Play
from twiliobridge.realtime import events as model


def outputs(call):
    return [(e.item.call_id, e.item.output) for e in call.sent(model.CreateItem)]


def test_one_response_for_all_calls_of_a_response():
    """Two calls, answered in either order: both outputs, then one response.create."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance", '{"card": 1}')
    call.function_call("r", "c2", "rate")
    assert [(tool.call_id, tool.name, tool.arguments) for tool in call.tools] == [
        ("c1", "balance", '{"card": 1}'),
        ("c2", "rate", "{}"),
    ]
    call.response_done("r")
    call.answer_tool("c2", "2 %")
    assert not call.sent(model.CreateResponse)
    call.answer_tool("c1", "10 dollars")
    assert outputs(call) == [("c2", "2 %"), ("c1", "10 dollars")]
    assert len(call.sent(model.CreateResponse)) == 1


def test_an_answer_before_the_response_is_done_waits_for_it():
    """The service refuses a response while one runs; the output itself may go at once."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance")
    call.answer_tool("c1", "10 dollars")
    assert outputs(call) == [("c1", "10 dollars")]
    assert not call.sent(model.CreateResponse)
    call.response_done("r")
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_second_call_of_the_same_response_is_waited_for():
    """The first was answered before the second was made: still one response.create, after both."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance")
    call.answer_tool("c1", "10 dollars")
    call.function_call("r", "c2", "rate")
    call.response_done("r")
    assert not call.sent(model.CreateResponse)
    call.answer_tool("c2", "2 %")
    assert len(call.sent(model.CreateResponse)) == 1


def test_an_unknown_tool_is_an_error_text():
    """The model made a name up: it is told so, never met with silence."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "teleport")
    call.response_done("r")
    assert not call.tools
    [(call_id, text)] = outputs(call)
    assert call_id == "c1"
    assert "teleport" in text
    assert len(call.sent(model.CreateResponse)) == 1


def test_while_the_caller_speaks_nobody_asks():
    """The service answers the caller's turn by itself, tool output included: no second answer."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance")
    call.response_done("r")
    call.caller_speaks()
    call.answer_tool("c1", "10 dollars")
    confirm(call)
    call.caller_stops()
    call.response("r2", 400)
    call.wait(5)
    assert not call.sent(model.CreateResponse)


def test_an_answer_that_the_automatic_response_missed_is_asked_for():
    """The response was created before the output arrived: one more is owed."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance")
    call.response_done("r")
    call.caller_speaks()
    call.caller_stops()
    call.answer_tool("c1", "10 dollars")
    call.response("r2", 400)
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_noise_that_gets_no_response_does_not_swallow_the_answer():
    """The service was left a second to respond by itself, and did not."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance")
    call.response_done("r")
    call.caller_speaks()
    call.answer_tool("c1", "10 dollars")
    call.caller_stops()
    assert not call.sent(model.CreateResponse)
    call.wait(1.0)
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_request_that_crossed_another_response_is_repeated():
    """conversation_already_has_active_response: asked again when that one is done."""
    call = waiting_for_balance()
    call.answer_tool("c1", "10 dollars")
    call.response("auto", 100, done=False)
    refuse(call)
    call.response_done("auto")
    call.wait(2)
    assert len(call.sent(model.CreateResponse)) == 2


def test_a_service_that_does_not_say_that_the_caller_stopped():
    """The committed turn, or the response to it, says so; the agent is not kept silent for ever."""
    call = waiting_for_balance()
    call.caller_speaks("u1")
    call.model(model.AudioCommitted(item_id="u1"))
    call.response("r1", 400)
    assert call.sent(Play)
    call.wait(1)
    call.caller_speaks("u2")
    call.response("r2", 400)
    assert not call.sent(model.CancelResponse)
    call.wait(1)
    call.caller_speaks("u3")
    call.model(model.AudioCleared())
    call.answer_tool("c1", "10 dollars")
    assert len(call.sent(model.CreateResponse)) == 1


def test_the_end_of_an_earlier_turn_does_not_end_this_one():
    """The commit of the last words may come after the first of the next."""
    call = waiting_for_balance()
    call.caller_speaks("u1")
    call.caller_stops("u1")
    call.caller_speaks("u2")
    call.model(model.AudioCommitted(item_id="u1"))
    call.answer_tool("c1", "10 dollars")
    call.wait(3)
    assert not call.sent(model.CreateResponse)


def test_a_call_made_after_its_response_was_done_is_answered():
    """Some services say so in that order; the model is asked to go on all the same."""
    call = Exchange(HELPER).open()
    call.response("r")
    call.function_call("r", "c1", "balance")
    call.answer_tool("c1", "10 dollars")
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_response_without_end_does_not_swallow_its_tools():
    """The service began the next one without response.done: what was answered meanwhile is owed."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance")
    call.answer_tool("c1", "10 dollars")
    call.response("r2", 100)
    call.wait(2)
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_call_that_is_said_twice_runs_once():
    """It may move money."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance")
    call.function_call("r", "c1", "balance")
    assert len(call.tools) == 1


def test_a_response_beside_the_conversation_does_not_free_the_way():
    """The end of an out-of-band response is not the end of the one that is running."""
    call = waiting_for_balance()
    call.response("running", 100, done=False)
    call.model(model.ResponseCreated(response=model.Response(id="aside")))
    call.model(model.ResponseDone(response=model.Response(id="aside", status="completed")))
    call.answer_tool("c1", "10 dollars")
    assert not call.sent(model.CreateResponse)
    call.response_done("running")
    assert len(call.sent(model.CreateResponse)) == 1


def test_calls_of_a_discarded_response_are_not_run():
    """The caller interrupted it; the service has forgotten it."""
    call = Exchange(HELPER).open()
    call.response("r", 400, done=False)
    call.wait(0.1)
    call.caller_speaks()
    call.function_call("r", "c1", "balance")
    assert not call.tools


def test_answers_nobody_waits_for_are_nothing():
    """Twice, or to a call that never was."""
    call = Exchange(HELPER).open()
    call.answer_tool("c9", "?")
    assert not call.to_model[1:]


def test_sixty_four_calls_run_at_a_time():
    """What the model does not stop asking for is answered with an error text."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    for k in range(100):
        call.function_call("r", f"c{k}", "balance")
    assert len(call.tools) < 100
    assert len(call.tools) + len(outputs(call)) == 100


def test_the_transcript_tells_what_was_called_and_answered():
    """One line per call."""
    call = Exchange(HELPER).open()
    call.response("r", done=False)
    call.function_call("r", "c1", "balance", '{"card": 1}')
    call.answer_tool("c1", "10 dollars")
    [line] = [line for line in call.relay.transcript if line.speaker is Speaker.TOOL]
    assert line.text == 'balance({"card": 1}) -> 10 dollars'
