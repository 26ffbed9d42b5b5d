"""What cannot be read is a RemoteProtocolError with the service's own code and the path of the field."""

import json

import pytest

from twiliobridge.realtime import LocalProtocolError, RemoteProtocolError
from twiliobridge.realtime.codec import encode, read_client, read_server
from twiliobridge.realtime.events import (
    AppendAudio,
    Content,
    ConversationCreated,
    CreateItem,
    CreateResponse,
    InputTranscriptDelta,
    Item,
    ResponseParams,
    SessionCreated,
    SpeechStarted,
    Unknown,
)

NO_EVENT = {
    "empty": ("", "invalid_json", None),
    "word": ("hello", "invalid_json", None),
    "cut": ('{"type":"response.cancel"', "invalid_json", None),
    "trailing": ('{"type":"response.cancel"} x', "invalid_json", None),
    "surrogate": ('{"type":"\ud800"}', "invalid_json", None),
    "escaped surrogate": ('{"type":"\\ud800"}', "invalid_json", None),
    "cut after a bad field": ('{"type":"response.cancel","event_id":5,', "invalid_json", None),
    "binary": (b'{"type":"response.cancel"}', "invalid_event", None),
    "list": ("[]", "invalid_event", None),
    "number": ("5", "invalid_event", None),
    "null": ("null", "invalid_event", None),
    "no type": ("{}", "missing_required_parameter", "type"),
    "null type": ('{"type":null}', "invalid_type", "type"),
    "number for a type": ('{"type":5}', "invalid_type", "type"),
}


@pytest.mark.parametrize(("text", "code", "param"), NO_EVENT.values(), ids=NO_EVENT)
@pytest.mark.parametrize("read", [read_client, read_server])
def test_what_is_no_event(read, text, code, param):
    """Neither end reads what is not a JSON object with a `type`, as text."""
    with pytest.raises(RemoteProtocolError) as caught:
        read(text)
    assert (caught.value.code, caught.value.param) == (code, param)


@pytest.mark.parametrize("read", [read_client, read_server])
@pytest.mark.parametrize("start", ["", '{"x":', '{"type":"response.cancel","x":', '{"type":"error","x":'])
@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_brackets_beyond_the_stack(read, start, bracket):
    """Depth is no way to another exception."""
    with pytest.raises(RemoteProtocolError):
        read(start + bracket * 100_000)


def test_an_unknown_event_of_the_server_is_tolerated():
    """The service adds events without notice; a client reads which, and goes on."""
    assert read_server('{"x":[1],"type":"conversation.renamed"}') == Unknown(type="conversation.renamed")
    assert isinstance(read_server('{"x":[1],"type":"conversation.created"}'), ConversationCreated)


def test_a_known_event_of_the_server_in_another_shape_is_a_fault():
    """Tolerance is for what is added, not for what is read."""
    with pytest.raises(RemoteProtocolError) as caught:
        read_server(
            '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","event_id":"e","delta":5}'
        )
    assert (caught.value.code, caught.value.param) == ("invalid_type", "delta")


STRANGE_SESSION = {
    "type": "realtime",
    "id": "sess_1",
    "rid": "x",
    "turn_detection": {"type": "server_vad"},
    "tools": None,
    "tool_choice": {"type": "new"},
    "prompt": 5,
    "audio": {
        "input": {
            "format": {"type": "audio/opus", "frame_ms": 20},
            "turn_detection": {"type": "psychic_vad", "distance": 3},
            "echo": True,
        },
        "output": {"format": {"type": "audio/pcmu"}, "voice": {"id": "voice_1"}, "mood": "calm"},
        "haptic": {},
    },
}


def test_a_session_with_what_we_do_not_know_is_read():
    """At every depth the service may add fields and kinds; what is read of them stays readable."""
    event = read_server(json.dumps({"type": "session.created", "event_id": "e", "session": STRANGE_SESSION}))
    assert isinstance(event, SessionCreated)
    assert event.session.input_format == "audio/opus"
    assert event.session.output_format == "audio/pcmu"
    assert event.session.voice == "voice_1"
    assert event.session.turn_rules is not None
    assert event.session.turn_rules.type == "psychic_vad"


def test_additions_to_any_event_are_ignored():
    """Undocumented fields, such as `obfuscation`, cost nothing; nor does a missing `event_id`."""
    text = (
        '{"type":"input_audio_buffer.speech_started","audio_start_ms":5,"item_id":"i","confidence":{"a":[1]}}'
    )
    assert read_server(text) == SpeechStarted(audio_start_ms=5, item_id="i")
    text = '{"type":"conversation.item.input_audio_transcription.delta","item_id":"i","obfuscation":null}'
    assert read_server(text) == InputTranscriptDelta(item_id="i", obfuscation=None)


@pytest.mark.parametrize(
    "event",
    [
        CreateItem(item=Item(type="function_call_output", call_id="c", output="\ud800")),
        CreateResponse(response=ResponseParams(audio={"x": object()})),
        CreateItem(item=Item(type="message", content=(Content(type="input_text", text="\udfff"),))),
    ],
)
def test_what_json_cannot_hold_is_not_said(event):
    """Our own bad value is our own error, before a byte is sent."""
    with pytest.raises(LocalProtocolError):
        encode(event)


def test_text_is_one_compact_line():
    """What is absent is not mentioned, and nothing is spaced out: 50 of these go out each second."""
    assert encode(AppendAudio(audio="////")) == '{"type":"input_audio_buffer.append","audio":"////"}'


def test_a_peer_cannot_blow_up_an_error():
    """What is repeated of the peer's text is bounded: at most a line of it."""
    long = "x" * 1_000_000
    nested = json.dumps({"type": "session.update", "session": {"type": "realtime", long: 1}})
    for text in (json.dumps({"type": "response.cancel", long: 1}), json.dumps({"type": long}), nested, long):
        with pytest.raises(RemoteProtocolError) as caught:
            read_client(text)
        assert len(str(caught.value)) + len(caught.value.param or "") < 1000
