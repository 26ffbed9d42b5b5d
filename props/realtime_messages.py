"""Messages that may arrive at either end of a Realtime session: events, nearly events, and anything else."""

import json

from hypothesis import strategies as st

from twiliobridge.realtime.events import CLIENT_EVENTS, SERVER_EVENTS

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
