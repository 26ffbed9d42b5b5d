"""The order of events, as recorded from the live service: each turn of a session as one list of names.

A star stands for a run of deltas of that name, or of two names in alternation.
"""

import pytest
from msgspec.structs import replace
from offline_driver import ADDED, BEGUN, CALLED, OVER, SPOKEN, Driver, quiet, speech, types

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import (
    AudioCommitted,
    Content,
    ContentPartAdded,
    CreateItem,
    CreateResponse,
    InputTranscriptCompleted,
    Item,
    ItemAdded,
    ItemDone,
    OutputItemAdded,
    OutputItemDone,
    ResponseCreated,
    ResponseDone,
    ResponseParams,
    SpeechStarted,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

TOOLS = ({"type": "function", "name": "balance"},)


def user(text):
    return CreateItem(
        item=Item(type="message", role="user", content=(Content(type="input_text", text=text),))
    )


def test_a_session_starts_with_its_defaults_and_answers_an_update_with_the_whole_of_itself():
    driver = Driver()
    (_, created), *_ = driver.events
    assert created.session.input_format == "audio/pcm"
    assert created.session.turn_rules.silence_duration_ms == 500
    assert created.session.voice == "marin"
    assert created.session.expires_at == 1_700_000_000 + 3600
    (updated,) = driver.configure()
    assert updated.session.output_format == "audio/pcmu"
    assert updated.session.turn_rules == replace(created.session.turn_rules, silence_duration_ms=200)


def test_a_spoken_turn_is_heard_committed_and_answered():
    """User turn, server VAD, audio response."""
    driver = Driver((Say("Hello there, what can I do for you?"),))
    driver.configure()
    heard = driver.hear(quiet(500) + speech(700) + quiet(300)) + driver.wait(5)
    assert types(heard) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        *ADDED,
        "response.created",
        "conversation.item.input_audio_transcription.delta*",
        *BEGUN[1:],
        SPOKEN[0],
        "conversation.item.input_audio_transcription.completed",
        *SPOKEN[1:],
        *OVER,
    ]


def test_the_items_of_a_spoken_turn_hang_together():
    """One item id from speech_started on; the answer names the user's item as the one before it."""
    driver = Driver((Say("Hello there"),))
    driver.configure()
    driver.hear(quiet(500) + speech(700) + quiet(300))
    driver.wait(5)
    item_id = driver.of(SpeechStarted)[0].item_id
    assert driver.of(AudioCommitted)[0].item_id == item_id
    ours, answer = driver.of(ItemAdded)
    assert (ours.item.id, ours.previous_item_id) == (item_id, None)
    assert ours.item.content == (Content(type="input_audio", transcript=None),)
    assert ours.item.status == "completed"
    assert driver.of(InputTranscriptCompleted)[0].item_id == item_id
    assert answer.previous_item_id == item_id
    assert answer.item == driver.of(OutputItemAdded)[0].item
    assert (answer.item.status, answer.item.content) == ("in_progress", ())
    assert driver.of(ContentPartAdded)[0].part == Content(type="audio", transcript="")
    done = driver.of(ItemDone)[1].item
    assert done == driver.of(OutputItemDone)[0].item == driver.of(ResponseDone)[0].response.output[0]
    assert (done.status, done.content) == (
        "completed",
        (Content(type="output_audio", transcript="Hello there"),),
    )


def test_a_typed_turn_is_answered_in_writing_where_the_session_says_so():
    driver = Driver((Say("Quite so, my friend."),))
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", output_modalities=("text",))))
    turn = driver.say(user("Hello")) + driver.say(CreateResponse()) + driver.wait(1)
    assert types(turn) == [
        *ADDED,
        *BEGUN,
        "response.content_part.added",
        "response.output_text.delta*",
        "response.output_text.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        *OVER,
    ]
    assert driver.of(ContentPartAdded)[0].part == Content(type="text", text="")
    assert driver.of(ResponseDone)[0].response.output[0].content == (
        Content(type="output_text", text="Quite so, my friend."),
    )


def test_a_function_call_is_made_answered_and_spoken_of():
    driver = Driver((CallTool("balance", {"card": "gold"}),), (Say("You have ten dollars."),))
    driver.configure()
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=TOOLS)))
    call = driver.say(CreateResponse()) + driver.wait(1)
    assert types(call) == [*BEGUN, *CALLED, *OVER]
    item = driver.of(ResponseDone)[0].response.output[0]
    assert (item.type, item.name, item.arguments) == ("function_call", "balance", '{"card":"gold"}')
    output = Item(type="function_call_output", call_id=item.call_id, output="10")
    answer = driver.say(CreateItem(item=output)) + driver.say(CreateResponse()) + driver.wait(5)
    assert types(answer) == [*ADDED, *BEGUN, *SPOKEN, *OVER]
    memory, _ = driver.brain.seen[-1]
    assert memory[-1].output == "10"


SPEAKS, HAS_SPOKEN = SPOKEN[:3], SPOKEN[3:]
CALLS, HAS_CALLED = CALLED[:1], CALLED[1:]


@pytest.mark.parametrize(
    ("reply", "makes", "ends"),
    [
        ((Say("One."), Say("Two.")), (SPEAKS, SPEAKS), (HAS_SPOKEN, HAS_SPOKEN)),
        ((Say("One."), CallTool("balance")), (SPEAKS, CALLS), (HAS_SPOKEN, HAS_CALLED)),
        ((CallTool("balance"), CallTool("balance")), (CALLS, CALLS), (HAS_CALLED, HAS_CALLED)),
        ((), (), ()),
        ((CallTool("unheard of"),), (), ()),
    ],
    ids=["two messages", "message and call", "two calls", "nothing", "a tool that is not on offer"],
)
@pytest.mark.parametrize("interleaved", [True, False])
def test_the_items_of_a_response_are_made_one_after_another(reply, makes, ends, interleaved):
    """They end once all are made, in their order, as recorded with gpt-realtime-2.1; or one by one."""
    driver = Driver(reply, knobs=Knobs(interleaved=interleaved))
    driver.configure()
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=TOOLS)))
    got = types(driver.say(CreateResponse()) + driver.wait(5))
    made = [[*BEGUN[1:], *deltas] for deltas in makes]
    whole = (
        [*made, *ends] if interleaved else [each for pair in zip(made, ends, strict=True) for each in pair]
    )
    assert got == [BEGUN[0], *(name for part in whole for name in part), *OVER]
    assert len(driver.of(ResponseDone)[0].response.output) == len(makes)


@pytest.mark.parametrize(("choice", "calls"), [("auto", 1), ("none", 0)])
def test_tools_are_called_only_where_the_client_lets_them(choice, calls):
    driver = Driver((CallTool("balance"),))
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=TOOLS)))
    driver.say(CreateResponse(response=ResponseParams(tool_choice=choice)))
    driver.wait(5)
    assert len(driver.of(ResponseDone)[0].response.output) == calls


def test_barge_in_cuts_a_response_that_is_being_generated():
    driver = Driver((Say("one two three four five " * 6),), knobs=Knobs(stragglers=2))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(0.3)
    cut = driver.hear(quiet(300) + speech(300))
    assert types(cut) == [
        "input_audio_buffer.speech_started",
        "response.output_audio_transcript.delta*",
        "response.output_audio.delta*",
        *SPOKEN[3:],
        "response.done",
    ]
    response = driver.of(ResponseDone)[0].response
    assert (response.status, response.status_details.reason) == ("cancelled", "turn_detected")
    assert response.output[0].status == "incomplete"


def test_barge_in_after_the_generation_brings_speech_started_alone():
    """The usual case on a telephone: the service does not know what is still being played."""
    driver = Driver((Say("one two three"),))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(5)
    assert types(driver.hear(quiet(300) + speech(300))) == ["input_audio_buffer.speech_started"]


def test_a_caller_who_may_not_interrupt_does_not():
    driver = Driver((Say("one two three four five six"),))
    driver.configure(turn_detection={"type": "server_vad", "interrupt_response": False})
    driver.say(CreateResponse())
    driver.wait(0.3)
    assert types(driver.hear(quiet(300) + speech(300))) == ["input_audio_buffer.speech_started"]
    driver.wait(5)
    assert driver.of(ResponseDone)[0].response.status == "completed"


def test_without_create_response_the_server_listens_and_says_nothing():
    driver = Driver()
    driver.configure(turn_detection={"type": "server_vad", "create_response": False})
    driver.hear(quiet(300) + speech(300) + quiet(300))
    driver.wait(5)
    assert driver.of(AudioCommitted)
    assert not driver.of(ResponseCreated)


def test_nothing_of_webrtc_is_ever_said():
    driver = Driver((Say("one two three"),))
    driver.configure()
    driver.hear(quiet(500) + speech(700) + quiet(300))
    driver.wait(1)
    driver.hear(speech(700, start=700) + quiet(300))
    driver.wait(5)
    names = types([event for _, event in driver.events])
    assert not [name for name in names if name.startswith("output_audio_buffer")]
    assert "conversation.created" not in names
