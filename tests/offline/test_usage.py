"""What responses cost, and what of it is cached."""

import pytest
from offline_driver import Driver, quiet, speech

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.realtime.events import (
    Content,
    CreateItem,
    CreateResponse,
    DeleteItem,
    Item,
    ItemAdded,
    ResponseDone,
    ResponseParams,
    TruncateItem,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

BRIEFING = "Be brief. " * 40
"400 letters: 100 tokens, of which a whole block of 64 can be cached."
TOOLS = ({"type": "function", "name": "balance"},)


def asked(driver, text="What time is it?"):
    content = (Content(type="input_text", text=text),)
    driver.say(CreateItem(item=Item(type="message", role="user", content=content)))
    driver.say(CreateResponse())
    driver.wait(10)
    return usage(driver)


def usage(driver):
    """Of the last response."""
    return driver.of(ResponseDone)[-1].response.usage


def briefed(*replies, model="gpt-realtime", **options):
    driver = Driver(*replies, model=model, **options)
    driver.configure()
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", instructions=BRIEFING, tools=TOOLS)))
    return driver


def test_the_sums_are_sums():
    driver = briefed((Say("one two three"),), (Say("four"),))
    for said in (asked(driver), asked(driver)):
        read, written = said["input_token_details"], said["output_token_details"]
        assert said["input_tokens"] == read["text_tokens"] + read["audio_tokens"]
        assert said["output_tokens"] == written["text_tokens"] + written["audio_tokens"]
        assert said["total_tokens"] == said["input_tokens"] + said["output_tokens"]
        cached = read["cached_tokens_details"]
        assert read["cached_tokens"] == cached["text_tokens"] + cached["audio_tokens"] <= said["input_tokens"]


def test_the_callers_speech_is_counted_as_audio_and_the_models_as_audio_and_text():
    """A token for each whole 100 ms heard and each 50 ms said; what was said costs as much to read again."""
    driver = briefed((Say("one two three four"),), (Say("five"),))
    driver.hear(quiet(500) + speech(750) + quiet(300))
    driver.wait(10)
    first = usage(driver)
    heard_ms = driver.session._conversation.entries[0].length_ms
    assert first["input_token_details"]["audio_tokens"] == heard_ms // 100
    assert first["output_token_details"]["audio_tokens"] == 4 * 300 / 50
    second = asked(driver)
    grown = second["input_token_details"]["audio_tokens"] - first["input_token_details"]["audio_tokens"]
    assert grown == first["output_token_details"]["audio_tokens"]


def test_tools_cost_what_it_takes_to_describe_them():
    driver = briefed((Say("one"),), (Say("one"),))
    with_tools = asked(driver)["input_tokens"]
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=())))
    before = usage(driver)["output_tokens"] + with_tools
    assert asked(driver)["input_tokens"] < before + 4


def test_what_was_read_before_is_cached_in_blocks():
    driver = briefed((Say("one " * 20),), (Say("two"),))
    first = asked(driver)["input_token_details"]
    assert first["cached_tokens"] == 0
    second = asked(driver)["input_token_details"]
    assert second["cached_tokens_details"]["text_tokens"] in {64, 128}
    assert second["cached_tokens_details"]["audio_tokens"] == 64, "20 words of 300 ms are 120 tokens"


@pytest.mark.parametrize("change", ["instructions", "delete", "truncate"])
def test_the_cache_reaches_to_the_first_thing_that_has_changed(change):
    driver = briefed((Say("one " * 20),), (Say("two"),))
    asked(driver)
    question, answer = (event.item.id for event in driver.of(ItemAdded))
    if change == "instructions":
        driver.say(UpdateSession(session=SessionUpdate(type="realtime", instructions="Now say more.")))
    elif change == "delete":
        driver.say(DeleteItem(item_id=question))
    else:
        driver.say(TruncateItem(item_id=answer, content_index=0, audio_end_ms=100))
    cached = asked(driver)["input_token_details"]["cached_tokens_details"]
    assert cached["text_tokens"] == (0 if change == "instructions" else 64)
    assert cached["audio_tokens"] == 0


def test_a_response_that_reads_other_items_leaves_the_cache_as_it_was():
    driver = briefed((Say("one " * 20),), (Say("aside"),), (Say("two"),))
    asked(driver)
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Aside."}]}
    driver.say(CreateResponse(response=ResponseParams(conversation="none", input=(message,))))
    driver.wait(5)
    assert usage(driver)["input_token_details"]["cached_tokens_details"]["audio_tokens"] == 0
    assert asked(driver)["input_token_details"]["cached_tokens_details"]["audio_tokens"] == 64


THOUGHT = {
    "at once": ((Say("Half past nine."),), 16),
    "on the way to a tool": ((Say("Let me see."), CallTool("balance")), 0),
    "nothing": ((), 0),
}


@pytest.mark.parametrize(("reply", "tokens"), THOUGHT.values(), ids=THOUGHT)
def test_a_model_that_reasons_thinks_before_an_answer_in_words_alone(reply, tokens):
    details = asked(briefed(reply, model="gpt-realtime-2.1"))["output_token_details"]
    assert details.get("reasoning_tokens", 0) == tokens
    assert "reasoning_tokens" not in asked(briefed(reply, model="gpt-realtime"))["output_token_details"]


def test_more_effort_is_more_thought_and_all_of_it_is_text():
    counts = []
    for effort in ("minimal", "low", "medium", "high", "xhigh"):
        driver = briefed((Say("one"),), model="gpt-realtime-2.1")
        driver.say(UpdateSession(session=SessionUpdate(type="realtime", reasoning={"effort": effort})))
        details = asked(driver)["output_token_details"]
        counts.append(details.get("reasoning_tokens", 0))
        assert details["text_tokens"] == counts[-1] + 1
    assert counts == sorted(set(counts))
    assert counts[0] == 0


def test_the_responses_own_effort_goes_before_the_sessions():
    driver = briefed((Say("one"),), model="gpt-realtime-2.1")
    asking = (Content(type="input_text", text="What?"),)
    driver.say(CreateItem(item=Item(type="message", role="user", content=asking)))
    driver.say(CreateResponse(response=ResponseParams(reasoning={"effort": "minimal"})))
    driver.wait(5)
    assert "reasoning_tokens" not in usage(driver)["output_token_details"]
