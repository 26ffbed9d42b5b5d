"""What the client steers by hand, and what the model then goes by."""

import pytest
from msgspec import UNSET
from offline_driver import ADDED, BEGUN, OVER, SPOKEN, Driver, quiet, speech, types

from twiliobridge.offline.brain import Say
from twiliobridge.realtime.events import (
    CommitAudio,
    Content,
    CreateItem,
    CreateResponse,
    IdleTimeout,
    InputTranscriptCompleted,
    Item,
    ItemAdded,
    ItemDone,
    ResponseCreated,
    ResponseDone,
    ResponseParams,
    TruncateItem,
)


def user(text):
    return CreateItem(
        item=Item(type="message", role="user", content=(Content(type="input_text", text=text),))
    )


def test_push_to_talk_takes_a_commit_and_a_response_create():
    driver = Driver((Say("Yes."),))
    driver.configure(turn_detection=None)
    assert driver.hear(quiet(300) + speech(300) + quiet(300)) == []
    turn = driver.say(CommitAudio()) + driver.say(CreateResponse()) + driver.wait(5)
    assert types(turn) == [
        "input_audio_buffer.committed",
        *ADDED,
        "conversation.item.input_audio_transcription.delta*",
        *BEGUN,
        SPOKEN[0],
        "conversation.item.input_audio_transcription.completed",
        *SPOKEN[1:],
        *OVER,
    ]
    memory, _ = driver.brain.seen[0]
    assert memory[0].content[0].words == "900 ms"


def test_the_reply_waits_until_the_callers_words_are_known():
    driver = Driver((Say("I see."),), works=False)
    driver.configure()
    driver.hear(quiet(300) + speech(300) + quiet(300))
    driver.wait(10)
    assert types([event for _, event in driver.events])[-1] == "response.created"
    driver.work()
    assert driver.brain.seen[0][0][0].content[0].words != ""


def test_without_a_recogniser_the_next_expected_line_is_taken_as_heard():
    driver = Driver((Say("I see."),), hears=False)
    driver.configure()
    driver.hear(quiet(300) + speech(300) + quiet(300))
    driver.wait(5)
    assert driver.of(InputTranscriptCompleted)[0].transcript == "as expected"
    assert driver.brain.seen[0][0][0].content[0].words == "as expected"


def test_the_model_knows_the_callers_words_also_where_the_client_did_not_ask_for_them():
    driver = Driver((Say("I see."),))
    driver.configure(transcription=None)
    driver.hear(quiet(300) + speech(300) + quiet(300))
    driver.wait(5)
    assert not driver.of(InputTranscriptCompleted)
    assert driver.brain.seen[0][0][0].content[0].words.endswith("ms")


def test_an_out_of_band_response_leaves_no_trace_in_the_conversation():
    driver = Driver((Say("one two three"),), (Say("aside"),))
    driver.configure()
    driver.say(CreateResponse())
    aside = driver.say(CreateResponse(response=ResponseParams(conversation="none", metadata={"topic": "a"})))
    assert aside[0].response.conversation_id is None
    driver.wait(5)
    first, second = sorted(driver.of(ResponseDone), key=lambda done: done.response.conversation_id is None)
    assert (first.response.status, second.response.status) == ("completed", "completed")
    assert second.response.metadata == {"topic": "a"}
    assert len(driver.of(ItemAdded)) == len(driver.of(ItemDone)) == 1
    driver.say(CreateResponse())
    assert [item.id for item in driver.brain.seen[-1][0]] == [first.response.output[0].id]


def test_a_response_may_be_given_other_items_to_read_and_other_instructions():
    driver = Driver()
    driver.configure()
    driver.say(user("ignored"))
    asked = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "read me"}]}
    driver.say(CreateResponse(response=ResponseParams(instructions="Be brief.", input=(asked,))))
    ((memory, request),) = driver.brain.seen
    assert [item.content[0].words for item in memory] == ["read me"]
    assert request.instructions == "Be brief."


def test_silence_for_too_long_is_a_turn_of_its_own():
    """`idle_timeout_ms` counts from the moment at which the answer has been played."""
    driver = Driver((Say("one two three four"),), (Say("Are you there?"),))
    driver.configure(turn_detection={"type": "server_vad", "idle_timeout_ms": 5000})
    driver.say(CreateResponse())
    driver.wait(4 * 0.3 + 0.2 + 4.9)
    assert len(driver.of(ResponseCreated)) == 1
    assert types(driver.wait(5))[:5] == [
        "input_audio_buffer.timeout_triggered",
        "input_audio_buffer.committed",
        *ADDED,
        "response.created",
    ]


@pytest.mark.parametrize("timeout_ms", [5000, 7000])
def test_the_turn_of_silence_is_as_long_as_the_time_out(timeout_ms):
    """Where the caller's line is open all the time; it is an item with that much audio, and without words."""
    driver = Driver((Say("one two three four"),), (Say("Are you there?"),))
    driver.configure(turn_detection={"type": "server_vad", "idle_timeout_ms": timeout_ms})
    driver.say(CreateResponse())
    while not driver.of(IdleTimeout):
        driver.hear(quiet(20))
        driver.wait(0.02)
    (timeout,) = driver.of(IdleTimeout)
    assert timeout.audio_end_ms - timeout.audio_start_ms == timeout_ms
    (completed,) = driver.of(InputTranscriptCompleted)
    assert (completed.item_id, completed.transcript) == (timeout.item_id, "")
    assert driver.session._conversation.find(timeout.item_id).length_ms == timeout_ms


def test_a_truncated_answer_has_no_words_in_what_the_model_remembers():
    driver = Driver((Say("one two three"),))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(5)
    item = driver.of(ResponseDone)[0].response.output[0]
    assert types(driver.say(TruncateItem(item_id=item.id, content_index=0, audio_end_ms=250))) == [
        "conversation.item.truncated"
    ]
    driver.say(CreateResponse())
    memory, _ = driver.brain.seen[-1]
    assert memory[0].content[0].transcript is UNSET
    assert memory[0].content[0].words == ""
