"""RFC 6455 at both ends, as the case list of the Autobahn suite has it (1 to 7, 9 and 10), without a socket.

Every law is fed whole, byte by byte, and behind a message that must still be answered.
"""

import pytest
import trio
from websockets.client import ClientProtocol
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from twiliobridge.wires.framing import Framing

LARGEST = 70_000
URI = parse_uri("ws://h/")


class End:
    """Our end, its peer's bytes, and what became of them."""

    def __init__(self, role, step):
        self.is_server = role == "server"
        core = ServerProtocol if self.is_server else lambda **more: ClientProtocol(URI, **more)
        self.framing = Framing(core(state=State.OPEN, max_size=LARGEST), LARGEST)
        self.role, self.step = role, step
        self.heard = []
        "Messages, and what was answered, in the order of their time."

    def fresh(self):
        """Another like this."""
        return End(self.role, self.step)

    def take(self, data):
        for start in range(0, len(data), self.step or len(data)):
            self.framing.receive(data[start : start + (self.step or len(data))])
            while (message := self.framing.next_message()) is not None:
                self.hear_answer()
                self.heard.append(message)
            self.hear_answer()

    def hear_answer(self):
        if answer := self.framing.answer():
            self.heard += frames(answer, masked=not self.is_server)

    def frame(self, opcode, data=b"", *, fin=True, rsv=0, mask=b"\x12\x34\x56\x78"):
        """A frame of the peer's, lawful or not."""
        head = bytes([fin << 7 | rsv << 4 | opcode])
        bit = 0x80 if self.is_server else 0
        size = len(data)
        if size < 126:
            head += bytes([bit | size])
        elif size < 1 << 16:
            head += bytes([bit | 126]) + size.to_bytes(2)
        else:
            head += bytes([bit | 127]) + size.to_bytes(8)
        if not self.is_server:
            return head + data
        return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))

    @property
    def farewell(self):
        return self.framing.farewell() if self.framing.over else None


def frames(data, *, masked):
    """What we have written, as a core of the other side reads it."""
    reader = ServerProtocol(state=State.OPEN) if masked else ClientProtocol(URI, state=State.OPEN)
    reader.receive_data(data)
    assert reader.parser_exc is None
    return [(frame.opcode, bytes(frame.data)) for frame in reader.events_received()]


TEXT, BINARY, CONT = Opcode.TEXT, Opcode.BINARY, Opcode.CONT
CLOSE, PING, PONG = Opcode.CLOSE, Opcode.PING, Opcode.PONG


@pytest.fixture(params=["server", "client"])
def role(request):
    return request.param


@pytest.fixture(params=[None, 1, 7], ids=["whole", "byte by byte", "in sevens"])
def end(request, role):
    return End(role, request.param)


def code(farewell):
    return int(str(farewell).split()[2])


def failed(end, expected):
    """We have failed the connection with that code, and say so once: nothing after it is heard."""
    [(opcode, data)] = end.heard[-1:]
    assert (opcode, Close.parse(data).code) == (CLOSE, expected)
    assert isinstance(end.farewell, trio.BrokenResourceError)
    assert code(end.farewell) == expected
    before = list(end.heard)
    end.take(end.frame(TEXT, b"too late"))
    assert end.heard == before
    assert end.framing.close(1000, "") == b""


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 128, 65535, 65536, LARGEST])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_1_messages_of_every_size(end, opcode, size):
    """Around each change of the length's form; up to the bound."""
    end.take(end.frame(opcode, b"*" * size))
    assert end.heard == ["*" * size if opcode is TEXT else b"*" * size]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_1_what_we_write_is_read(role, size):
    end = End(role, None)
    text = "ü" * (size // 2) + "*" * (size % 2)
    written = frames(end.framing.text(text), masked=role == "client")
    assert written == [(TEXT, text.encode())]


def test_a_client_masks_with_another_key_each_time():
    """Unpredictable to the application (5.3)."""
    end = End("client", None)
    keys = {end.framing.text("the same")[2:6] for _ in range(20)}
    assert len(keys) == 20


@pytest.mark.parametrize("payload", [b"", b"hello", b"\x00\xff\xfe\xfd", b"*" * 125])
def test_2_a_ping_is_answered_by_a_pong_with_its_bytes(end, payload):
    end.take(end.frame(PING, payload) + end.frame(TEXT, b"x"))
    assert end.heard == [(PONG, payload), "x"]


def test_2_many_pings_are_many_pongs(end):
    end.take(b"".join(end.frame(PING, bytes([number])) for number in range(10)))
    assert end.heard == [(PONG, bytes([number])) for number in range(10)]


def test_2_a_pong_nobody_asked_for_is_nothing(end):
    end.take(end.frame(PONG, b"unsolicited") + end.frame(PING, b"p") + end.frame(PONG))
    assert end.heard == [(PONG, b"p")]


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_2_a_control_frame_has_125_bytes_at_the_most(end, opcode):
    end.take(end.frame(opcode, b"\x03\xe8" + b"*" * 124))
    failed(end, 1002)


@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, CLOSE])
def test_3_a_reserved_bit_is_a_fault(end, opcode):
    """RSV1 too: compression is never negotiated. What came before is heard, and what comes after is not."""
    for rsv in range(1, 8):
        end = end.fresh()
        end.take(end.frame(TEXT, b"before") + end.frame(opcode, b"", rsv=rsv) + end.frame(TEXT, b"after"))
        assert end.heard[0] == "before"
        failed(end, 1002)


@pytest.mark.parametrize("payload", [b"", b"reserved"])
def test_4_a_reserved_opcode_is_a_fault(end, payload):
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        end = end.fresh()
        end.take(end.frame(TEXT, b"before") + end.frame(opcode, payload) + end.frame(PING))
        assert end.heard[0] == "before"
        failed(end, 1002)


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_5_a_control_frame_is_whole(end, opcode):
    end.take(end.frame(opcode, b"", fin=False) + end.frame(CONT, b""))
    failed(end, 1002)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_5_fragments_are_one_message(end, opcode):
    """Empty ones too, and with pings between them, which are answered at once; then a common frame again."""
    parts = [end.frame(opcode, b"", fin=False), end.frame(CONT, b"frag", fin=False), end.frame(PING, b"1")]
    parts += [end.frame(CONT, b"", fin=False), end.frame(PING, b"2"), end.frame(CONT, b"ments")]
    end.take(b"".join([*parts, end.frame(TEXT, b"next")]))
    whole = "fragments" if opcode is TEXT else b"fragments"
    assert end.heard == [(PONG, b"1"), (PONG, b"2"), whole, "next"]


@pytest.mark.parametrize("fin", [True, False])
def test_5_a_continuation_of_nothing_is_a_fault(end, fin):
    end.take(end.frame(TEXT, b"before") + end.frame(CONT, b"of nothing", fin=fin))
    assert end.heard[0] == "before"
    failed(end, 1002)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_5_a_message_within_a_message_is_a_fault(end, opcode):
    end.take(end.frame(TEXT, b"begun", fin=False) + end.frame(opcode, b"another"))
    failed(end, 1002)


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


def in_pieces(end, data):
    """A text message: whole, and in two fragments cut at each of its first bytes."""
    yield end.frame(TEXT, data)
    for cut in range(4):
        yield end.frame(TEXT, data[:cut], fin=False) + end.frame(CONT, data[cut:])


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


def test_an_end_without_a_close_is_a_loss(end):
    end.take(end.frame(TEXT, b"half of it")[:-3])
    end.framing.receive_end()
    assert isinstance(end.farewell, trio.BrokenResourceError)
    assert end.heard == []


def test_a_frame_of_ours_is_what_the_core_would_have_made():
    end = End("server", None)
    for size in (0, 125, 126, 65535, 65536):
        assert end.framing.text("*" * size) == Frame(TEXT, b"*" * size).serialize(mask=False)
