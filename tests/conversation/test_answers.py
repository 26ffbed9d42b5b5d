"""No turn stays unanswered: each way in which an answer can come to nothing, and what the caller gets."""

from dataclasses import replace

import pytest
from exchange import AGENT, Exchange

from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.realtime import events as model

RATE_LIMIT = model.ErrorDetail(
    type="tokens", code="rate_limit_exceeded", message="Rate limit reached. Please try again in 1.2s."
)
BROKEN = model.ErrorDetail(type="server_error", code="server_error", message="Sorry.")
GREETER = replace(AGENT, greeting="Hello.")


def asked(call):
    return call.sent(model.CreateResponse)


def turn(call, item="u"):
    call.caller_speaks(item)
    call.wait(0.5)
    call.caller_stops(item)


def ends(call, name, status="completed", **details):
    """A response without a sound."""
    call.model(model.ResponseCreated(response=model.Response(id=name, conversation_id="c")))
    told = model.StatusDetails(type=status, **details) if details else None
    call.model(model.ResponseDone(response=model.Response(id=name, status=status, status_details=told)))


WITHOUT_A_SOUND = {
    "text": ("completed", {}),
    "empty": ("completed", {}),
    "filtered": ("incomplete", {"reason": "content_filter"}),
    "cut short": ("incomplete", {"reason": "max_output_tokens"}),
    "cancelled": ("cancelled", {"reason": "client_cancelled"}),
    "failed": ("failed", {"error": BROKEN}),
    "limited": ("failed", {"error": RATE_LIMIT}),
}


@pytest.mark.parametrize("how", WITHOUT_A_SOUND)
def test_an_answer_without_a_sound_is_asked_for_again(how):
    """And the log says why."""
    status, details = WITHOUT_A_SOUND[how]
    call = Exchange().open()
    turn(call)
    if how == "text":
        call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
        call.model(model.OutputTextDone(response_id="r", item_id="i", text="Ten dollars."))
        call.model(model.ResponseDone(response=model.Response(id="r", status="completed")))
    else:
        ends(call, "r", status, **details)
    call.wait(1.3)
    [again] = asked(call)
    assert call.notes
    assert how != "text" or '"Ten dollars."' in again.response.instructions
    call.response("r2", 400)
    call.wait(2)
    assert len(asked(call)) == 1
    assert call.ending is None


@pytest.mark.parametrize("how", WITHOUT_A_SOUND)
def test_then_the_apology_is_asked_for_and_then_the_call_goes_back_to_twiml(how):
    status, details = WITHOUT_A_SOUND[how]
    call = Exchange().open()
    turn(call)
    began = call.now
    for number in range(9):
        if call.ending is not None:
            break
        ends(call, f"r{number}", status, **details)
        call.wait(1.3)
    assert AGENT.apology in asked(call)[-1].response.instructions
    assert call.ending.ending is Ending.MODEL_LOST
    assert call.now - began <= 8


def test_a_rate_limit_is_waited_for_as_long_as_the_service_says():
    call = Exchange().open()
    turn(call)
    ends(call, "r", "failed", error=RATE_LIMIT)
    call.wait(1.1)
    assert not asked(call)
    call.wait(0.2)
    assert len(asked(call)) == 1


def test_nothing_that_the_service_begins_meanwhile_shortens_the_wait():
    """It has said when it answers again."""
    call = Exchange().open()
    turn(call)
    for name in ("r1", "r2"):
        ends(call, name, "failed", error=RATE_LIMIT)
        call.wait(0.1)
    assert not asked(call)
    call.wait(1.2)
    assert len(asked(call)) == 1


def test_a_rate_limit_of_a_minute_is_not_waited_for():
    """Five seconds are the most."""
    call = Exchange().open()
    turn(call)
    ends(
        call, "r", "failed", error=model.ErrorDetail(code="rate_limit_exceeded", message="try again in 1m2s")
    )
    for _ in range(2):
        call.wait(2.45)
        call.model(model.RateLimitsUpdated())
    assert not asked(call)
    call.wait(0.2)
    assert asked(call)[0].response is None


def test_a_response_that_failed_for_lack_of_quota_is_not_tried_again():
    """It would fail again."""
    call = Exchange().open()
    turn(call)
    ends(call, "r", "failed", error=model.ErrorDetail(code="insufficient_quota", message="pay"))
    assert call.ending.ending is Ending.MODEL_LOST
    assert call.ending.detail == "insufficient_quota: pay"


def test_a_turn_that_the_service_never_answers_is_asked_for():
    call = Exchange().open()
    turn(call)
    call.wait(2.4)
    assert not asked(call)
    call.wait(0.2)
    assert len(asked(call)) == 1


@pytest.mark.parametrize("error", [RATE_LIMIT, BROKEN], ids=["limited", "broken"])
def test_an_error_without_an_event_id_may_be_the_answer_to_a_request(error):
    """The request is repeated when the service will have it."""
    call = Exchange().open()
    turn(call)
    ends(call, "r")
    assert len(asked(call)) == 1
    call.model(model.Error(error=error))
    call.wait(1.3)
    assert len(asked(call)) == 2


def test_an_answer_that_fails_in_mid_sentence_is_taken_up_where_it_stopped():
    """What was sent is heard, and not repeated."""
    call = Exchange().open()
    turn(call)
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.delta("r", 1000)
    told = model.StatusDetails(type="failed", error=BROKEN)
    call.model(model.ResponseDone(response=model.Response(id="r", status="failed", status_details=told)))
    call.wait(0.3)
    [again] = asked(call)
    assert "Go on from there" in again.response.instructions
    call.wait(1)
    assert call.heard_ms("r") == 1000


def test_an_answer_in_events_of_the_beta_is_named_as_such():
    call = Exchange().open()
    turn(call)
    call.response("r", done=False)
    call.model(model.Unknown(type="response.audio.delta"))
    call.response_done("r")
    assert "events of the API's beta" in call.notes[-1]
    assert AGENT.apology in asked(call)[-1].response.instructions


def test_an_answer_that_the_filter_stops_in_mid_sentence_is_taken_up_too():
    call = Exchange().open()
    turn(call)
    call.response("r", 1000, done=False)
    call.response_done("r", "incomplete", status_details=model.StatusDetails(reason="content_filter"))
    [again] = asked(call)
    assert "Go on from there" in again.response.instructions
    assert call.notes


def test_a_call_that_breaks_off_behind_words_is_asked_for_again():
    """The caller was told to wait for what the tool says."""
    call = Exchange().open()
    turn(call)
    call.response("r", 400, done=False)
    item = model.Item(type="function_call", status="incomplete", name="look", call_id="k", arguments='{"a')
    call.model(model.OutputItemDone(response_id="r", item=item))
    call.response_done("r", "incomplete", status_details=model.StatusDetails(reason="max_output_tokens"))
    assert len(asked(call)) == 1


def test_an_answer_of_the_longest_length_is_taken_for_what_was_said():
    call = Exchange().open()
    turn(call)
    call.response("r", 1000, done=False)
    call.response_done("r", "incomplete", status_details=model.StatusDetails(reason="max_output_tokens"))
    call.wait(10)
    assert not asked(call)


def test_failures_after_a_beginning_have_a_bound_too():
    """A service that fails each time after some words is given up."""
    call = Exchange().open()
    turn(call)
    for number in range(9):
        if call.ending is not None:
            break
        name = f"r{number}"
        call.model(model.ResponseCreated(response=model.Response(id=name, conversation_id="c")))
        call.delta(name, 300)
        told = model.StatusDetails(type="failed", error=BROKEN)
        call.model(model.ResponseDone(response=model.Response(id=name, status="failed", status_details=told)))
        call.wait(0.6)
    assert call.ending.ending is Ending.MODEL_LOST


def test_the_caller_is_asked_to_hold_on_while_an_answer_takes_long():
    """Beside the answer, which is not disturbed."""
    call = Exchange().open()
    turn(call)
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.model(model.RateLimitsUpdated())
    call.wait(2.9)
    call.model(model.RateLimitsUpdated())
    call.wait(1.7)
    [hold] = asked(call)
    assert hold.response.conversation == "none"
    assert AGENT.hold_on in hold.response.instructions
    call.model(model.ResponseCreated(response=model.Response(id="h", metadata=hold.response.metadata)))
    call.delta("h", 500)
    call.model(model.ResponseDone(response=model.Response(id="h", status="completed")))
    call.wait(1)
    call.delta("r", 700)
    call.response_done("r")
    call.wait(1)
    assert (call.heard_ms("h"), call.heard_ms("r")) == (500, 700)
    assert not call.sent(model.CancelResponse)


def test_the_first_sound_of_an_answer_takes_the_place_of_what_is_left_of_the_hold():
    call = Exchange().open()
    turn(call)
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    for _ in range(2):
        call.wait(2.3)
        call.model(model.RateLimitsUpdated())
    [hold] = asked(call)
    call.model(model.ResponseCreated(response=model.Response(id="h", metadata=hold.response.metadata)))
    call.delta("h", 300)
    call.delta("r", 700)
    call.delta("h", 300)
    call.wait(2)
    assert (call.heard_ms("h"), call.heard_ms("r")) == (300, 700)
    assert not call.truncations()


def test_a_limit_that_the_service_reaches_by_itself_is_waited_for():
    """It was to answer the turn; nothing was asked for, so its error names no request."""
    call = Exchange().open()
    call.caller_speaks()
    call.caller_stops()
    fault = model.ErrorDetail(type="tokens", code="rate_limit_exceeded", message="try again in 3s.")
    call.model(model.Error(error=fault))
    call.wait(2.9)
    assert not call.sent(model.CreateResponse)
    call.wait(0.2)
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_turn_without_an_answer_is_not_answered_by_what_was_asked_for_before():
    call = Exchange(GREETER).open()
    call.says("hello", 400, "Hello.")
    call.wait(1)
    call.caller_speaks()
    call.caller_stops()
    call.wait(3)
    *_, asked = call.sent(model.CreateResponse)
    assert asked.response is None


def test_the_rest_of_an_answer_that_stops_in_mid_sentence_is_owed():
    """The model gives signs of life, but the response neither goes on nor ends."""
    call = Exchange(limits=Limits(sign_of_life_after=100)).open()
    turn(call)
    call.response("r", 400, done=False)
    call.wait(0.4 + 4.4)
    assert not asked(call)
    call.wait(0.2)
    assert asked(call)[-1].response.conversation == "none"
    call.wait(3.5)
    assert call.ending.ending is Ending.MODEL_SILENT
