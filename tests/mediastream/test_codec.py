"""Texts and events. The texts are Twilio's own: keys in the order of the wire, numbers as it writes them."""

import json
import re

import pytest

from twiliobridge.mediastream.codec import Heard, decode_server, decode_twilio, encode_server, encode_twilio
from twiliobridge.mediastream.errors import LocalProtocolError, RemoteProtocolError, StreamCode
from twiliobridge.mediastream.events import (
    Clear,
    Connected,
    Dtmf,
    Mark,
    Media,
    Play,
    Start,
    Stop,
    Unknown,
)

SID = "MZ" + "1" * 32
CALL = "CA" + "2" * 32
ACCOUNT = "AC" + "3" * 32
START = Start(stream_sid=SID, call_sid=CALL, account_sid=ACCOUNT, custom_parameters={"k": "v"})
START_TEXT = (
    '{"event":"start","sequenceNumber":"1","start":{"accountSid":"' + ACCOUNT + '","streamSid":"' + SID + '",'
    '"callSid":"'
    + CALL
    + '","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,'
    '"channels":1},"customParameters":{"k":"v"}},"streamSid":"' + SID + '"}'
)
MEDIA_TEXT = (
    '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"155",'
    '"payload":"//79/A=="},"streamSid":"' + SID + '"}'
)
DTMF_TEXT = (
    '{"event":"dtmf","streamSid":"' + SID + '","sequenceNumber":"5",'
    '"dtmf":{"track":"inbound_track","digit":"1"}}'
)
STOP_TEXT = (
    '{"event":"stop","sequenceNumber":"378","streamSid":"' + SID + '",'
    '"stop":{"accountSid":"' + ACCOUNT + '","callSid":"' + CALL + '"}}'
)

# event, sequence number, chunk, and the text of the wire
TWILIO_SAYS = [
    (Connected(), None, 0, '{"event":"connected","protocol":"Call","version":"1.0.0"}'),
    (START, 1, 0, START_TEXT),
    (Media(payload="//79/A==", timestamp_ms=155), 2, 1, MEDIA_TEXT),
    (
        Mark(name="m"),
        4,
        0,
        '{"event":"mark","sequenceNumber":"4","streamSid":"' + SID + '","mark":{"name":"m"}}',
    ),
    (Dtmf(digit="1"), 5, 0, DTMF_TEXT),
    (Stop(account_sid=ACCOUNT, call_sid=CALL), 378, 0, STOP_TEXT),
]
SERVER_SAYS = [
    (Play(payload="//79/A=="), '{"event":"media","streamSid":"' + SID + '","media":{"payload":"//79/A=="}}'),
    (Mark(name="x"), '{"event":"mark","streamSid":"' + SID + '","mark":{"name":"x"}}'),
    (Clear(), '{"event":"clear","streamSid":"' + SID + '"}'),
]

MALFORMED = [
    "",
    "hello",
    "null",
    "5",
    "[]",
    "{}",
    '{"event":5}',
    '{"event":null}',
    '{"event":"media"',
    '{"event":"media"} {"event":"media"}',
    '{"event":"media","streamSid":"\ud800"}',
    '{"event":"mark","streamSid":"MZ","mark":{"name":"\\ud800"}}',
    '{"event":"media","media":{"payload":"","timestamp":NaN}}',
    '{"event":"media","media":{"payload":"","timestamp":1e999}}',
    '{"event":"media","media":{"payload":"","timestamp":' + "9" * 5000 + "}}",
    '{"event":"media","media":' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"x":' * 100_000 + "1" + "}" * 100_000,
    "[" * 100_000,
]


def changed(text: str, *path: str, **replaced: object) -> str:
    """The message with some keys of the object at `path` replaced, or taken out where the value is `...`."""
    message = json.loads(text)
    target = message
    for key in path:
        target = target[key]
    target.update(replaced)
    for key in [key for key, value in replaced.items() if value is ...]:
        del target[key]
    return json.dumps(message)


@pytest.mark.parametrize(("event", "sequence", "chunk", "text"), TWILIO_SAYS)
def test_twilio_is_written_byte_for_byte_and_read_back(event, sequence, chunk, text):
    assert encode_twilio(event, SID, sequence or 1, chunk) == text
    heard = decode_twilio(text)
    assert heard.event == event
    assert heard.sequence == sequence


@pytest.mark.parametrize(("event", "text"), SERVER_SAYS)
def test_the_server_is_written_byte_for_byte_and_read_back(event, text):
    assert encode_server(event, SID) == text
    assert decode_server(text) == Heard(event, SID, None)


@pytest.mark.parametrize(("event", "sequence", "chunk", "text"), TWILIO_SAYS)
def test_the_order_of_keys_and_additional_keys_do_not_matter_in_what_twilio_says(
    event, sequence, chunk, text
):
    message = json.loads(text)
    backwards = json.dumps({"new": {"in": [2027]}} | dict(reversed(message.items())), indent=1)
    assert decode_twilio(backwards).event == event


@pytest.mark.parametrize("number", [155, "155", 155.0])
def test_twilio_may_write_numbers_as_text_or_as_numbers(number):
    text = changed(changed(MEDIA_TEXT, "media", timestamp=number), sequenceNumber=number)
    heard = decode_twilio(text)
    assert (heard.event.timestamp_ms, heard.sequence) == (155, 155)


def test_a_stop_that_says_nothing_more_is_a_stop():
    assert decode_twilio('{"event":"stop"}').event == Stop(account_sid="", call_sid="")


def test_an_event_of_a_later_version_is_unknown():
    text = '{"event":"weather","sequenceNumber":"9","streamSid":"MZ","weather":{"rain":true}}'
    assert decode_twilio(text) == Heard(Unknown(event="weather"), "MZ", 9)


@pytest.mark.parametrize("read", [decode_twilio, decode_server])
@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_text_is_a_remote_protocol_error_of_one_short_line(read, text):
    with pytest.raises(RemoteProtocolError) as caught:
        read(text)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250


BAD_BASE64 = [
    "A",
    "AA",
    "AAA",
    "AA=",
    "A===",
    "=AAA",
    "A=A=",
    "AA==AA==",
    "AAA ",
    "AA\n=",
    "AA-_",
    "AAA\u00e9",
    "====",
    "AAAA====",
]


@pytest.mark.parametrize("payload", BAD_BASE64)
def test_payloads_are_strict_base64_in_both_directions(payload):
    for event in (Media(payload=payload, timestamp_ms=0), Play(payload=payload)):
        with pytest.raises(LocalProtocolError, match="payload must be padded base64"):
            encode_twilio(event, SID, 1, 1) if isinstance(event, Media) else encode_server(event, SID)
    with pytest.raises(RemoteProtocolError, match="payload must be padded base64"):
        decode_twilio(changed(MEDIA_TEXT, "media", payload=payload))
    with pytest.raises(RemoteProtocolError, match="payload must be padded base64"):
        decode_server(changed(SERVER_SAYS[0][1], "media", payload=payload))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (changed(MEDIA_TEXT, media=...), "missing required field `media`"),
        (changed(MEDIA_TEXT, "media", payload=...), "missing required field `payload` - at `$.media`"),
        (changed(MEDIA_TEXT, "media", payload=7), "Expected `str`, got `int` - at `$.media.payload`"),
        (
            changed(MEDIA_TEXT, "media", timestamp="soon"),
            "Expected `int`, got `str` - at `$.media.timestamp`",
        ),
        (changed(MEDIA_TEXT, "media", timestamp=-1), "Expected `int` >= 0 - at `$.media.timestamp`"),
        (changed(MEDIA_TEXT, "media", track="sideways"), "'sideways' - at `$.media.track`"),
        (changed(MEDIA_TEXT, sequenceNumber="first"), "got `str` - at `$.sequenceNumber`"),
        (changed(DTMF_TEXT, "dtmf", digit="12"), "digit must be one of 0123456789*#ABCD, was '12'"),
        (changed(DTMF_TEXT, "dtmf", digit=""), "was ''"),
        (changed(START_TEXT, "start", streamSid=""), "streamSid must not be empty"),
        (changed(START_TEXT, "start", "mediaFormat", encoding="audio/x-l16"), "was ('audio/x-l16', 8000, 1)"),
        (changed(START_TEXT, "start", "mediaFormat", sampleRate=16000), "was ('audio/x-mulaw', 16000, 1)"),
        (changed(START_TEXT, "start", customParameters={"k": 1}), "at `$.start.customParameters[...]`"),
        (changed(START_TEXT, "start", callSid=...), "missing required field `callSid`"),
    ],
)
def test_what_twilio_says_is_strict_where_it_matters_and_the_error_names_the_place(text, reason):
    with pytest.raises(RemoteProtocolError, match=re.escape(reason)) as caught:
        decode_twilio(text)
    assert caught.value.code is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((changed(text, sequenceNumber="1"), "unknown field `sequenceNumber`") for _, text in SERVER_SAYS),
        *((changed(text, streamSid=...), "missing required field `streamSid`") for _, text in SERVER_SAYS),
        *((changed(text, streamSid=1), "at `$.streamSid`") for _, text in SERVER_SAYS),
        (changed(SERVER_SAYS[0][1], "media", track="outbound"), "unknown field `track` - at `$.media`"),
        (changed(SERVER_SAYS[1][1], "mark", id="1"), "unknown field `id` - at `$.mark`"),
        (changed(SERVER_SAYS[2][1], event="hangup"), "event must be media, mark or clear, was 'hangup'"),
        (STOP_TEXT, "event must be media, mark or clear, was 'stop'"),
    ],
)
def test_a_server_is_read_as_twilio_reads_it_these_keys_and_no_others(text, reason):
    with pytest.raises(RemoteProtocolError, match=re.escape(reason)) as caught:
        decode_server(text)
    assert caught.value.code == StreamCode.INVALID_MESSAGE == 31951


def test_what_json_cannot_hold_is_a_local_error():
    with pytest.raises(LocalProtocolError, match="Mark cannot be sent"):
        encode_server(Mark(name="\ud800"), SID)
    with pytest.raises(LocalProtocolError, match="timestamp must be 0 to"):
        encode_twilio(Media(payload="", timestamp_ms=-1), SID, 1, 1)
