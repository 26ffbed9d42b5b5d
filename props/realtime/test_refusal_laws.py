"""Whatever a client says is read, or refused in one of the sentences that there are, and without effect."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode as written
from realtime_messages import almost, arriving
from session_updates import raw_updates

from twiliobridge.offline.settled import check_update
from twiliobridge.realtime import RemoteProtocolError, default_session
from twiliobridge.realtime.codec import encode, read_client
from twiliobridge.realtime.events import UpdateSession
from twiliobridge.realtime.refusal import SENTENCES

PLACES = re.compile(r"\\{\w+\\}")
FORMS = [
    (code, re.compile(PLACES.sub("(.*)", re.escape(sentence)), re.DOTALL))
    for code, sentence in SENTENCES.values()
]
BINARY = ("invalid_event", re.compile("Expected a text WebSocket message; binary frames .*"))
PARSERS_WORDS = re.compile(r"Object (missing|contains)|Expected `|got `|at `\$|malformed|\bbyte \d|msgspec")


def refusal(text):
    """None for what is read."""
    try:
        read_client(text)
    except RemoteProtocolError as fault:
        return fault
    return None


@given(arriving)
def test_a_refusal_is_one_of_the_sentences_with_its_code(text):
    fault = refusal(text)
    if fault:
        forms = [*FORMS, BINARY]
        assert any(code == fault.code and form.fullmatch(str(fault)) for code, form in forms), str(fault)


@given(almost.filter(lambda text: not PARSERS_WORDS.search(text)))
def test_a_refusal_has_none_of_the_parsers_words(text):
    fault = refusal(text)
    assert fault is None or not PARSERS_WORDS.search(str(fault))


leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = leaves | st.lists(leaves, max_size=2) | st.dictionaries(st.text(max_size=3), leaves, max_size=2)


def places(tree, path=()):
    """Every place in a tree of objects and arrays."""
    yield path
    inside = {dict: dict.items, list: enumerate}.get(type(tree), lambda _: ())
    for name, value in inside(tree):
        yield from places(value, (*path, name))


def put(tree, path, value):
    if not path:
        return value
    name, *rest = path
    if isinstance(tree, list):
        return [put(each, rest, value) if place == name else each for place, each in enumerate(tree)]
    return {**tree, name: put(tree[name], rest, value)}


@st.composite
def spoilt(draw):
    """A lawful update in which one place, whatever it holds, holds something else."""
    update = {"type": "realtime"} | draw(raw_updates)
    path = draw(st.sampled_from(sorted(places(update), key=repr)))
    return put(update, path, draw(values))


@given(spoilt())
def test_a_spoilt_update_is_refused_at_the_place_or_means_something_else(update):
    """The path that a refusal names begins at the session."""
    fault = refusal(json.dumps({"type": "session.update", "session": update}))
    assert fault is None or (fault.param or "").startswith("session")


START = default_session("gpt-realtime", "sess_1", 1785217650)
wishes = st.builds(
    lambda update, model: {"type": "realtime"} | update | model,
    raw_updates,
    st.sampled_from([{}, {"model": "gpt-realtime"}, {"model": "gpt-realtime-2.1"}]),
)


def updated(session, text, heard):
    """None for what is refused."""
    try:
        return check_update(session, read_client(text).session, heard=heard)
    except RemoteProtocolError:
        return None


@given(st.lists(wishes, max_size=4), st.booleans())
def test_a_refused_update_leaves_the_session_as_it_was(updates, heard):
    """Model, voice, tracing, reasoning: what is settled stays, and with it everything else of that update."""
    session = START
    for said in updates:
        text = json.dumps({"type": "session.update", "session": said})
        before = written(session)
        after = updated(session, text, heard)
        if after is None:
            assert written(session) == before
        else:
            assert after.model == session.model
            assert not heard or after.voice == session.voice
            assert session.tracing in {None, after.tracing}
            session = after


@pytest.mark.parametrize("code", sorted({code for code, _ in SENTENCES.values()}))
def test_every_code_is_one_word(code):
    assert re.fullmatch(r"[a-z_]+", code)


@given(raw_updates)
def test_what_is_lawful_is_read_and_says_itself_again(update):
    text = json.dumps({"type": "session.update", "session": {"type": "realtime"} | update})
    fault = refusal(text)
    if fault:  # what goes together is another law
        assert str(fault).endswith("not supported for this transcription model.")
    else:
        event = read_client(text)
        assert isinstance(event, UpdateSession)
        assert read_client(encode(event)) == event
