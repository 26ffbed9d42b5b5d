"""The conversation keeps its order, and truncation really shortens."""

import base64

import pytest
from msgspec import UNSET
from offline_driver import Driver, speech

from twiliobridge.audio import AudioFormat
from twiliobridge.offline import items
from twiliobridge.offline.brain import Say
from twiliobridge.offline.items import Conversation, Entry, message
from twiliobridge.realtime.errors import RemoteProtocolError
from twiliobridge.realtime.events import (
    Content,
    CreateItem,
    CreateResponse,
    DeleteItem,
    Error,
    Item,
    ItemAdded,
    ItemRetrieved,
    ResponseDone,
    RetrieveItem,
    TruncateItem,
)

ANSWER_MS = 900


@pytest.fixture
def driver():
    driver = Driver((Say("one two three"),))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(5)
    return driver


@pytest.fixture
def item_id(driver):
    return driver.of(ResponseDone)[0].response.output[0].id


def retrieved(driver, item_id):
    return driver.say(RetrieveItem(item_id=item_id))[0].item


def typed(item_id, text="text"):
    return Item(id=item_id, type="message", role="user", content=(Content(type="input_text", text=text),))


@pytest.mark.parametrize("end_ms", [0, 1, 450, 899, 900])
def test_truncation_keeps_exactly_so_much_of_the_audio_and_no_transcript(driver, item_id, end_ms):
    driver.say(TruncateItem(item_id=item_id, content_index=0, audio_end_ms=end_ms))
    (content,) = retrieved(driver, item_id).content
    assert base64.b64decode(content.audio or "") == driver.audio(item_id)[: 8 * end_ms]
    assert content.transcript is UNSET


@pytest.mark.parametrize(
    ("first", "second", "works"), [(600, 600, True), (600, 300, True), (600, 601, False)]
)
def test_a_second_truncation_can_only_cut_more(driver, item_id, first, second, works):
    driver.say(TruncateItem(item_id=item_id, content_index=0, audio_end_ms=first))
    driver.say(TruncateItem(item_id=item_id, content_index=0, audio_end_ms=second))
    assert bool(driver.of(Error)) is not works


def test_an_answer_can_be_truncated_while_its_closing_events_are_still_under_way():
    """Every client does so: the truncation overtakes the end of the cancelled response."""
    driver = Driver((Say("one two three four five six"),))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(0.3)
    (entry,) = driver.session._conversation._entries
    driver.say(TruncateItem(item_id=entry.item_id, content_index=0, audio_end_ms=100))
    driver.wait(5)
    assert driver.of(Error) == []
    assert driver.session._conversation.memory()[0].content[0].transcript is UNSET


def test_items_stand_where_they_were_put():
    driver = Driver()
    for item_id, after in [("b", None), ("d", None), ("a", "root"), ("c", "b")]:
        driver.say(CreateItem(item=typed(item_id), previous_item_id=after))
    assert [item.id for item in driver.session._conversation.memory()] == ["a", "b", "c", "d"]
    assert [event.previous_item_id for event in driver.of(ItemAdded)] == [None, "b", None, "b"]
    driver.say(DeleteItem(item_id="b"))
    assert [item.id for item in driver.session._conversation.memory()] == ["a", "c", "d"]


def test_an_item_without_an_id_gets_one():
    (added, done) = Driver().say(CreateItem(item=typed(None)))
    assert added.item.id == done.item.id
    assert added.item.id.startswith("item_")
    assert added.item.status == "completed"


def test_audio_in_an_item_is_recognised_and_is_not_shown_until_it_is_asked_for():
    driver = Driver()
    driver.configure()
    sound = base64.b64encode(speech(400)).decode()
    item = Item(id="x", type="message", role="user", content=(Content(type="input_audio", audio=sound),))
    added, *_ = driver.say(CreateItem(item=item))
    assert added.item.content == (Content(type="input_audio", transcript=None),)
    assert retrieved(driver, "x").content[0].audio == sound
    driver.say(CreateResponse())
    assert driver.brain.seen[0][0][0].content[0].words == "400 ms"


def test_the_conversation_is_bounded_in_items_and_in_bytes(monkeypatch):
    monkeypatch.setattr(items, "MOST_ITEMS", 3)
    monkeypatch.setattr(items, "MOST_AUDIO_BYTES", 1000)
    conversation = Conversation()
    for number in range(5):
        entry = Entry(message(f"item_{number}", "assistant", Content(type="output_audio")), AudioFormat.PCMU)
        entry.hold(bytes(800))
        conversation.add(entry)
    assert [item.id for item in conversation.memory()] == ["item_2", "item_3", "item_4"]
    assert [len(entry.audio) for entry in conversation._entries] == [0, 0, 800]
    conversation.truncate("item_2", 0, 50)
    with pytest.raises(RemoteProtocolError, match="50ms is already shorter"):
        conversation.truncate("item_2", 0, 51)


def test_a_retrieved_item_is_the_item(driver, item_id):
    (event,) = driver.say(RetrieveItem(item_id=item_id))
    assert isinstance(event, ItemRetrieved)
    assert event.item.content[0].transcript == "one two three"
    assert len(base64.b64decode(event.item.content[0].audio)) == 8 * ANSWER_MS
