"""Whatever arrives is an event or a RemoteProtocolError."""

import json

from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.realtime import RealtimeConnection, RemoteProtocolError, Role, error_event
from twiliobridge.realtime.codec import encode
from twiliobridge.realtime.events import CLIENT_EVENTS, SERVER_EVENTS, ClientEvent, ServerEvent, Unknown

TYPES = [str(event.__struct_config__.tag) for event in (*CLIENT_EVENTS, *SERVER_EVENTS)]
NAMES = sorted({name for event in (*CLIENT_EVENTS, *SERVER_EVENTS) for name in event.__struct_fields__})
INNER = [
    "type",
    "id",
    "role",
    "content",
    "audio",
    "input",
    "format",
    "turn_detection",
    "tools",
    "error",
    "code",
]

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([*TYPES, "realtime"])
)
keys = st.sampled_from(INNER) | st.text(max_size=5)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
almost = st.builds(
    lambda kind, fields: json.dumps({"type": kind} | fields),
    st.sampled_from(TYPES) | leaves,
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), values, max_size=5),
)
any_text = st.text() | st.text(st.characters(), max_size=20) | st.binary() | values.map(json.dumps)


def cut(text: str, at: float) -> str:
    return text[: int(len(text) * at)]


BOTTOMLESS = st.builds(
    lambda kind, bracket, depth: f'{{"type":"{kind}","item":' + bracket * depth,
    st.sampled_from(TYPES),
    st.sampled_from(["[", '{"item":']),
    st.sampled_from([10, 1000, 100_000]),
)
HUGE = st.builds(
    lambda kind, name, number: f'{{"type":"{kind}","event_id":"e","{name}":{number}}}',
    st.sampled_from(TYPES),
    st.sampled_from(NAMES),
    st.sampled_from(["9" * 5000, "-" + "9" * 400, "1e999", "-1e-999", "NaN", "0." + "1" * 5000]),
)
arriving = any_text | almost | st.builds(cut, almost, st.floats(0, 1)) | BOTTOMLESS | HUGE


@given(st.sampled_from(Role), st.lists(arriving, max_size=5))
def test_nothing_else_escapes(role, texts):
    """Each message is read as an event of the peer or raises RemoteProtocolError, and counts as that."""
    connection = RealtimeConnection(role)
    theirs = ClientEvent if role is Role.SERVER else ServerEvent
    for text in texts:
        try:
            event = connection.receive(text)
        except RemoteProtocolError as fault:
            encode(error_event(fault))  # whatever the peer sent, it can be answered
        else:
            assert isinstance(event, (theirs, Unknown))
    statistics = connection.statistics()
    assert statistics.received + statistics.faults == len(texts)


@given(almost | any_text.filter(lambda text: isinstance(text, str)))
def test_what_was_read_can_be_said_again(text):
    """Reading what one wrote of what one read gives the same event."""
    client, server = RealtimeConnection(Role.CLIENT), RealtimeConnection(Role.SERVER)
    for read in (client._read, server._read):  # reading alone, in no phase
        try:
            event = read(text)
        except RemoteProtocolError:
            continue
        if not isinstance(event, Unknown):
            assert read(encode(event)) == event
