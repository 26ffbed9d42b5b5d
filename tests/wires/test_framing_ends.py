"""RFC 6455, continued: text is UTF-8, a close is answered, and a message has a bound."""

import pytest
import trio
from framing_end import (
    BINARY,
    CLOSE,
    CONT,
    LARGEST,
    PING,
    PONG,
    TEXT,
    End,
    failed,
    frames,
    in_pieces,
)
from websockets.frames import Close, Frame

VALID = [
    "Hello-µ@ßöäüàá-UTF-8!!",
    "\N{GREEK SMALL LETTER KAPPA}\u1f79\N{GREEK SMALL LETTER SIGMA}\u03bc\u03b5",
    "\x00",
    "\x80",
    "\u0800",
    "\U00010000",
    "\x7f",
    "\u07ff",
    "\uffff",
    "\U0010ffff",
    "\ud7ff",
    "\ue000",
    "\ufffd",
    "\ufffe",
]


INVALID = [
    b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80edited",
    b"\xf8\x88\x80\x80\x80",
    b"\xfc\x84\x80\x80\x80\x80",
    b"\xf7\xbf\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\xbf",
    b"\x80\xbf\x80",
    b"\xc0 \xc1 ",
    b"\xe0 \xef ",
    b"\xc0",
    b"\xe0\x80",
    b"\xf0\x80\x80",
    b"\xef\xbf",
    b"\xf7\xbf\xbf",
    b"\xfe",
    b"\xff",
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xf0\x80\x80\xaf",
    b"\xc1\xbf",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xed\xa0\x80\xed\xb0\x80",
]


def test_6_text_is_any_unicode_cut_anywhere(end):
    """Also inside a character."""
    for text in VALID:
        for message in in_pieces(end, text.encode()):
            end.take(message)
            assert end.heard.pop() == text


def test_6_text_that_is_no_utf_8_is_a_fault(end):
    """As bytes it is none."""
    for data in INVALID:
        for message in in_pieces(end, data):
            end = end.fresh()
            end.take(end.frame(BINARY, data) + message)
            assert end.heard[0] == data
            failed(end, 1007)


@pytest.mark.parametrize("at", ["fragment", "byte"])
def test_6_it_is_one_at_its_first_wrong_byte(role, at):
    """Before the message is whole: between fragments, and within a frame that is still coming."""
    end = End(role, None)
    if at == "fragment":
        end.take(end.frame(TEXT, b"good", fin=False) + end.frame(CONT, b"\xf4\x90", fin=False))
    else:
        end.take(end.frame(TEXT, b"good \xf4\x90 and a lot more to come")[:-20])
    failed(end, 1007)


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ((1000, 1001, 1008, 1012, 3000, 3999, 4000, 4999), trio.EndOfChannel),
        ((1002, 1003, 1007, 1009, 1010, 1011), trio.BrokenResourceError),
    ],
)
@pytest.mark.parametrize("reason", ["", "gone for lunch, Zoë", "*" * 123])
def test_7_a_close_is_answered_with_its_code_and_told(end, codes, kind, reason):
    """Good order, or the peer's word that there was none; nothing after it is heard."""
    for sent in codes:
        end = end.fresh()
        payload = sent.to_bytes(2) + reason.encode()
        end.take(end.frame(TEXT, b"before") + end.frame(CLOSE, payload) + end.frame(TEXT, b"after"))
        assert end.heard == ["before", (CLOSE, payload)]
        assert isinstance(end.farewell, kind)
        assert str(end.farewell) == f"closed with {sent} {reason}".rstrip()


def test_7_a_close_without_a_code(end):
    end.take(end.frame(CLOSE))
    assert end.heard == [(CLOSE, b"")]
    assert str(end.farewell) == "closed with 1005"
    assert isinstance(end.farewell, trio.EndOfChannel)


def test_7_a_close_between_fragments_is_one(end):
    """The message that was begun will not come."""
    end.take(end.frame(TEXT, b"begun", fin=False) + end.frame(CLOSE, b"\x03\xe8"))
    assert end.heard == [(CLOSE, b"\x03\xe8")]
    assert isinstance(end.farewell, trio.EndOfChannel)


def test_7_a_code_that_may_not_be_sent_is_a_fault(end):
    for sent in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535):
        end = end.fresh()
        end.take(end.frame(CLOSE, sent.to_bytes(2)))
        failed(end, 1002)


def test_7_half_a_code_is_a_fault(end):
    end.take(end.frame(CLOSE, b"\x03"))
    failed(end, 1002)


def test_7_a_reason_that_is_no_utf_8_is_a_fault(end):
    end.take(end.frame(CLOSE, b"\x03\xe8\xce\xba\xed\xa0\x80"))
    failed(end, 1007)


def test_7_our_close_is_answered_and_said_once(end):
    """A reason too long is cut between characters. What the peer says before it has read that is heard."""
    [(opcode, data)] = frames(end.framing.close(1001, "ü" * 100), masked=not end.is_server)
    assert (opcode, Close.parse(data).reason) == (CLOSE, "ü" * 61)
    assert end.framing.close(1000, "again") == b""
    end.take(end.frame(TEXT, b"crossed") + end.frame(PING) + end.frame(CLOSE, data))
    assert end.heard == ["crossed", (PONG, b"")]
    assert str(end.farewell) == f"closed with 1001 {'ü' * 61}"


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_9_a_message_past_the_bound_is_a_fault_before_it_has_come(role, opcode):
    """At the header that says so, even if all of it came at once; and in fragments at the one too many."""
    for came in (20, None):
        end = End(role, None)
        end.take(end.frame(opcode, b"*" * (LARGEST + 1))[:came])
        failed(end, 1009)
    end = End(role, None)
    for number in range(LARGEST // 1000):
        end.take(end.frame(CONT if number else opcode, b"*" * 1000, fin=False))
    assert not end.framing.over
    end.take(end.frame(CONT, b"*")[:6])
    failed(end, 1009)


def test_9_a_length_of_2_to_the_63_is_one_too(role):
    end = End(role, None)
    end.take(bytes([0x81, 0xFF if role == "server" else 0x7F]) + b"\xff" * 8 + bytes(4))
    failed(end, 1009)


@pytest.mark.parametrize("begin", [b"\x81", b"\x82", b"\x88"])
def test_10_masks_are_the_client_s(role, begin):
    """A server hears no frame without one, a client none with one: told at the header (5.1)."""
    end = End(role, None)
    end.take(begin + (b"\x02ab" if role == "server" else b"\x82\x00\x00\x00\x00ab"))
    failed(end, 1002)


def test_10_messages_in_one_read_are_all_heard(role):
    end = End(role, None)
    end.take(b"".join(end.frame(TEXT, str(number).encode() * 50) for number in range(300)))
    assert end.heard == [str(number) * 50 for number in range(300)]


def test_what_comes_behind_the_end_is_not_kept(role):
    """A peer that does not hear of it may go on for as long as we wait for its own close."""
    end = End(role, None)
    end.take(end.frame(CONT, b"of nothing") + end.frame(TEXT, b"too late"))
    failed(end, 1002)
    end.framing.receive(b"x" * 1000)
    assert end.framing.next_message() is None
    assert not end.framing._data


def test_an_end_without_a_close_is_a_loss(end):
    end.take(end.frame(TEXT, b"half of it")[:-3])
    end.framing.receive_end()
    assert isinstance(end.farewell, trio.BrokenResourceError)
    assert end.heard == []


def test_a_frame_of_ours_is_what_the_core_would_have_made():
    end = End("server", None)
    for size in (0, 125, 126, 65535, 65536):
        assert end.framing.text("*" * size) == Frame(TEXT, b"*" * size).serialize(mask=False)
