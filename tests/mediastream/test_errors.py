"""Codes, and texts of a bounded length."""

from twiliobridge.mediastream import LocalProtocolError, ProtocolError, RemoteProtocolError, StreamCode
from twiliobridge.mediastream.errors import clip


def test_codes_carry_their_meaning():
    assert StreamCode(31931) is StreamCode.MEDIA_DISCARDED
    assert all(31900 <= code < 32000 and code.meaning for code in StreamCode)


def test_one_class_catches_both_sides_and_a_code_is_a_number():
    assert issubclass(LocalProtocolError, ProtocolError)
    error = RemoteProtocolError("binary", StreamCode.MALFORMED_MESSAGE)
    assert isinstance(error, ProtocolError)
    assert error.code == 31950
    assert RemoteProtocolError("no code").code is None


def test_a_clipped_text_is_one_printable_line_of_at_most_160_characters():
    assert clip("a" * 160) == "a" * 160
    assert clip("a" * 161) == "a" * 157 + "..."
    assert clip("a\n\x1b\ud800b") == "a\ufffd\ufffd\ufffdb"
