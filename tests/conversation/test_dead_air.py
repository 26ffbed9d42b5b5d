"""A caller who is owed an answer hears something within eight seconds, or TwiML: wherever a model stops."""

from dataclasses import replace

import pytest
from exchange import AGENT, PCMU_BOTH_WAYS, Exchange

from twiliobridge.conversation import Ending, Limits, Tool
from twiliobridge.conversation.hold import METADATA
from twiliobridge.realtime import events as model

HELPER = replace(AGENT, tools=(Tool("look", "Looks.", print),))
TYPING = replace(HELPER, waiting=bytes([0x40]) * 400)
STEP = 0.1
FOR = 45.0


def turn(call):
    call.caller_speaks()
    call.wait(0.5)
    call.caller_stops()


def answers_nothing(call):
    turn(call)


def ignores_a_request(call):
    turn(call)
    call.response("r")


def only_begins(call):
    turn(call)
    call.response("r", done=False)


def stops_in_mid_sentence(call):
    turn(call)
    call.response("r", 400, done=False)


def does_not_say_that_it_is_done(call):
    turn(call)
    call.response("r", 400, done=False)
    call.model(model.OutputAudioDone(response_id="r", item_id="r"))


def calls_a_tool_after_some_words(call):
    turn(call)
    call.response("r", 400, done=False)
    call.function_call("r", "c", "look")
    call.response_done("r")


def calls_a_tool_before_some_words(call):
    turn(call)
    call.response("r", done=False)
    call.function_call("r", "c", "look")
    call.delta("r", 400)
    call.response_done("r")


def does_not_end_the_response_with_a_call(call):
    turn(call)
    call.response("r", done=False)
    call.function_call("r", "c", "look")
    call.answer_tool("c", "ten")


def is_lost_after_a_turn(call):
    turn(call)
    call.lose_model()


def is_lost_while_the_caller_speaks(call):
    call.caller_speaks()
    call.wait(0.5)
    call.lose_model()


def is_lost_in_an_answer(call):
    turn(call)
    call.response("r", 400, done=False)
    call.lose_model()


def ignores_an_interruption(call):
    turn(call)
    call.response("r", 4000, done=False)
    call.wait(0.5)
    turn(call)


STANDSTILLS = [
    answers_nothing,
    ignores_a_request,
    only_begins,
    stops_in_mid_sentence,
    does_not_say_that_it_is_done,
    calls_a_tool_after_some_words,
    calls_a_tool_before_some_words,
    does_not_end_the_response_with_a_call,
    is_lost_after_a_turn,
    is_lost_while_the_caller_speaks,
    is_lost_in_an_answer,
    ignores_an_interruption,
]


class Standstill:
    """What a model does that has come to a standstill."""

    def __init__(self, call, *, lives, holds):
        self.call, self.lives, self.holds = call, lives, holds
        self.told = len(call.to_model)
        self.asked_to_hold = 0

    def answer(self):
        """As long as it is not replaced: the next never opens."""
        told, self.told = self.told, len(self.call.to_model)
        for event in self.call.to_model[told:] if not self.call.dialled_at else ():
            match event:
                case model.UpdateSession() if self.lives:
                    self.call.model(model.SessionUpdated(session=PCMU_BOTH_WAYS))
                case model.CreateResponse() if self.holds and event.response and event.response.metadata:
                    self.hold()

    def hold(self):
        self.asked_to_hold += 1
        name = f"hold{self.asked_to_hold}"
        self.call.model(model.ResponseCreated(response=model.Response(id=name, metadata=METADATA)))
        self.call.delta(name, 800)
        self.call.model(model.ResponseDone(response=model.Response(id=name, status="completed")))


def longest_silence(call, standstill):
    """Until the call is over, within bounds."""
    longest, silent_since, end = 0.0, call.now, call.now + FOR
    while call.ending is None and call.now < end:
        standstill.answer()
        call.wait(STEP)
        if call.buffer.queued_bytes:
            silent_since = call.now
        longest = max(longest, call.now - silent_since)
    return longest


@pytest.mark.parametrize("agent", [HELPER, TYPING], ids=["quiet", "with a waiting sound"])
@pytest.mark.parametrize("holds", [False, True], ids=["", "asks to hold"])
@pytest.mark.parametrize("lives", [False, True], ids=["dead", "lives"])
@pytest.mark.parametrize("stops", STANDSTILLS)
def test_no_silence_is_longer_than_eight_seconds(stops, lives, holds, agent):
    """By what the caller truly hears, and whatever signs of life there are."""
    call = Exchange(agent).open()
    stops(call)
    assert longest_silence(call, Standstill(call, lives=lives, holds=holds)) <= 8 + 2 * STEP


def test_nor_in_a_call_that_ends_because_it_was_too_long():
    """Its last answer is heard to its end, if that comes."""
    call = Exchange(limits=Limits(longest_call=1)).open()
    stops_in_mid_sentence(call)
    assert longest_silence(call, Standstill(call, lives=True, holds=False)) <= 8 + 2 * STEP
    assert call.ending.ending is Ending.TOO_LONG


# ---------------------------------------------------------------- what is tried before that


def goes_on(call, until):
    """The model lives, and says nothing to the point, until something is done about that."""
    for _ in range(round(FOR / STEP)):
        if until():
            return
        call.model(model.RateLimitsUpdated())
        call.wait(STEP)
    raise AssertionError("nothing was done about it")


def test_an_answer_at_a_standstill_is_called_back_and_asked_for_again():
    call = Exchange().open()
    only_begins(call)
    goes_on(call, until=lambda: call.sent(model.CancelResponse))
    assert 5.5 <= call.now - 0.5 < 5.7
    [hold] = call.sent(model.CreateResponse)
    assert hold.response.metadata == METADATA
    call.response_done("r", "cancelled")
    assert call.sent(model.CreateResponse)[-1].response is None
    call.response("r2", 400)
    call.wait(2)
    assert call.ending is None
    assert call.heard_ms("r2") == 400


def test_of_an_answer_that_stopped_in_mid_sentence_the_rest_is_asked_for():
    call = Exchange().open()
    stops_in_mid_sentence(call)
    goes_on(call, until=lambda: call.sent(model.CancelResponse))
    call.response_done("r", "cancelled")
    assert "Go on from there" in call.sent(model.CreateResponse)[-1].response.instructions
    assert call.heard_ms("r") == 400
    assert not call.truncations()


def test_a_session_that_does_not_end_what_was_called_back_is_replaced():
    """It would refuse any other request meanwhile."""
    call = Exchange().open()
    only_begins(call)
    goes_on(call, until=lambda: call.dialled_at)
    assert 7 <= call.now - 0.5 < 7.2
    call.open_again()
    assert isinstance(call.to_model[-1], model.CreateResponse)
    call.response("again", 400)
    call.wait(2)
    assert call.ending is None


def test_a_session_that_ignores_a_request_is_replaced():
    """After five seconds, whatever else it says."""
    call = Exchange().open()
    ignores_a_request(call)
    goes_on(call, until=lambda: call.dialled_at)
    assert 5 <= call.now - 0.5 < 5.2
    call.open_again()
    assert isinstance(call.to_model[-1], model.CreateResponse)


def test_a_slow_answer_is_waited_for_while_the_caller_hears_something():
    """For twenty seconds: then it is called back, too."""
    call = Exchange(TYPING).open()
    only_begins(call)
    goes_on(call, until=lambda: call.sent(model.CancelResponse))
    assert 20 <= call.now - 0.5 < 20.2


def test_the_agents_own_hang_up_waits_for_its_tools():
    """The goodbye was heard: nobody is owed an answer."""
    call = Exchange(HELPER).open()
    turn(call)
    call.response("r", 400, done=False)
    call.function_call("r", "c", "look")
    call.function_call("r", "e", "end_call")
    call.response_done("r")
    call.wait(20)
    assert call.ending is None
    call.answer_tool("c", "ten")
    assert call.ending.ending is Ending.AGENT_HUNG_UP
