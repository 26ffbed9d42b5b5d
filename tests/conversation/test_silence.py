"""Silences: a sound while the caller waits, and what is said to a caller who says nothing."""

from dataclasses import replace

from exchange import AGENT, Exchange

from twiliobridge.conversation import Tool
from twiliobridge.conversation.agent import SilencePolicy
from twiliobridge.conversation.ending import Ending
from twiliobridge.mediastream.events import Clear, Dtmf, Play
from twiliobridge.realtime import events as model


async def look(arguments, call):
    raise AssertionError("the relay runs no tool")


SOUND = bytes(range(1, 201)) * 60  # a second and a half
TYPING = replace(AGENT, waiting=SOUND, tools=(Tool("look", "Looks.", look),))
PATIENT = replace(AGENT, silence=SilencePolicy(ask_after=10, hang_up_after=8))


def tool_called(call):
    call.caller_speaks("u")
    call.caller_stops("u")
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.function_call("r", "c1", "look")
    call.model(model.ResponseDone(response=model.Response(id="r", status="completed")))


def test_a_sound_plays_while_the_caller_waits_for_a_tool():
    """After a second and a half, without a gap, and over again; the first word stops it."""
    call = Exchange(TYPING).open()
    tool_called(call)
    call.wait(1.4)
    assert not call.sent(Play)
    call.wait(3.1)
    assert len(call.sent(Play)) == 4
    assert call.buffer.queued_bytes > 0
    call.answer_tool("c1", "10 dollars")
    call.response("a", 400)
    call.wait(1)
    assert len(call.sent(Clear)) == 1
    assert call.heard_ms("a") == 400
    assert not call.truncations()
    assert [line.speaker.value for line in call.relay.transcript] == ["caller", "tool", "agent"]


def test_a_caller_who_speaks_stops_it():
    """And it does not begin again while they speak."""
    call = Exchange(TYPING).open()
    tool_called(call)
    call.wait(2)
    plays = len(call.sent(Play))
    call.caller_speaks("u2")
    call.wait(4)
    assert len(call.sent(Clear)) == 1
    assert len(call.sent(Play)) == plays
    assert not call.truncations()


def test_without_a_sound_nothing_plays():
    call = Exchange(replace(TYPING, waiting=b"")).open()
    tool_called(call)
    call.wait(4)
    assert not call.sent(Play)


def test_a_silent_caller_is_asked_and_then_told_goodbye():
    call = Exchange(PATIENT).open()
    call.response("hello", 400)
    call.wait(10.3)
    assert not call.sent(model.CreateResponse)
    call.wait(0.2)
    [asked] = call.sent(model.CreateResponse)
    assert "still there" in asked.response.instructions
    call.response("there?", 600)
    call.wait(8.7)
    assert "goodbye" in call.sent(model.CreateResponse)[1].response.instructions
    call.response("bye", 500)
    call.wait(0.6)
    assert call.ending.ending is Ending.AGENT_HUNG_UP
    assert call.heard_ms("bye") == 500


def test_a_word_or_a_key_begins_the_silence_anew():
    call = Exchange(PATIENT).open()
    call.wait(9)
    call.caller_speaks("u")
    call.caller_stops("u")
    call.response("a", 400)
    call.wait(10)
    call.phone(Dtmf(digit="1"))
    call.phone(Dtmf(digit="#"))
    call.response("b", 400)
    call.wait(10)
    assert len(call.sent(model.CreateResponse)) == 1


def test_a_caller_who_answers_after_all_stays():
    call = Exchange(PATIENT).open()
    call.wait(10.1)
    call.response("there?", 600)
    call.wait(8.7)
    call.response("bye", 500)
    call.wait(0.2)
    call.caller_speaks("u")
    call.caller_stops("u")
    call.response("good", 400)
    call.wait(5)
    assert call.ending is None
