"""RFC 6455 at both ends, as the case list of the Autobahn suite has it (1 to 7, 9 and 10), without a socket.

Every law is fed whole, byte by byte, and behind a message that must still be answered.
"""

import sys

import pytest
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
)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 128, 65535, 65536, LARGEST])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_1_messages_of_every_size(end, opcode, size):
    """Around each change of the length's form; up to the bound."""
    end.take(end.frame(opcode, b"*" * size))
    assert end.heard == ["*" * size if opcode is TEXT else b"*" * size]


@pytest.mark.parametrize("size", [5, 200])
@pytest.mark.parametrize("before", ["frame", "fragment"])
def test_1_what_looks_like_a_frame_within_a_message_is_none(role, before, size):
    """Though a read begins where it does, and ends where it does."""
    end = End(role, None)
    inner = end.frame(TEXT, b"*" * size)
    outer = end.frame(BINARY, inner, mask=bytes(4))
    if before == "fragment":
        end.take(end.frame(BINARY, b"<", fin=False))
        outer = end.frame(CONT, inner, mask=bytes(4))
    end.take(outer[: -len(inner)])
    end.take(inner)
    assert end.heard == [inner if before == "frame" else b"<" + inner]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_1_what_we_write_is_read(role, size):
    end = End(role, None)
    text = "ü" * (size // 2) + "*" * (size % 2)
    written = frames(end.framing.text(text), masked=role == "client")
    assert written == [(TEXT, text.encode())]


def test_a_read_is_not_kept_once_it_is_dealt_with(role):
    """Until the next read, which may be long in coming, every connection would hold one."""
    end = End(role, None)
    frame = end.frame(TEXT, b"hello")
    for read in (frame, frame * 3, frame + end.frame(PING), frame + frame[:-1], frame[-1:] + frame[:3]):
        holders = sys.getrefcount(read)
        end.take(read)
        assert sys.getrefcount(read) == holders


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
