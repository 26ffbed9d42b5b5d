"""A response may be cut at any moment. Everything that was opened is then closed once, inside out."""

import pytest
from offline_driver import Driver

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.faults import Odd
from twiliobridge.offline.incidents import Incident
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.events import (
    ArgumentsDone,
    CancelResponse,
    ContentPartAdded,
    ContentPartDone,
    CreateResponse,
    ItemAdded,
    ItemDone,
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


def begun(reply, *, modality="audio", **options):
    driver = Driver(reply, **options)
    driver.configure()
    update = SessionUpdate(type="realtime", output_modalities=(modality,), tools=TOOLS)
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


@pytest.mark.parametrize("most", [1, 10, 30])
def test_a_response_ends_at_its_token_limit(most):
    driver = Driver((Say("one two three four five six seven eight"),))
    driver.configure()
    driver.say(CreateResponse(response=ResponseParams(max_output_tokens=most)))
    driver.wait(5)
    response = driver.of(ResponseDone)[0].response
    assert (response.status, response.status_details.reason) == ("incomplete", "max_output_tokens")
    assert len(driver.audio()) < 8 * 300 * 8


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
