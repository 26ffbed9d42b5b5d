"""A call that outlives its session with the model: what the next one is told, and what the caller hears."""

import pytest
from exchange import Exchange, audio, frame

from twiliobridge.conversation import Agent, Tool
from twiliobridge.mediastream.events import Dtmf
from twiliobridge.realtime import events as model


async def look(arguments, call):
    raise AssertionError("the relay runs no tool")


TOOLED = Agent(instructions="Be brief.", greeting="Hello.", tools=(Tool("look", "Looks.", look),))


def history(call):
    """Role or kind, and the words, of each item that the session was told."""
    told = []
    for event in call.told():
        if isinstance(event, model.CreateItem):
            item = event.item
            words = " ".join(part.words for part in item.content or ())
            told.append((item.role or item.type, words or item.output or item.arguments))
    return told


def caller(call, item, words):
    call.caller_speaks(item)
    call.caller_stops(item)
    call.model(model.InputTranscriptCompleted(item_id=item, transcript=words))


def test_a_lost_session_is_followed_by_another_that_is_told_the_conversation():
    """What was heard and said, calls and their outputs, keys; there is no second greeting."""
    call = Exchange(TOOLED).open()
    call.says("hello", 400, "Hello.")
    call.wait(1)
    caller(call, "u1", "My balance, please.")
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.function_call("r", "c1", "look", '{"card":1}')
    call.model(model.ResponseDone(response=model.Response(id="r", status="completed")))
    call.answer_tool("c1", "10 dollars")
    call.says("answer", 800, "Ten dollars.")
    call.wait(1)
    call.phone(Dtmf(digit="7"))
    call.phone(Dtmf(digit="#"))
    call.says("seven", 2000, "Seven it is, and so on.")
    call.wait(1)
    caller(call, "u2", "Stop.")
    call.says("stopped", 200, "Yes?")
    call.wait(1)
    requests = len(call.sent(model.CreateResponse))
    call.lose_model()
    call.open_again()
    assert history(call) == [
        ("assistant", "Hello."),
        ("user", "My balance, please."),
        ("function_call", '{"card":1}'),
        ("function_call_output", "10 dollars"),
        ("assistant", "Ten dollars."),
        ("user", "The caller pressed 7 on the keypad."),
        ("assistant", "Seven it"),
        ("user", "Stop."),
        ("assistant", "Yes?"),
    ]
    call.wait(5)
    assert len(call.sent(model.CreateResponse)) == requests
    assert call.notes


def test_the_new_session_is_described_as_the_first_was():
    call = Exchange(TOOLED).open()
    [first] = call.sent(model.UpdateSession)
    call.lose_model()
    call.open_again()
    assert call.told()[0] == first


def test_what_is_queued_is_heard_on_and_taken_up_where_it_stopped():
    """Without a word twice: the session is told the words whose sound was sent."""
    call = Exchange().open()
    caller(call, "u", "Tell me.")
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    words = "one two three four five six seven eight nine ten eleven twelve"
    call.model(model.OutputTranscriptDelta(response_id="r", item_id="r", delta=words))
    call.delta("r", 2000)
    call.wait(0.5)
    call.lose_model()
    call.open_again()
    assert history(call)[-1] == ("assistant", "one two three four five six")
    [ask] = [event for event in call.told() if isinstance(event, model.CreateResponse)]
    assert "Go on from there" in ask.response.instructions
    call.wait(2)
    assert call.heard_ms("r") == 2000
    call.response("r2", 500)
    call.wait(1)
    assert call.heard_ms("r2") == 500


def test_an_interruption_of_what_another_session_said_corrects_the_history():
    """That session cannot be asked to truncate; the item that was told is replaced by what was heard."""
    call = Exchange().open()
    call.says("r", 4000, "one two three four five six")
    call.says("s", 1000, "seven")
    call.wait(1)
    call.lose_model()
    call.open_again()
    assert history(call) == [("assistant", "one two three four five six"), ("assistant", "seven")]
    told = [event.item.id for event in call.told() if isinstance(event, model.CreateItem)]
    call.wait(1)
    call.caller_speaks()
    assert not call.sent(model.TruncateItem)
    assert [event.item_id for event in call.told() if isinstance(event, model.DeleteItem)] == told
    assert history(call)[2:] == [("assistant", "one two three")]
    [again] = [event for event in call.told() if isinstance(event, model.CreateItem)][2:]
    assert again.previous_item_id == "root"


@pytest.mark.parametrize("lost_ms", [200, 900])
def test_a_turn_in_hand_is_heard_by_the_new_session_from_its_beginning(lost_ms):
    """What the caller says while there is no session is kept."""
    call = Exchange().open()
    clock = 0
    for _ in range(100):
        call.phone(frame(clock))
        clock += 20
        call.wait(0.02)
    call.caller_speaks("u")
    for _ in range(lost_ms // 20):
        call.phone(frame(clock))
        clock += 20
        call.wait(0.02)
    call.lose_model()
    for _ in range(20):
        call.phone(frame(clock))
        clock += 20
        call.wait(0.02)
    call.open_again()
    missed = [event for event in call.told() if isinstance(event, model.AppendAudio)]
    assert len(missed) * 20 == 500 + lost_ms + 400


def test_an_answered_turn_is_not_heard_again():
    """Its words are known, and told as such."""
    call = Exchange().open()
    for index in range(50):
        call.phone(frame(20 * index))
    caller(call, "u", "Hello?")
    call.says("r", 400, "Hello.")
    call.wait(1)
    call.lose_model()
    call.open_again()
    assert not [event for event in call.told() if isinstance(event, model.AppendAudio)]


def test_a_turn_that_was_not_answered_is_answered_by_the_new_session():
    """Its words were known: they are told, and an answer is asked for."""
    call = Exchange().open()
    caller(call, "u", "My balance?")
    call.lose_model()
    call.open_again()
    assert history(call) == [("user", "My balance?")]
    assert isinstance(call.told()[-1], model.CreateResponse)


def test_a_running_tool_reports_to_the_new_session():
    call = Exchange(TOOLED).open()
    call.says("hello", 400, "Hello.")
    call.wait(1)
    caller(call, "u", "My balance, please.")
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.function_call("r", "c1", "look", "{}")
    call.model(model.ResponseDone(response=model.Response(id="r", status="completed")))
    call.lose_model()
    call.open_again()
    assert history(call)[-1] == ("function_call", "{}")
    call.answer_tool("c1", "10 dollars")
    assert history(call)[-1] == ("function_call_output", "10 dollars")
    assert isinstance(call.told()[-1], model.CreateResponse)


def test_a_tool_that_answers_while_there_is_no_session_is_told_with_the_history():
    call = Exchange(TOOLED).open()
    call.says("hello", 400, "Hello.")
    call.wait(1)
    caller(call, "u", "My balance, please.")
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.function_call("r", "c1", "look", "{}")
    call.lose_model()
    call.answer_tool("c1", "10 dollars")
    call.open_again()
    assert history(call)[-2:] == [("function_call", "{}"), ("function_call_output", "10 dollars")]
    assert isinstance(call.told()[-1], model.CreateResponse)


def test_keys_pressed_meanwhile_are_told_and_answered():
    call = Exchange().open()
    call.lose_model()
    call.phone(Dtmf(digit="4"))
    call.phone(Dtmf(digit="#"))
    call.open_again()
    assert history(call) == [("user", "The caller pressed 4 on the keypad.")]
    assert isinstance(call.told()[-1], model.CreateResponse)


def test_a_greeting_of_which_nothing_was_heard_is_said_by_the_new_session():
    """One of which something was heard is taken up where it stopped."""
    call = Exchange(TOOLED).open()
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.lose_model()
    call.open_again()
    assert "Hello." in call.told()[-1].response.instructions
    assert "Go on" not in call.told()[-1].response.instructions


def test_a_long_history_loses_its_beginning():
    """And the session is told so."""
    call = Exchange().open()
    for number in range(9):
        call.says(f"r{number}", 100, f"{number} " + "word " * 2000)
        call.wait(1)
    call.lose_model()
    call.open_again()
    first, *others = history(call)
    assert first[0] == "system"
    assert [words[0] for _, words in others] == ["4", "5", "6", "7", "8"][-len(others) :]
    assert len(others) >= 4


def test_a_turn_outlives_a_second_session_that_is_lost_before_it_has_answered():
    call = Exchange().open()
    call.caller_speaks()
    for place in range(50):
        call.phone(frame(20 * place))
    call.lose_model()
    call.open_again()
    call.lose_model()
    call.wait(1)
    call.open_again()
    assert len([event for event in call.told() if isinstance(event, model.AppendAudio)]) == 50


def test_turns_of_keys_without_a_session_are_told_one_by_one():
    call = Exchange().open()
    call.lose_model()
    for digit in "1#2#":
        call.phone(Dtmf(digit=digit))
    call.open_again()
    keys = [words for _, words in history(call)]
    assert keys == ["The caller pressed 1 on the keypad.", "The caller pressed 2 on the keypad."]


def test_late_audio_of_a_lost_session_does_not_undo_what_was_heard():
    call = Exchange(TOOLED).open()
    call.model(model.ResponseCreated(response=model.Response(id="r", conversation_id="c")))
    call.model(
        model.OutputTranscriptDelta(
            response_id="r", item_id="r", output_index=0, content_index=0, delta="A long story."
        )
    )
    call.delta("r", 2000)
    call.wait(1)
    late = model.OutputAudioDelta(response_id="r", item_id="r", delta=audio(200))
    call.lose_model()
    call.relay.model_said(late, call.now)
    call.open_again()
    assert history(call) == [("assistant", "A long story.")]


def test_an_answer_that_was_interrupted_is_not_asked_for_by_the_next_session():
    """The caller had the floor when the session was lost."""
    call = Exchange(TOOLED).open()
    call.response("hello", 2000, done=False)
    call.wait(0.5)
    call.caller_speaks()
    call.lose_model()
    call.open_again()
    assert not [event for event in call.told() if isinstance(event, model.CreateResponse)]


def test_a_call_of_a_lost_session_is_not_answered_to_the_next():
    """`end_call` was called; the caller interrupts the goodbye."""
    call = Exchange(TOOLED).open()
    call.says("hello", 400, "Hello.")
    call.wait(1)
    call.response("r", 2000, done=False)
    call.function_call("r", "c1", "end_call")
    call.lose_model()
    call.open_again()
    call.caller_speaks()
    kinds = [event.item.type for event in call.told() if isinstance(event, model.CreateItem)]
    assert "function_call_output" not in kinds
