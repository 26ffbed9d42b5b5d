"""Any text is TwiML or a TwimlError; what is written is read back."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from twiliobridge.mediastream import TwimlError, connect_stream, parse_twiml
from twiliobridge.mediastream.twiml import Connect, Hangup, Say, Stream

ANY_TEXT = st.text(st.characters(categories=None), max_size=40)
PIECES = [
    "<Response>",
    "</Response>",
    "<Say>",
    "</Say>",
    "<!DOCTYPE x [",
    "]>",
    "&amp;",
    "&a;",
    "<?xml ",
    "<![CDATA[",
]
XML_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), max_size=40)


@given(ANY_TEXT | st.lists(st.sampled_from(PIECES) | ANY_TEXT, max_size=8).map("".join))
def test_any_text_is_twiml_or_a_twiml_error(text):
    with contextlib.suppress(TwimlError):
        parse_twiml(text)


@given(st.dictionaries(XML_TEXT.filter(bool), XML_TEXT, max_size=4), XML_TEXT.map(str.strip))
def test_what_is_written_is_read_back(parameters, fallback):
    verbs = parse_twiml(connect_stream("wss://example.com/a", parameters, fallback))
    stream = Stream(url="wss://example.com/a", parameters=parameters)
    assert verbs == (Connect(stream), *([Say(fallback)] if fallback else []), Hangup())


@given(st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=4), ANY_TEXT)
def test_whatever_the_texts_the_document_is_lawful_or_refused(parameters, fallback):
    with contextlib.suppress(TwimlError):
        document = connect_stream("wss://example.com/a", parameters, fallback)
        document.encode()
