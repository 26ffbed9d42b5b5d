"""The laws of a partial update."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from session_updates import raw_updates

from twiliobridge.realtime import SessionUpdate, default_session, merged
from twiliobridge.realtime.codec import encode, read_client, read_server
from twiliobridge.realtime.events import SessionUpdated, UpdateSession

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
