"""Requests for an answer to tools that the service refuses, because another response was under way."""

from tool_exchange import confirm, refuse, waiting_for_balance

from twiliobridge.realtime import events as model


def test_a_refusal_that_names_no_event_is_the_requests():
    """Only a request can find a response active."""
    call = waiting_for_balance()
    call.answer_tool("c1", "10 dollars")
    call.response("auto", 100, done=False)
    refuse(call, named=False)
    call.response_done("auto")
    call.wait(2)
    assert len(call.sent(model.CreateResponse)) == 2


def test_a_request_that_crossed_a_response_that_answers_it_is_not_repeated():
    """The output had arrived before the service began to answer by itself."""
    call = waiting_for_balance()
    call.answer_tool("c1", "10 dollars")
    confirm(call)
    call.response("auto", 100, done=False)
    refuse(call)
    call.response_done("auto")
    call.wait(2)
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_refusal_may_come_two_responses_late():
    """The service created, ended and created again before it read the request: the answer is still owed."""
    call = waiting_for_balance()
    call.answer_tool("c1", "10 dollars")
    call.response("auto", 100)
    call.response("auto 2", 100, done=False)
    refuse(call)
    call.response_done("auto 2")
    call.wait(2)
    assert len(call.sent(model.CreateResponse)) == 2


def test_an_output_that_was_refused_is_waited_for_no_longer():
    """From then on, automatic responses answer what there is."""
    call = waiting_for_balance()
    call.caller_speaks()
    call.answer_tool("c1", "10 dollars")
    [item] = call.sent(model.CreateItem)
    call.model(model.Error(error=model.ErrorDetail(code="invalid_tool_call_id", event_id=item.event_id)))
    call.caller_stops()
    call.response("auto", 100)
    call.wait(5)
    assert not call.sent(model.CreateResponse)
