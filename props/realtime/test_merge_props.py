"""The laws of a partial update."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.realtime import SessionUpdate, default_session, merged
from twiliobridge.realtime.codec import encode, read_client, read_server
from twiliobridge.realtime.events import SessionUpdated, UpdateSession


def some(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


flags = st.booleans()
formats = st.sampled_from(
    [
        {"type": "audio/pcm", "rate": 24000},
        {"type": "audio/pcmu"},
        {"type": "audio/pcma"},
    ]
)
server_vad = some(
    threshold=st.floats(0, 1),
    silence_duration_ms=st.integers(0, 1000),
    idle_timeout_ms=st.none() | st.integers(5000, 30000),
    create_response=flags,
    interrupt_response=flags,
).map(lambda fields: {"type": "server_vad"} | fields)
semantic_vad = some(eagerness=st.sampled_from(["auto", "low", "high"]), create_response=flags).map(
    lambda fields: {"type": "semantic_vad"} | fields
)
transcription = st.fixed_dictionaries(
    {"model": st.sampled_from(["whisper-1", "gpt-transcribe"])},
    optional={"language": st.sampled_from(["en", "de"])},
)
noise = some(type=st.sampled_from(["near_field", "far_field"]), strength=st.floats(0, 1))
heard = some(
    format=formats,
    turn_detection=st.none() | server_vad | semantic_vad,
    transcription=st.none() | transcription,
    noise_reduction=st.none() | noise,
)
spoken = some(
    format=formats, voice=st.sampled_from(["marin", "cedar", {"id": "v"}]), speed=st.floats(0.25, 1.5)
)
tools = st.lists(
    st.sampled_from([{"type": "function", "name": name} for name in "abc"]),
    max_size=3,
    unique_by=lambda tool: tool["name"],
)
raw_updates = some(
    instructions=st.text(max_size=5),
    output_modalities=st.sampled_from([["audio"], ["text"]]),
    audio=some(input=heard, output=spoken),
    tools=tools,
    tool_choice=st.sampled_from(["auto", "none", {"type": "function", "name": "a"}]),
    max_output_tokens=st.integers(1, 4096) | st.just("inf"),
    tracing=st.none() | st.just("auto"),
    reasoning=st.just({"effort": "low"}),
)
updates = raw_updates.map(lambda fields: msgspec.convert({"type": "realtime"} | fields, SessionUpdate))
histories = st.lists(updates, max_size=3)

START = default_session("gpt-realtime-2.1", "sess_1", 1785217650)


def after(history):
    session = START
    for update in history:
        session = merged(session, update)
    return session


@given(histories, updates)
def test_an_update_twice_is_an_update_once(history, update):
    """Merging is idempotent."""
    once = merged(after(history), update)
    assert merged(once, update) == once


@given(histories)
def test_an_empty_update_changes_nothing(history):
    """Absent leaves."""
    session = after(history)
    assert merged(session, SessionUpdate(type="realtime")) == session


def at(tree: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        tree = tree[name]
    return tree


def leaves(tree: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every value of an update by its path; null, a list and text are values."""
    if not isinstance(tree, dict):
        return {path: tree}
    return {where: value for name in tree for where, value in leaves(tree[name], (*path, name)).items()}


@given(histories, updates)
def test_what_is_mentioned_holds(history, update):
    """After the update each value that it mentions is in the session; null and [] among them."""
    session = msgspec.to_builtins(merged(after(history), update))
    for path, value in leaves(msgspec.to_builtins(update)).items():
        assert at(session, path) == value


@given(histories, updates)
def test_what_is_not_mentioned_stays(history, update):
    """A part of the session that no path of the update enters is the same before and after."""
    before, said = msgspec.to_builtins(after(history)), msgspec.to_builtins(update)
    now = msgspec.to_builtins(merged(after(history), update))
    for name in before.keys() - {"audio"} - said.keys():
        assert now[name] == before[name]
    for side in ("input", "output"):
        entered = said.get("audio", {}).get(side, {}).keys()
        for name in before["audio"][side].keys() - entered:
            assert now["audio"][side][name] == before["audio"][side][name]


@given(histories, updates)
def test_merging_leaves_its_arguments_alone(history, update):
    """The session before, and the start of all sessions, are as they were."""
    session = after(history)
    text = msgspec.json.encode(session)
    merged(session, update)
    assert msgspec.json.encode(session) == text
    assert default_session("gpt-realtime-2.1", "sess_1", 1785217650) == START


@given(updates)
def test_an_update_and_its_echo_survive_the_wire(update):
    """Absence, null and value stay three things in JSON, both ways."""
    assert read_client(encode(UpdateSession(session=update))) == UpdateSession(session=update)
    echo = SessionUpdated(session=merged(START, update))
    assert read_server(encode(echo)) == echo
