"""Well-formed messages in any order: the phase is the table's; what the table lacks is the peer's fault."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from twiliobridge.mediastream import (
    TRANSITIONS,
    Connected,
    Dtmf,
    Mark,
    Media,
    MediaStream,
    Phase,
    RemoteProtocolError,
    Role,
    Start,
    Stop,
)

SID = "MZ" + "1" * 32
SIDS = {"accountSid": "AC" + "2" * 32, "callSid": "CA" + "3" * 32}
FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
INNER = {
    Connected: {},
    Start: {"streamSid": SID, **SIDS, "tracks": ["inbound"], "mediaFormat": FORMAT, "customParameters": {}},
    Media: {"track": "inbound", "chunk": "1", "timestamp": "155", "payload": "/w=="},
    Dtmf: {"track": "inbound_track", "digit": "1"},
    Mark: {"name": "m1"},
    Stop: SIDS,
}
NAMELESS = "a mark without its name"
MESSAGES = st.tuples(st.sampled_from([*INNER, NAMELESS]), st.integers(0, 50))
"What is said, and the number that it bears, in order or not."

WHOLE = [(kind, number) for number, kind in enumerate(INNER)]
OPENED = WHOLE[:2]


@st.composite
def disorders(draw):
    """A whole call, of which messages are left out, said again, or exchanged."""
    said = list(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(said)))
        match draw(st.sampled_from(["again", "out", "exchanged", "nameless"])):
            case "again":
                said.insert(at, draw(st.sampled_from(WHOLE)))
            case "out":
                del said[at : at + 1]
            case "exchanged":
                said[at : at + 2] = reversed(said[at : at + 2])
            case _:
                said.insert(at, (NAMELESS, 7))
    return said


def text_of(kind, number):
    if kind is Connected:
        return '{"event":"connected","protocol":"Call","version":"1.0.0"}'
    inner = {} if kind is NAMELESS else INNER[kind]
    name = "mark" if kind is NAMELESS else kind.__name__.lower()
    return json.dumps({"event": name, "sequenceNumber": str(number), "streamSid": SID, name: inner})


@given(disorders() | st.lists(MESSAGES, max_size=20))
@example([*OPENED, (Start, 2)]).via("start twice")
@example([(Connected, 0), (Media, 1), (Start, 1)]).via("media before start")
@example([*OPENED, (NAMELESS, 2), (Mark, 3)]).via("a mark without a name")
@example([*OPENED, (Stop, 2), (Stop, 3), (Media, 4)]).via("stop twice")
@example([*OPENED, (Media, 40), (Media, 3), (Media, 3)]).via("gaps and repeats in the numbers")
def test_any_order_ends_in_the_phase_that_the_table_documents(said):
    """A message out of place raises and moves nothing; numbers out of order are counted, and never fatal."""
    stream, phase, faults = MediaStream(Role.SERVER), Phase.NEW, 0
    for kind, number in said:
        then = TRANSITIONS[phase][Role.TWILIO].get(kind)
        try:
            event = stream.receive(text_of(kind, number))
        except RemoteProtocolError:
            assert then is None
            faults += 1
        else:
            assert type(event) is kind
            assert then is not None
            phase = then
        assert stream.phase is phase
    assert stream.statistics().faults == faults
    assert stream.statistics().sequence_gaps <= len(said)
