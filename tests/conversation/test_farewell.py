"""No word is cut at the end of a call, and no call goes on for ever."""

from dataclasses import replace

from exchange import AGENT, Exchange

from twiliobridge.conversation.agent import END_CALL
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.farewell import CALLED_OFF, SAY_GOODBYE
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.phase import Phase
from twiliobridge.mediastream.events import Dtmf, Stop
from twiliobridge.realtime import events as model


def goodbye(call, *deltas_ms):
    call.response("bye", *deltas_ms, done=False)
    call.function_call("bye", "c1", END_CALL)
    call.response_done("bye")


def test_the_line_closes_when_the_goodbye_was_heard():
    """Not before its last mark came back."""
    call = Exchange().open()
    goodbye(call, 1500)
    call.wait(1.45)
    assert call.ending is None
    call.wait(0.1)
    assert call.ending.ending is Ending.AGENT_HUNG_UP
    assert call.heard_ms("bye") == 1500


def test_a_missing_mark_delays_by_the_slack_at_the_most():
    """A phone that never returns a mark is not waited for."""
    call = Exchange(limits=Limits(goodbye_slack=2), uplink=lambda: 1000).open()
    goodbye(call, 1500)
    call.wait(3.4)
    assert call.ending is None
    call.wait(0.2)
    assert call.ending.ending is Ending.AGENT_HUNG_UP


def test_end_call_without_words_asks_for_them():
    """The model is asked to say goodbye; the line closes once that was heard."""
    call = Exchange().open()
    goodbye(call)
    [item] = call.sent(model.CreateItem)
    assert (item.item.call_id, item.item.output) == ("c1", SAY_GOODBYE)
    assert len(call.sent(model.CreateResponse)) == 1
    call.response("words", 800)
    call.wait(0.7)
    assert call.ending is None
    call.wait(0.2)
    assert call.ending.ending is Ending.AGENT_HUNG_UP


def test_a_goodbye_heard_before_its_response_was_done_counts():
    """A slow service: the words are long gone when it says that it has finished."""
    call = Exchange().open()
    call.response("bye", 200, done=False)
    call.function_call("bye", "c1", END_CALL)
    call.model(model.OutputAudioDone(response_id="bye", item_id="bye"))
    call.wait(3)
    assert call.ending is None
    call.model(model.ResponseDone(response=model.Response(id="bye", status="completed")))
    assert call.ending.ending is Ending.AGENT_HUNG_UP
    assert not call.sent(model.CreateItem)


def test_a_caller_who_interrupts_the_goodbye_is_heard():
    """The hang-up is called off, and the model is told."""
    call = Exchange().open()
    goodbye(call, 3000)
    assert call.relay.phase is Phase.CLOSING
    call.wait(0.5)
    call.caller_speaks()
    assert call.relay.phase is Phase.TALKING
    [item] = call.sent(model.CreateItem)
    assert item.item.output == CALLED_OFF
    call.wait(10)
    assert call.ending is None
    call.caller_stops()
    call.response("next", 500)
    call.wait(1)
    assert call.ending is None


def test_a_goodbye_that_was_asked_for_can_be_called_off_too():
    """The caller spoke before the words came: the answer to that is no goodbye."""
    call = Exchange().open()
    goodbye(call)
    call.caller_speaks()
    call.caller_stops()
    call.response("next", 500)
    call.wait(2)
    assert call.ending is None


def test_an_agent_that_may_not_hang_up_does_not():
    """Then `end_call` is a tool that does not exist."""
    call = Exchange(replace(AGENT, may_hang_up=False)).open()
    goodbye(call, 500)
    call.wait(5)
    assert call.ending is None
    assert "no tool" in call.sent(model.CreateItem)[0].item.output


def test_the_longest_call_ends_after_the_word_that_is_being_said():
    """A bound in time that cuts no word."""
    call = Exchange(limits=Limits(longest_call=60, model_silence=100)).open()
    call.wait(59)
    call.response("r", 2000)
    call.wait(1.5)
    assert call.ending is None
    call.wait(0.6)
    assert call.ending.ending is Ending.TOO_LONG


def test_stop_ends_the_call_at_once_and_once():
    """After the end, nothing that anybody says has an effect."""
    call = Exchange().open()
    call.response("r", 2000)
    call.phone(Stop(account_sid="AC1", call_sid="CA1"))
    assert call.ending.ending is Ending.CALLER_HUNG_UP
    call.phone(Stop(account_sid="AC1", call_sid="CA1"))
    call.lose_model()
    call.response("r2", 100)
    assert call.relay.deadline() is None
    assert not call.relay.wake(1e9)


def test_a_silent_end_call_is_asked_for_words_once():
    """A model that calls `end_call` without words again and again hangs up all the same."""
    call = Exchange().open()
    goodbye(call)
    call.response("mute", done=False)
    call.function_call("mute", "c2", END_CALL)
    call.response_done("mute")
    assert call.ending.ending is Ending.AGENT_HUNG_UP
    assert len(call.sent(model.CreateResponse)) == 1


def test_end_call_twice_in_one_response_is_one_goodbye():
    """Both calls are answered when the goodbye is called off."""
    call = Exchange().open()
    call.response("bye", 3000, done=False)
    call.function_call("bye", "c1", END_CALL)
    call.function_call("bye", "c2", END_CALL)
    call.response_done("bye")
    call.caller_speaks()
    assert [item.item.call_id for item in call.sent(model.CreateItem)] == ["c1", "c2"]
    assert call.relay.phase is Phase.TALKING


def test_a_model_lost_during_the_goodbye_cannot_be_talked_to():
    """A key then cannot call the hang-up off: nobody is left to answer."""
    call = Exchange().open()
    goodbye(call, 3000)
    call.wait(0.5)
    call.lose_model()
    call.phone(Dtmf(digit="1"))
    assert call.ending is not None


def test_a_response_that_failed_after_end_call_still_ends_the_call():
    """The words are asked for, and the line closes after them."""
    call = Exchange().open()
    call.response("bye", done=False)
    call.function_call("bye", "c1", END_CALL)
    call.response_done("bye", "failed")
    assert [item.item.output for item in call.sent(model.CreateItem)] == [SAY_GOODBYE]
    assert len(call.sent(model.CreateResponse)) == 1
    call.response("words", 500)
    call.wait(1)
    assert call.ending.ending is Ending.AGENT_HUNG_UP


def test_a_goodbye_that_failed_is_asked_for_again():
    """A failed response has no words that could be heard."""
    call = Exchange().open()
    goodbye(call)
    call.response("words", done=False)
    call.response_done("words", "failed")
    assert call.ending is None
    assert len(call.sent(model.CreateResponse)) == 2


def test_end_call_after_its_response_was_done_ends_the_call():
    """Some services say so in that order."""
    call = Exchange().open()
    call.response("bye", 500)
    call.function_call("bye", "c1", END_CALL)
    call.wait(1)
    assert call.ending.ending is Ending.AGENT_HUNG_UP


def test_the_longest_call_waits_for_the_response_under_way():
    """What is generated after the bound was reached is heard too."""
    call = Exchange(limits=Limits(longest_call=60, model_silence=100)).open()
    call.wait(59.9)
    call.response("r", 300, done=False)
    call.wait(0.2)
    call.delta("r", 5000)
    call.response_done("r")
    call.wait(5.0)
    assert call.ending is None
    call.wait(0.3)
    assert call.ending.ending is Ending.TOO_LONG
    assert call.heard_ms("r") == 5300


def test_last_words_without_end_are_cut():
    """A response that goes on and on does not keep the line open."""
    call = Exchange(limits=Limits(longest_call=60, model_silence=100, last_words=30)).open()
    call.wait(59.9)
    call.response("r", 300, done=False)
    while call.now < 90 and call.ending is None:
        call.delta("r", 200)
        call.wait(0.1)
    call.wait(0.5)
    assert call.ending.ending is Ending.TOO_LONG


def test_nothing_new_is_begun_while_the_line_closes():
    """A response that the service begins by itself is called back, and delays nothing."""
    call = Exchange().open()
    goodbye(call, 1000)
    call.response("more", 5000, done=False)
    assert model.CancelResponse(response_id="more") in call.to_model
    call.wait(1.1)
    assert call.ending.ending is Ending.AGENT_HUNG_UP


def test_a_greeting_that_failed_is_tried_again_in_the_same_words():
    """Not as a response about nothing."""
    call = Exchange(replace(AGENT, greeting="Good morning.")).open()
    call.response("r1", done=False)
    call.response_done("r1", "failed")
    first, second = call.sent(model.CreateResponse)
    assert first.response == second.response
