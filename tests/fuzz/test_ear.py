"""What is legal for Twilio depends on what the endpoint was told, and what it owes on what it understood."""

import json

import pytest

from twiliobridge.fuzz.ear import Ear, Understood
from twiliobridge.fuzz.fields import changed
from twiliobridge.fuzz.phone import MESSAGES
from twiliobridge.fuzz.scenario import STREAM_SID


def told(*sids):
    ear = Ear()
    for sid in sids:
        ear.told(json.dumps({"event": "start", "streamSid": sid, "start": {"streamSid": sid}}).encode())
    return ear


def play(sid, **more):
    return json.dumps({"event": "media", "streamSid": sid, "media": {"payload": "////"}} | more)


def test_an_answer_before_start_is_a_fault():
    assert "in phase NEW" in told().fault(play("MZ1"))


@pytest.mark.parametrize("sids", [("MZ1",), ("MZ2", "MZ1")])
def test_an_answer_for_a_stream_that_was_told_is_legal(sids):
    """If two were told, for either."""
    assert told(*sids).fault(play("MZ1")) is None


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (play("MZ3"), "31951"),
        (play(None), "31951"),
        (play("MZ1", track="inbound"), "31951"),
        (play("MZ1", media={"payload": "!"}), "31951"),
        ("", "31951"),
        (b"", "31950"),
    ],
)
def test_what_twilio_would_log_is_a_fault(answer, complaint):
    assert complaint in told("MZ1", "MZ2").fault(answer)


@pytest.mark.parametrize(
    "frame", [b"\xff start", b"[" * 100_000 + b"start", b'"start"', b'{"event":"start"}']
)
def test_what_tells_no_sid_tells_nothing(frame):
    """However it is broken."""
    ear = told()
    ear.told(frame)
    assert ear.fault(play("MZ1")) is not None


def understood(*messages):
    heard = Understood()
    for message in messages:
        heard.told(message)
    return heard


def test_an_endpoint_understands_a_call_as_twilio_makes_it():
    heard = understood(MESSAGES["connected"], MESSAGES["start"], MESSAGES["media"])
    assert (heard.streaming, heard.speech) == (True, 1)


@pytest.mark.parametrize("path", [("streamSid",), ("start", "streamSid"), ("start", "callSid"), ("event",)])
def test_it_owes_nothing_to_a_start_that_lacks_something_or_says_something_else(path):
    """Whether it reads that or not: then there is nothing to compare with a clean call."""
    for start in (changed(MESSAGES["start"], path), changed(MESSAGES["start"], path, "x")):
        assert not understood(MESSAGES["connected"], start.json).streaming


def test_what_is_out_of_order_is_not_there():
    """A correct endpoint ignores it and hears the rest."""
    heard = understood(MESSAGES["media"], MESSAGES["connected"], MESSAGES["media"], MESSAGES["start"])
    assert (heard.streaming, heard.speech) == (True, 0)


def test_other_parameters_are_as_good():
    start = changed(MESSAGES["start"], ("start", "customParameters"), {"a": "b"})
    assert understood(MESSAGES["connected"], start.json).streaming


def test_every_message_bears_the_placeholders_of_the_call():
    """But `connected`, which has no stream."""
    for kind, message in MESSAGES.items():
        assert message.get("streamSid") == (None if kind == "connected" else STREAM_SID)
