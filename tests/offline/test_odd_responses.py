"""A response may be other than asked for: it is then what the service was seen, or reported, to say."""

import pytest
from offline_driver import ADDED, BEGUN, OVER, SPOKEN, Driver, quiet, speech, types

from twiliobridge.offline.brain import CallTool, Cut, Fail, Say, Stall, Write
from twiliobridge.offline.faults import Odd
from twiliobridge.offline.incidents import Incident, incidents
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import (
    ArgumentsDone,
    CancelResponse,
    CreateResponse,
    Error,
    OutputAudioDelta,
    ResponseDone,
    ResponseParams,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

TOOLS = ({"type": "function", "name": "look"},)
LOOK = CallTool("look", {"where": "under the table", "how": "twice"})
WORDS = Say("one two three four five")
"1500 ms."


def answered(respond, *replies, turns=1):
    """So many responses to `response.create`, with their endings."""
    driver = Driver(*(replies or [(WORDS,)] * turns), knobs=Knobs(respond=incidents(Odd, respond)))
    driver.configure()
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=TOOLS)))
    for _ in range(turns):
        driver.say(CreateResponse())
        driver.wait(5)
    return driver


def endings(driver):
    return [
        (event.response.status, event.response.status_details and event.response.status_details.reason)
        for event in driver.of(ResponseDone)
    ]


@pytest.mark.parametrize(
    ("respond", "status", "reason", "audio_ms"),
    [
        ("filtered", "incomplete", "content_filter", 0),
        ("filtered:300", "incomplete", "content_filter", 300),
        ("cut:725", "incomplete", "max_output_tokens", 725),
        ("cancelled", "cancelled", "turn_detected", 400),
        ("empty", "completed", None, 0),
        ("text", "completed", None, 0),
    ],
)
def test_a_response_ends_so_with_so_much_audio(respond, status, reason, audio_ms):
    driver = answered(respond)
    assert endings(driver) == [(status, reason)]
    assert len(driver.audio()) == 8 * audio_ms


def test_what_is_cut_is_incomplete_in_the_item_too():
    long = Say("one two three four five " * 4)
    (done,) = answered("cut", (long,)).of(ResponseDone)
    (item,) = done.response.output
    assert item.status == "incomplete"
    assert long.text.startswith(item.content[0].transcript)
    assert len(item.content[0].transcript) < len(long.text)


def test_a_response_of_text_has_text_parts_in_a_session_that_speaks():
    driver = answered("text", (WORDS, LOOK))
    (done,) = driver.of(ResponseDone)
    message, call = done.response.output
    assert [part.type for part in message.content] == ["output_text"]
    assert message.content[0].text == WORDS.text
    assert call.status == "completed"
    assert done.response.output_modalities == ("audio",)
    assert not driver.of(OutputAudioDelta)


def test_a_call_is_cut_in_the_midst_of_its_arguments():
    """No arguments.done is seen, and what there is of them is no JSON."""
    driver = answered("cut_call", (WORDS, LOOK))
    assert endings(driver) == [("incomplete", "max_output_tokens")]
    message, call = driver.of(ResponseDone)[0].response.output
    assert (message.status, call.status) == ("completed", "incomplete")
    assert call.arguments.startswith('{"')
    assert not call.arguments.endswith("}")
    assert not driver.of(ArgumentsDone)


def test_only_a_reply_with_a_call_can_have_its_call_cut():
    driver = answered("cut_call*1", (WORDS,), (LOOK,), (LOOK,), turns=3)
    assert endings(driver) == [("completed", None), ("incomplete", "max_output_tokens"), ("completed", None)]


@pytest.mark.parametrize(
    ("respond", "kind", "code", "message"),
    [
        ("rate_limited:1.2", "tokens", "rate_limit_exceeded", "Please try again in 1.2s."),
        ("server_error", "server_error", None, "The server had an error"),
        ("quota", "insufficient_quota", "insufficient_quota", "You exceeded your current quota"),
    ],
)
def test_a_response_fails_with_its_error(respond, kind, code, message):
    driver = answered(respond)
    (done,) = driver.of(ResponseDone)
    assert done.response.status == "failed"
    error = done.response.status_details.error
    assert (error.type, error.code) == (kind, code)
    assert message in error.message
    assert done.response.output == ()


def test_instead_of_a_response_comes_an_error_that_names_no_event():
    driver = answered("error:0.5*1", turns=2)
    (error,) = driver.of(Error)
    assert (error.error.code, error.error.event_id) == ("rate_limit_exceeded", None)
    assert "Please try again in 0.5s." in error.error.message
    assert endings(driver) == [("completed", None)]


def test_after_committed_there_may_be_no_response_at_all():
    """The next turn is answered: nothing is left running."""
    driver = Driver((WORDS,), knobs=Knobs(respond=(Incident(Odd.MISSING, times=1),)))
    driver.configure()
    first = driver.hear(quiet(300) + speech(300) + quiet(300)) + driver.wait(30)
    assert "input_audio_buffer.committed" in types(first)
    assert not [name for name in types(first) if name.startswith(("response", "error"))]
    driver.hear(speech(300, start=700) + quiet(300))
    driver.wait(5)
    assert endings(driver) == [("completed", None)]


def test_a_response_that_stalls_never_ends_but_can_be_cancelled():
    driver = answered("stalled*1")
    assert len(driver.audio()) == 8 * 400
    driver.wait(1000)
    assert not driver.of(ResponseDone)
    driver.say(CancelResponse())
    assert endings(driver) == [("cancelled", "client_cancelled")]


def test_odd_responses_come_at_their_occasions():
    driver = answered("empty*1@2,quota@4", turns=5)
    statuses = [(event.response.status, len(event.response.output)) for event in driver.of(ResponseDone)]
    assert statuses == [("completed", 1), ("completed", 0), ("completed", 1), ("failed", 0), ("failed", 0)]


def test_chance_is_the_same_twice():
    turns = [endings(answered("quota%50", turns=12)) for _ in range(2)]
    assert turns[0] == turns[1]
    assert {status for status, _ in turns[0]} == {"failed", "completed"}


# ------------------------------------------------------------ what a brain may say itself


@pytest.mark.parametrize(
    ("reply", "status", "audio_ms", "outputs"),
    [
        ((WORDS, Fail()), "failed", 1500, ["completed"]),
        ((Fail(), WORDS), "failed", 0, []),
        ((WORDS, WORDS, Cut("content_filter", 2000)), "incomplete", 2000, ["completed", "incomplete"]),
        ((WORDS, WORDS, Cut("content_filter", 900)), "incomplete", 900, ["incomplete"]),
        ((WORDS, Cut("max_output_tokens", 9000)), "incomplete", 1500, ["completed"]),
        ((Write("a b c d e f g h"), Cut("max_output_tokens", 1)), "incomplete", 0, ["incomplete"]),
        ((Cut(),), "incomplete", 0, []),
        ((Write("a"), WORDS), "completed", 1500, ["completed", "completed"]),
    ],
)
def test_a_reply_tells_how_its_response_ends(reply, status, audio_ms, outputs):
    driver = answered("", reply)
    (done,) = driver.of(ResponseDone)
    assert done.response.status == status
    assert [item.status for item in done.response.output] == outputs
    assert len(driver.audio()) == 8 * audio_ms


def test_a_reply_may_stall_and_the_caller_cuts_it_short():
    driver = answered("", (WORDS, Stall(700)))
    assert len(driver.audio()) == 8 * 700
    driver.hear(quiet(300) + speech(300))
    assert endings(driver) == [("cancelled", "turn_detected")]


# ------------------------------------------------------------ talkative


def talkative(*replies, parallel=None, **knobs):
    driver = Driver(*replies, knobs=Knobs(**knobs))
    driver.configure()
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=TOOLS)))
    driver.say(CreateResponse(response=ResponseParams(parallel_tool_calls=parallel)))
    driver.wait(9)
    (done,) = driver.of(ResponseDone)
    return driver, [
        (item.type, item.phase, item.content and item.content[0].words) for item in done.response.output
    ]


def test_a_reply_is_told_in_several_messages_the_last_of_them_the_answer():
    driver, items = talkative((Say("One. Two! Three? Four."),), items=3)
    assert items == [
        ("message", "commentary", "One."),
        ("message", "commentary", "Two!"),
        ("message", "final_answer", "Three? Four."),
    ]
    assert len(driver.audio()) == 8 * 4 * 300


def test_a_reply_of_one_sentence_stays_one_message():
    _, items = talkative((Say("One two three."),), items=3)
    assert items == [("message", "final_answer", "One two three.")]


def test_a_preamble_is_spoken_before_a_call():
    _, items = talkative((LOOK,), preamble="One moment.")
    assert items == [("message", "commentary", "One moment."), ("function_call", None, None)]


def test_a_reply_that_says_something_before_its_call_needs_no_preamble():
    _, items = talkative((Say("I look."), LOOK), preamble="One moment.")
    assert items == [("message", "commentary", "I look."), ("function_call", None, None)]


@pytest.mark.parametrize(("parallel", "calls"), [(None, 2), (True, 2), (False, 1)])
def test_two_calls_are_made_in_one_response_where_the_client_lets_them(parallel, calls):
    driver, items = talkative((LOOK,), parallel=parallel, calls=2)
    assert items == [("function_call", None, None)] * calls
    assert len({item.call_id for item in driver.of(ResponseDone)[0].response.output}) == calls


def test_a_message_of_an_older_model_has_no_phase():
    driver = Driver((WORDS,), model="gpt-realtime")
    driver.say(CreateResponse())
    driver.wait(5)
    assert driver.of(ResponseDone)[0].response.output[0].phase is None


def test_a_response_that_is_odd_is_as_long_as_any_other_in_its_events():
    """Created, its item, its delta, its ends: nothing is left out because it is cut."""
    driver = answered("cut")
    names = types([event for _, event in driver.events])
    assert names[names.index("response.created") :] == [*BEGUN, *SPOKEN, *OVER]
    assert ADDED[0] in names
