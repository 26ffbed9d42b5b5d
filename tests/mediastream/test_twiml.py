"""TwiML written and read."""

import pytest

from twiliobridge.mediastream import TwimlError, connect_stream, parse_twiml
from twiliobridge.mediastream.twiml import (
    Connect,
    Dial,
    Hangup,
    Pause,
    Play,
    Redirect,
    Say,
    Stream,
    UnknownVerb,
)

URL = "wss://example.com/twilio-agent"


def test_the_document_is_connect_stream_parameters_and_a_spoken_fallback():
    assert connect_stream(URL, {"k": "v"}, "Sorry.") == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Response><Connect><Stream url="wss://example.com/twilio-agent"><Parameter name="k" value="v" />'
        "</Stream></Connect><Say>Sorry.</Say><Hangup /></Response>"
    )


def test_what_is_written_is_read_back():
    """Whatever XML gives a meaning to survives in URL, parameters and text."""
    awkward = "<&>\"'\n\t é 電話 ]]>"
    url = "wss://example.com/a&b'c"
    stream = Stream(url=url, parameters={awkward: awkward, "empty": ""})
    document = connect_stream(url, stream.parameters, f"Sorry {awkward}")
    assert parse_twiml(document) == (Connect(stream), Say(f"Sorry {awkward}"), Hangup())


def test_without_a_fallback_the_call_ends():
    assert parse_twiml(connect_stream(URL, {}, "")) == (Connect(Stream(url=URL)), Hangup())


def test_a_connect_says_who_is_asked_when_the_stream_is_over():
    document = f'<Response><Connect action="/after"><Stream url="{URL}"/></Connect></Response>'
    assert parse_twiml(document) == (Connect(Stream(url=URL), action="/after"),)


@pytest.mark.parametrize("url", ["ws://localhost:8000/a", "ws://127.0.0.9/a", "ws://[::1]:1/a", URL])
def test_ws_passes_to_a_loopback_address(url):
    assert url in connect_stream(url, {}, "")


def test_ws_passes_elsewhere_only_if_allowed():
    with pytest.raises(TwimlError, match="must begin with wss://"):
        connect_stream("ws://10.0.0.1/a", {}, "")
    assert "ws://10.0.0.1/a" in connect_stream("ws://10.0.0.1/a", {}, "", allow_insecure=True)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://example.com/a", "must begin with wss://, was 'https://example.com/a'"),
        ("/a", "must be absolute"),
        ("", "must be absolute"),
        ("wss:///a", "must be absolute"),
        ("wss://[::1/a", "cannot be parsed"),
        (URL + "?token=1", "drops a stream URL's query"),
        (URL + "?", "drops a stream URL's query"),
        (URL + "#x", "drops a stream URL's query"),
        ("wss://example.com/\x00", "XML cannot hold"),
    ],
)
def test_a_url_twilio_would_not_connect_to_is_refused_in_one_line(url, reason):
    with pytest.raises(TwimlError, match=reason) as caught:
        connect_stream(url, {}, "")
    assert str(caught.value).isprintable()


def test_parameters_have_500_characters_each_and_the_document_64_kib():
    connect_stream(URL, {"n" * 500: "v" * 500}, "")
    for parameters in ({"n" * 501: "v"}, {"n": "v" * 501}):
        with pytest.raises(TwimlError, match="500 characters each, was 501"):
            connect_stream(URL, parameters, "")
    with pytest.raises(TwimlError, match="may have 65536 bytes"):
        connect_stream(URL, {}, "a" * 65536)


@pytest.mark.parametrize("text", ["\x00", "\x1b", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_refused(text):
    with pytest.raises(TwimlError, match="XML cannot hold the character"):
        connect_stream(URL, {"k": text}, "")
    with pytest.raises(TwimlError, match="XML cannot hold the character"):
        connect_stream(URL, {}, text)


def test_the_verbs_come_in_order():
    document = """<?xml version="1.0" encoding="UTF-8"?>
    <Response>
      <Say voice="alice">Hello <emphasis>you</emphasis>.</Say><Play>https://x/a.wav</Play>
      <Pause/><Pause length="3"/>
      <Connect>
        <Stream url="wss://x/s" name="n" track="both_tracks" statusCallback="https://x/c">
          <Parameter name="k" value="v"/>
        </Stream>
      </Connect>
      <Connect><ConversationRelay url="wss://x/r"/></Connect>
      <Redirect>/next</Redirect><Dial>+14155551212</Dial><Gather/><Hangup/>
    </Response>"""
    stream = Stream(
        url="wss://x/s",
        name="n",
        track="both_tracks",
        status_callback="https://x/c",
        parameters={"k": "v"},
    )
    assert parse_twiml(document) == (
        Say("Hello you."),
        Play("https://x/a.wav"),
        Pause(1),
        Pause(3),
        Connect(stream),
        UnknownVerb("Connect"),
        Redirect("/next", "POST"),
        Dial("+14155551212"),
        UnknownVerb("Gather"),
        Hangup(),
    )


def test_an_empty_response_has_no_verbs():
    assert parse_twiml("<Response/>") == ()


BILLION_LAUGHS = (
    '<!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><Response><Say>&i;</Say></Response>"
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BILLION_LAUGHS, "TwiML has no document type, found <!DOCTYPE r>"),
        ('<!DOCTYPE Response SYSTEM "file:///etc/passwd"><Response/>', "no document type"),
        ("<Response><Say>&x;</Say></Response>", "not XML: undefined entity"),
        ("", "not XML: no element found"),
        ("hello", "not XML: syntax error"),
        ("<Response>", "not XML: no element found"),
        ("<Response/><Response/>", "not XML: junk"),
        ("<Reply/>", "the root of TwiML is <Response>, was <Reply>"),
        ("<Response><Connect><Stream/></Connect></Response>", "<Stream> needs the attribute url"),
        ('<Response><Pause length="soon"/></Response>', "must be whole seconds, was 'soon'"),
        ("<Response>\x00</Response>", "not XML"),
        ("<Response>\ud800</Response>", "not XML"),
        ("<Response>" + " " * 65536 + "</Response>", "may have 65536 bytes"),
        ("<Response>" + "<a>" * 20_000, "not XML"),
    ],
)
def test_what_is_no_twiml_is_refused_in_one_line(text, reason):
    with pytest.raises(TwimlError, match=reason) as caught:
        parse_twiml(text)
    assert str(caught.value).isprintable()
