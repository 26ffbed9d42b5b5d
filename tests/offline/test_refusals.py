"""What the service refuses, it refuses with a code; the session goes on as if nothing had been said."""

import base64

import pytest
from offline_driver import Driver, quiet, speech

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.realtime.events import (
    AppendAudio,
    CancelResponse,
    ClearOutput,
    CommitAudio,
    Content,
    CreateItem,
    CreateResponse,
    DeleteItem,
    Error,
    Item,
    ResponseDone,
    ResponseParams,
    RetrieveItem,
    SessionCreated,
    TruncateItem,
    UpdateSession,
)
from twiliobridge.realtime.session import (
    Audio,
    AudioOutput,
    SessionUpdate,
    Transcription,
)

LIVE = Transcription(model="gpt-live-transcribe")
TEXT = Content(type="input_text", text="Hello")
TYPED = Item(id="item_typed", type="message", role="user", content=(TEXT,))
VOICE = UpdateSession(session=SessionUpdate(type="realtime", audio=Audio(output=AudioOutput(voice="cedar"))))


def updated(**settings):
    return UpdateSession(session=SessionUpdate(type="realtime", **settings))


@pytest.fixture
def driver():
    """A session in which one answer of 900 ms has been given, and `item_typed` typed."""
    driver = Driver((Say("one two three"),), (Say("four five six"),))
    driver.configure(turn_detection=None)
    driver.say(CreateResponse())
    driver.wait(5)
    driver.say(CreateItem(item=TYPED))
    return driver


def answer_id(driver):
    return driver.of(ResponseDone)[0].response.output[0].id


REFUSED = {
    "not base64": (
        lambda _: AppendAudio(audio="?!"),
        "invalid_value",
        "Invalid 'audio'. Expected base64-encoded audio bytes (mono G.711 mu-law at 8kHz).",
    ),
    "not ASCII": (lambda _: AppendAudio(audio="Ü"), "invalid_value", "Expected base64-encoded audio bytes"),
    "an item's audio": (
        lambda _: CreateItem(
            item=Item(type="message", role="user", content=(TEXT, Content(type="input_audio", audio="?!")))
        ),
        "invalid_value",
        "Invalid 'item.content[1].audio'. Expected base64-encoded audio bytes",
    ),
    "commit of nothing": (
        lambda _: CommitAudio(),
        "input_audio_buffer_commit_empty",
        "only has 0.00ms of audio",
    ),
    "cancel of nothing": (lambda _: CancelResponse(), "response_cancel_not_active", "no active response"),
    "cancel of another": (
        lambda _: CancelResponse(response_id="resp_other"),
        "response_cancel_not_active",
        "no active response",
    ),
    "retrieve unknown": (
        lambda _: RetrieveItem(item_id="item_x"),
        "item_retrieve_invalid_item_id",
        "'item_x'",
    ),
    "delete unknown": (lambda _: DeleteItem(item_id="item_x"), "item_delete_invalid_item_id", "'item_x'"),
    "truncate unknown": (
        lambda _: TruncateItem(item_id="item_x", content_index=0, audio_end_ms=0),
        "item_truncate_invalid_item_id",
        "'item_x'",
    ),
    "truncate what was typed": (
        lambda _: TruncateItem(item_id="item_typed", content_index=0, audio_end_ms=0),
        "unsupported_content_type",
        "Only model output audio messages can be truncated",
    ),
    "truncate another part": (
        lambda driver: TruncateItem(item_id=answer_id(driver), content_index=1, audio_end_ms=0),
        "invalid_value",
        "content index 1",
    ),
    "truncate beyond the end": (
        lambda driver: TruncateItem(item_id=answer_id(driver), content_index=0, audio_end_ms=901),
        "invalid_value",
        "Audio content of 900ms is already shorter than 901ms",
    ),
    "item twice": (lambda _: CreateItem(item=TYPED), "invalid_value", "exists already"),
    "item after nothing": (
        lambda _: CreateItem(item=Item(type="message", role="user", content=()), previous_item_id="item_x"),
        "invalid_value",
        "'item_x'",
    ),
    "output of no call": (
        lambda _: CreateItem(item=Item(type="function_call_output", call_id="call_x", output="1")),
        "invalid_tool_call_id",
        "'call_x'",
    ),
    "voice after speech": (
        lambda _: VOICE,
        "cannot_update_voice",
        "Cannot update a conversation's voice if assistant audio is present.",
    ),
    "another model": (
        lambda _: updated(model="gpt-realtime-mini"),
        "cannot_update_model",
        "Cannot update a conversation's model.",
    ),
    "transcription session": (
        lambda _: UpdateSession(session=SessionUpdate(type="transcription")),
        "invalid_parameter",
        "Passing a transcription session update event to a realtime session is not allowed.",
    ),
    "output buffer": (
        lambda _: ClearOutput(),
        "invalid_value",
        "output_audio_buffer.clear is only available in WebRTC and SIP sessions.",
    ),
    "input that is no item": (
        lambda _: CreateResponse(response=ResponseParams(input=({"role": "user"},))),
        "invalid_value",
        "item of the input",
    ),
    "input that is not there": (
        lambda _: CreateResponse(
            response=ResponseParams(input=({"type": "item_reference", "id": "item_x"},))
        ),
        "item_retrieve_invalid_item_id",
        "'item_x'",
    ),
    "format unknown": (
        lambda _: CreateResponse(
            response=ResponseParams(audio={"output": {"format": {"type": "audio/opus"}}})
        ),
        "invalid_value",
        "audio/pcm",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_one_error_that_names_the_clients_event_and_changes_nothing(driver, case):
    make, code, words = REFUSED[case]
    event = make(driver)
    event = type(event)(
        **{name: getattr(event, name) for name in event.__struct_fields__} | {"event_id": "evt_7"}
    )
    before = driver.session._conversation.memory(), driver.session._requests.session
    (refusal,) = driver.say(event)
    assert isinstance(refusal, Error)
    assert (refusal.error.code, refusal.error.event_id) == (code, "evt_7")
    assert refusal.error.type == "invalid_request_error"
    assert words in refusal.error.message
    assert (driver.session._conversation.memory(), driver.session._requests.session) == before
    driver.say(CreateResponse())
    driver.wait(5)
    assert driver.of(ResponseDone)[-1].response.status == "completed"


def test_a_second_response_is_refused_while_the_first_runs(driver):
    (created, *_) = driver.say(CreateResponse())
    (refusal,) = driver.say(CreateResponse())
    assert refusal.error.code == "conversation_already_has_active_response"
    assert created.response.id in refusal.error.message


def test_a_turn_that_ends_while_a_response_runs_is_not_answered_and_the_client_is_told():
    """Live, this is how `interrupt_response: false` goes with `create_response: true`."""
    driver = Driver((Say("one two three four five six"),))
    driver.configure(turn_detection={"type": "server_vad", "interrupt_response": False})
    driver.say(CreateResponse())
    driver.wait(0.3)
    driver.hear(quiet(300) + speech(300) + quiet(300))
    (error,) = driver.of(Error)
    assert error.error.code == "conversation_already_has_active_response"


@pytest.mark.parametrize(("ms", "refused"), [(0, True), (99, True), (100, False)])
def test_a_commit_takes_100_ms_at_least(driver, ms, refused):
    driver.hear(speech(ms))
    driver.say(CommitAudio())
    assert bool(driver.of(Error)) is refused


def test_an_item_that_has_no_audio_yet_cannot_be_truncated():
    driver = Driver((Say("one"),), works=False)
    driver.configure()
    driver.say(CreateResponse())
    item_id = driver.jobs[0].item_id
    (refusal,) = driver.say(TruncateItem(item_id=item_id, content_index=0, audio_end_ms=0))
    assert refusal.error.code == "unsupported_content_type"


def test_half_a_sample_of_pcm_waits_for_its_other_half(driver):
    """Any cut of the bytes is lawful: append has no answer, so it can have no refusal either."""
    other = Driver()
    for byte in range(4800):
        other.say(AppendAudio(audio=base64.b64encode(bytes([byte % 7])).decode()))
    assert other.of(Error) == []
    assert other.session._listening.buffer.end_ms == 100


def test_a_call_can_be_answered_only_by_its_own_id():
    driver = Driver((CallTool("look"),))
    driver.configure()
    driver.say(
        UpdateSession(session=SessionUpdate(type="realtime", tools=({"type": "function", "name": "look"},)))
    )
    driver.say(CreateResponse())
    driver.wait(5)
    call_id = driver.of(ResponseDone)[0].response.output[0].call_id
    item = Item(type="function_call_output", call_id=call_id, output="seen")
    assert not any(isinstance(event, Error) for event in driver.say(CreateItem(item=item)))


def test_every_code_is_one_that_the_client_can_tell_from_the_fatal_ones():
    created, *_ = Driver().of(SessionCreated)
    assert created.session.id.startswith("sess_")
