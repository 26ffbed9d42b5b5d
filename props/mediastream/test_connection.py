"""Whatever arrives is an event or a RemoteProtocolError; two ends that talk agree."""

import base64
import binascii
import json
import re

from hypothesis import example, given
from hypothesis import strategies as st

from twiliobridge.mediastream import (
    TRANSITIONS,
    Clear,
    Connected,
    Dtmf,
    LocalProtocolError,
    Mark,
    Media,
    MediaStream,
    Play,
    RemoteProtocolError,
    Role,
    Start,
    Stop,
)

START = Start(stream_sid="MZ" + "1" * 32, call_sid="CA", account_sid="AC", custom_parameters={"k": "v"})
ANY_TEXT = st.text(st.characters(categories=None), max_size=30)
PAYLOADS = st.binary(max_size=200).map(lambda audio: base64.b64encode(audio).decode()) | ANY_TEXT
NUMBERS = st.integers(-2, 2**70)

TWILIO_EVENTS = st.one_of(
    st.builds(Media, payload=PAYLOADS, timestamp_ms=NUMBERS, track=st.sampled_from(["inbound", "outbound"])),
    st.builds(Dtmf, digit=st.sampled_from("0123456789*#ABCD") | ANY_TEXT),
    st.builds(Mark, name=ANY_TEXT),
    st.builds(Stop, account_sid=ANY_TEXT, call_sid=ANY_TEXT),
    st.builds(Connected, version=ANY_TEXT),
    st.builds(
        Start,
        stream_sid=ANY_TEXT,
        call_sid=ANY_TEXT,
        account_sid=ANY_TEXT,
        tracks=st.lists(st.sampled_from(["inbound", "outbound"])).map(tuple),
        sample_rate=st.sampled_from([8000, 16000]),
        custom_parameters=st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3),
    ),
)
SERVER_EVENTS = st.one_of(st.builds(Play, payload=PAYLOADS), st.builds(Mark, name=ANY_TEXT), st.just(Clear()))
SAID = st.tuples(st.just(Role.TWILIO), TWILIO_EVENTS) | st.tuples(st.just(Role.SERVER), SERVER_EVENTS)


def open_ends() -> dict[Role, MediaStream]:
    ends = {role: MediaStream(role) for role in Role}
    for event in (Connected(), START):
        ends[Role.SERVER].receive(ends[Role.TWILIO].send(event))
    return ends


def written() -> list[str]:
    ends = open_ends()
    said = [Media(payload="/w==", timestamp_ms=155), Dtmf(digit="1"), Mark(name="m")]
    heard = [ends[Role.TWILIO].send(event) for event in said]
    heard += [ends[Role.SERVER].send(event) for event in (Play(payload="/w=="), Mark(name="m"), Clear())]
    opening = MediaStream(Role.TWILIO)
    heard += [opening.send(event) for event in (Connected(), START, Stop(account_sid="AC", call_sid="CA"))]
    return heard


WRITTEN = written()
NASTY = st.sampled_from(
    ["9" * 5000, "1e999", "NaN", "null", "{}", "[]", '"', "\\ud800", "\ud800", "[" * 5000, "\x00"]
)


@st.composite
def mutated(draw):
    """A valid message with a few stretches of it replaced."""
    text = draw(st.sampled_from(WRITTEN))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        stop = draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + draw(NASTY | ANY_TEXT) + text[stop:]
    return text


VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def rekeyed(draw):
    """A valid message with the value at one place replaced, or a key taken out or added."""
    message = json.loads(draw(st.sampled_from(WRITTEN)))
    target = message
    while draw(st.booleans()) and (inner := [value for value in target.values() if isinstance(value, dict)]):
        target = inner[0]
    key = draw(st.sampled_from([*target, "new"]))
    if draw(st.booleans()):
        target[key] = draw(VALUES)
    else:
        target.pop(key, None)
    return json.dumps(message)


@given(
    st.sampled_from(Role), st.booleans(), st.lists(ANY_TEXT | st.binary() | mutated() | rekeyed(), max_size=5)
)
@example(Role.SERVER, True, ['{"event":' + "[" * 100_000])
@example(Role.TWILIO, True, ['{"event":' + "[" * 100_000])
def test_whatever_arrives_is_an_event_or_a_remote_protocol_error(role, opened, frames):
    """Nothing else escapes, an error moves nothing and is one printable line, and all is counted."""
    stream = open_ends()[role] if opened else MediaStream(role)
    before = stream.statistics()
    faults = [error for frame in frames if (error := fault(stream, frame))]
    for error in faults:
        assert str(error).isprintable()
        assert len(str(error)) < 500
        assert (error.code is None) is (role is Role.SERVER)
    assert stream.statistics().faults == before.faults + len(faults)
    assert stream.statistics().messages == before.messages + len(frames)


def fault(stream, frame) -> RemoteProtocolError | None:
    phase, sid = stream.phase, stream.stream_sid
    try:
        stream.receive(frame)
    except RemoteProtocolError as error:
        assert (stream.phase, stream.stream_sid) == (phase, sid)
        return error
    return None


@given(st.booleans(), st.lists(SAID, max_size=12))
def test_two_ends_agree_after_any_script(opened, script):
    """What an end agrees to send, its peer receives as that very event; what it refuses moves neither."""
    ends = open_ends() if opened else {role: MediaStream(role) for role in Role}
    for sender, event in script:
        before = ends[sender].phase
        try:
            text = ends[sender].send(event)
        except LocalProtocolError:
            assert ends[sender].phase is before
        else:
            assert type(event) in TRANSITIONS[before][sender]
            assert ends[sender.peer].receive(text) == event
        assert ends[Role.TWILIO].phase is ends[Role.SERVER].phase
        assert ends[Role.TWILIO].stream_sid == ends[Role.SERVER].stream_sid
        assert ends[Role.TWILIO].bidirectional is ends[Role.SERVER].bidirectional
    assert all(end.statistics().faults == end.statistics().sequence_gaps == 0 for end in ends.values())


@given(st.text("Aw/+=-_ \n\u00e9", max_size=9) | PAYLOADS)
def test_a_payload_passes_exactly_if_it_is_padded_base64(payload):
    """The grammar of RFC 4648, section 4; what passes, Python's strict decoder takes, at the size stated."""
    lawful = (
        re.fullmatch("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", payload) is not None
    )
    server = open_ends()[Role.SERVER]
    try:
        server.send(Play(payload=payload))
    except LocalProtocolError:
        assert not lawful
    else:
        assert lawful
        assert len(binascii.a2b_base64(payload, strict_mode=True)) == Play(payload=payload).size
