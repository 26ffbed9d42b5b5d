"""Whatever a client says, in whatever order: the session never fails, and what it opens it closes, once."""

from hypothesis import given, settings
from hypothesis import strategies as st
from offline_driver import Driver, quiet, speech

from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.knobs import Knobs, Transcripts
from twiliobridge.realtime.events import (
    CancelResponse,
    ClearAudio,
    CommitAudio,
    Content,
    ContentPartAdded,
    ContentPartDone,
    CreateItem,
    CreateResponse,
    DeleteItem,
    Error,
    Item,
    ItemTruncated,
    OutputItemAdded,
    OutputItemDone,
    ResponseCreated,
    ResponseDone,
    ResponseParams,
    RetrieveItem,
    SpeechStarted,
    SpeechStopped,
    TruncateItem,
    UpdateSession,
)
from twiliobridge.realtime.session import SessionUpdate

TOOLS = ({"type": "function", "name": "look"},)
PAIRS = (
    (ResponseCreated, ResponseDone),
    (OutputItemAdded, OutputItemDone),
    (ContentPartAdded, ContentPartDone),
)

replies = st.lists(
    st.one_of(
        st.builds(Say, st.text("ab ", max_size=40)),
        st.builds(CallTool, st.sampled_from(["look", "unknown"]), st.dictionaries(st.text(), st.integers())),
    ),
    max_size=3,
).map(tuple)
knobs = st.builds(
    Knobs,
    latency=st.sampled_from([0.0, 0.2]),
    stragglers=st.integers(0, 2),
    transcripts=st.sampled_from(Transcripts),
    unknown=st.booleans(),
    seed=st.integers(0, 9),
)
TYPED = Item(type="message", role="user", content=(Content(type="input_text", text="Hello"),))
steps = st.one_of(
    st.tuples(st.just("speak"), st.integers(1, 700)),
    st.tuples(st.just("be quiet"), st.integers(1, 700)),
    st.tuples(st.just("wait"), st.floats(0, 2)),
    st.tuples(st.just("work"), st.none()),
    st.tuples(st.just("on item"), st.sampled_from([TruncateItem, DeleteItem, RetrieveItem])),
    st.tuples(
        st.just("say"),
        st.sampled_from(
            [
                CommitAudio(),
                ClearAudio(),
                CreateResponse(),
                CreateResponse(response=ResponseParams(conversation="none")),
                CreateResponse(response=ResponseParams(max_output_tokens=5)),
                CancelResponse(),
                CreateItem(item=TYPED),
                UpdateSession(session=SessionUpdate(type="realtime", output_modalities=("text",))),
                UpdateSession(session=SessionUpdate(type="realtime", output_modalities=("audio",))),
            ]
        ),
    ),
)


def carry_out(driver, step):
    match step:
        case "speak", ms:
            driver.hear(speech(ms, start=len(driver.events) % 50))
        case "be quiet", ms:
            driver.hear(quiet(ms))
        case "wait", seconds:
            driver.wait(seconds)
        case "work", _:
            driver.work()
        case "say", event:
            driver.say(event)
        case "on item", kind:
            on_last_item(driver, kind)


def on_last_item(driver, kind):
    items = driver.session._conversation.memory()
    item_id = items[-1].id if items else "item_none"
    options = {"content_index": 0, "audio_end_ms": 100} if kind is TruncateItem else {}
    driver.say(kind(item_id=item_id, **options))


def key(event):
    if isinstance(event, ResponseCreated | ResponseDone):
        return event.response.id
    return getattr(event, "item_id", None) or event.item.id


@settings(max_examples=150, deadline=None)
@given(st.lists(replies, max_size=6), knobs, st.booleans(), st.lists(steps, max_size=25))
def test_any_conversation_is_lawful_and_everything_opened_is_closed_once(said, chosen, works, script):
    """The driver sends each event through the protocol's own table, which refuses an unlawful order."""
    driver = Driver(*said, knobs=chosen, works=works)
    driver.configure()
    driver.say(UpdateSession(session=SessionUpdate(type="realtime", tools=TOOLS)))
    for step in script:
        carry_out(driver, step)
    driver.works = True
    for _ in range(3):
        driver.work()
        driver.wait(60)
    for opens, closes in PAIRS:
        assert sorted(map(key, driver.of(opens))) == sorted(map(key, driver.of(closes)))
    assert {event.item_id for event in driver.of(SpeechStopped)} <= {
        event.item_id for event in driver.of(SpeechStarted)
    }
    assert all(error.error.code for error in driver.of(Error))


@settings(max_examples=100, deadline=None)
@given(st.text("ab ", min_size=1, max_size=80), st.floats(0, 3), st.integers(0, 6000))
def test_truncation_keeps_what_was_asked_for_or_is_refused_by_length_alone(text, moment, audio_end_ms):
    driver = Driver((Say(text),))
    driver.configure()
    driver.say(CreateResponse())
    driver.wait(moment)
    entry = driver.session._conversation.entries[-1]
    length, audio = entry.length_ms, bytes(entry.audio)
    (event,) = driver.say(TruncateItem(item_id=entry.item_id, content_index=0, audio_end_ms=audio_end_ms))
    assert isinstance(event, ItemTruncated) == (length > 0 and audio_end_ms <= length)
    assert bytes(entry.audio) == (audio[: 8 * audio_end_ms] if isinstance(event, ItemTruncated) else audio)
