"""A response may be cut at any moment. Everything that was opened is then closed once, inside out."""

import msgspec
import pytest
from offline_driver import Driver

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.faults import Odd
from twiliobridge.offline.incidents import Incident
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import (
    ArgumentsDone,
    CancelResponse,
    Content,
    ContentPartAdded,
    ContentPartDone,
    CreateItem,
    CreateResponse,
    Item,
    ItemAdded,
    ItemDone,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDone,
    OutputTranscriptDone,
    ResponseCreated,
    ResponseDone,
    ResponseParams,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

TOOLS = ({"type": "function", "name": "look"},)
OPENS = {ResponseCreated: "response", OutputItemAdded: "output", ItemAdded: "item", ContentPartAdded: "part"}
CLOSES = {ResponseDone: "response", OutputItemDone: "output", ItemDone: "item", ContentPartDone: "part"}
STREAMS = (OutputAudioDone, OutputTranscriptDone, OutputTextDone)


def begun(reply, *, modality="audio", limit="inf", **options):
    driver = Driver(reply, **options)
    driver.configure()
    update = SessionUpdate(
        type="realtime", output_modalities=(modality,), tools=TOOLS, max_output_tokens=limit
    )
    driver.say(UpdateSession(session=update))
    del driver.events[:]
    driver.say(CreateResponse())
    return driver


def moments(reply, **options):
    """Every moment at which something happens in the response, and one before each."""
    driver = begun(reply, **options)
    driver.wait(20)
    due = sorted({moment - 100 for moment, _ in driver.events})
    return [*due, *(moment - 0.0005 for moment in due if moment > 0)]


def nesting(events):
    """What is left open at the end, after a check that each item closed in turn, and the response last."""
    open_now = {}
    for event in events:
        item_id = getattr(event, "item_id", None) or getattr(getattr(event, "item", None), "id", None)
        its = open_now.setdefault(item_id, [])
        if kind := OPENS.get(type(event)):
            its.append(kind)
        elif kind := CLOSES.get(type(event)):
            assert its.pop() == kind, "closed inside out"
            assert kind != "response" or not any(open_now.values()), "an item outlives its response"
        elif isinstance(event, STREAMS):
            assert its[-1] == "part"
    return [kind for its in open_now.values() for kind in its]


REPLIES = {
    "speech": (Say("one two three four five six"),),
    "two messages": (Say("one two"), Say("three four")),
    "message and call": (Say("let me see"), CallTool("look", {"where": "under the table", "how": "twice"})),
    "call": (CallTool("look", {"where": "under the table"}),),
}


@pytest.mark.parametrize("modality", ["audio", "text"])
@pytest.mark.parametrize("reply", REPLIES)
def test_whenever_it_is_cancelled_all_that_was_opened_is_closed_once(reply, modality):
    for moment in moments(REPLIES[reply], modality=modality):
        driver = begun(REPLIES[reply], modality=modality)
        driver.wait(moment)
        running = not driver.of(ResponseDone)
        cut = driver.say(CancelResponse())
        driver.wait(20)
        assert nesting([event for _, event in driver.events]) == []
        (done,) = driver.of(ResponseDone)
        assert len({item.id for item in done.response.output}) == len(done.response.output)
        if running:
            assert cut[-1] is done
            assert done.response.status == "cancelled"
            assert done.response.status_details.reason == "client_cancelled"
            *whole, last = done.response.output
            assert last.status in {"incomplete", "completed"}
            assert all(item.status == "completed" for item in whole)


def test_what_is_open_when_it_is_cancelled_ends_incomplete_with_the_words_so_far():
    driver = begun(REPLIES["speech"])
    driver.wait(0.25)
    driver.say(CancelResponse())
    (done,) = driver.of(ResponseDone)
    (item,) = done.response.output
    (said,) = driver.of(OutputTranscriptDone)
    assert item.status == "incomplete"
    assert item.content[0].transcript == said.transcript
    assert "one two three four five six".startswith(said.transcript)


def test_a_call_cut_short_never_looks_like_a_call():
    driver = begun(REPLIES["call"])
    driver.wait(0.21)
    driver.say(CancelResponse())
    driver.wait(5)
    assert not driver.of(ArgumentsDone)
    assert driver.of(ResponseDone)[0].response.output[0].status == "incomplete"


def test_audio_that_is_made_too_late_for_its_response_is_dropped():
    driver = begun(REPLIES["speech"], works=False)
    driver.say(CancelResponse())
    before = len(driver.events)
    driver.work()
    driver.wait(5)
    assert not driver.session.awaits("item_unknown")
    assert len(driver.events) == before + 1, "only the rate limits"


BUDGETED = {
    "speech": ((Say("one two three four five six seven eight"),), {}),
    "two messages": ((Say("one two three"), Say("four five six seven eight")), {}),
    "writing": ((Say("one two three four five six seven eight " * 6),), {"modality": "text"}),
    "a call": ((CallTool("look", {"where": "under the table " * 16}),), {}),
}


@pytest.mark.parametrize("most", [1, 2, 10, 30, 57])
@pytest.mark.parametrize("case", BUDGETED)
def test_a_response_ends_at_its_token_limit_and_costs_no_more(case, most):
    reply, options = BUDGETED[case]
    driver = begun(reply, limit=most, **options)
    driver.wait(9)
    response = driver.of(ResponseDone)[0].response
    assert (response.status, response.status_details.reason) == ("incomplete", "max_output_tokens")
    assert most - 3 <= response.usage["output_tokens"] <= most
    assert nesting([event for _, event in driver.events]) == []
    assert response.output[-1].status == "incomplete"


@pytest.mark.parametrize("case", BUDGETED)
def test_a_response_within_its_token_limit_is_whole(case):
    reply, options = BUDGETED[case]
    driver = begun(reply, **options)
    driver.wait(9)
    cost = driver.of(ResponseDone)[0].response.usage["output_tokens"]
    for limit, status in ((cost, "completed"), (cost - 1, "incomplete")):
        driver = begun(reply, limit=limit, **options)
        driver.wait(9)
        assert driver.of(ResponseDone)[0].response.status == status


def test_words_that_are_not_paid_for_are_not_said_though_their_sound_would_be():
    """A word of 20 tokens in 300 ms, which are 6."""
    driver = begun((Say("a" * 80),), limit=15)
    driver.wait(9)
    (response,) = [event.response for event in driver.of(ResponseDone)]
    assert response.status == "incomplete"
    assert response.usage["output_tokens"] <= 15
    assert driver.of(OutputTranscriptDone)[0].transcript == ""


def test_a_session_may_limit_all_its_responses():
    driver = Driver((Say("one two three four five six seven eight"),))
    driver.configure()
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", max_output_tokens=10)))
    driver.say(CreateResponse())
    driver.wait(5)
    assert driver.of(ResponseDone)[0].response.usage["output_tokens"] == 10


def test_thought_leaves_half_of_the_limit_for_words():
    driver = Driver((Say("one two three four five six seven eight"),))
    driver.configure()
    words = Content(type="input_text", text="Hello.")
    driver.say(CreateItem(item=Item(type="message", role="user", content=(words,))))
    wish = ResponseParams(max_output_tokens=20, reasoning={"effort": "xhigh"})
    driver.say(CreateResponse(response=wish))
    driver.wait(9)
    usage = driver.of(ResponseDone)[0].response.usage
    assert usage["output_token_details"]["reasoning_tokens"] == 10
    assert 17 <= usage["output_tokens"] <= 20


@pytest.mark.parametrize(
    ("effort", "seconds"), [("minimal", 0.0), ("low", 0.0), ("medium", 0.3), ("high", 1.5)]
)
def test_more_effort_takes_longer_before_the_first_delta(effort, seconds):
    driver = Driver((Say("one"),), knobs=Knobs(latency=0.2))
    driver.configure()
    words = Content(type="input_text", text="Hello.")
    driver.say(CreateItem(item=Item(type="message", role="user", content=(words,))))
    driver.say(CreateResponse(response=ResponseParams(reasoning={"effort": effort})))
    driver.wait(9)
    first = next(moment for moment, event in driver.events if isinstance(event, OutputAudioDelta))
    assert first - 100 == pytest.approx(0.2 + seconds)


@pytest.mark.parametrize(("speed", "ms"), [(0.25, 4800), (1.0, 1200), (1.5, 800)])
def test_the_speed_of_speech_is_the_sessions(speed, ms):
    driver = Driver((Say("one two three four"),))
    driver.configure()
    output = {"audio": {"output": {"speed": speed}}, "type": "realtime"}
    driver.say(UpdateSession(session=msgspec.convert(output, SessionUpdate)))
    driver.say(CreateResponse())
    driver.wait(30)
    assert len(driver.audio()) / 8 == pytest.approx(ms, abs=1)


def test_usage_counts_audio_by_its_length():
    """1 token for 50 ms of speech generated. Source: OpenAI's pricing of audio."""
    driver = begun(REPLIES["speech"])
    driver.wait(5)
    usage = driver.of(ResponseDone)[0].response.usage
    assert usage["output_token_details"]["audio_tokens"] == 6 * 300 / 50
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


def test_a_response_that_fails_says_why():
    driver = begun(REPLIES["speech"], knobs=Knobs(respond=(Incident(Odd.QUOTA),)))
    driver.wait(5)
    response = driver.of(ResponseDone)[0].response
    assert response.status == "failed"
    assert response.status_details.error.code == "insufficient_quota"
    assert nesting([event for _, event in driver.events]) == []


def test_a_voice_that_fails_fails_its_response():
    driver = begun(REPLIES["two messages"], works=False)
    driver._take(driver.session.voice_failed(driver.jobs[0].item_id, "no such word", driver.now))
    response = driver.of(ResponseDone)[0].response
    assert response.status_details.error.message == "no such word"
    assert nesting([event for _, event in driver.events]) == []
