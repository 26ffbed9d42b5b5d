"""An end of a WebSocket without a socket, and what it may be told."""

import trio
from websockets.frames import Close, Opcode
from websockets.protocol import Protocol, Side

from twiliobridge.wires.framing import Dealt, Framing

LARGEST = 70_000


class End:
    """Our end, its peer's bytes, and what became of them."""

    def __init__(self, role, step):
        self.is_server = role == "server"
        self.framing = Framing(Side.SERVER if self.is_server else Side.CLIENT, LARGEST)
        self.role, self.step = role, step
        self.heard = []
        "Messages, and what was answered, in the order of their time."

    def fresh(self):
        """Another like this."""
        return End(self.role, self.step)

    def take(self, data):
        """As the wire does: the short way for a read that is one common frame, the long one for others."""
        for start in range(0, len(data), self.step or len(data)):
            piece = data[start : start + (self.step or len(data))]
            if (text := self.framing.receive_text(piece)) is not None:
                self.heard.append(text)
                continue
            self.framing.receive(piece)
            while (message := self.framing.next_message()) is not None:
                self.hear_answer()
                if message is not Dealt.WITH:
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
    reader = Protocol(Side.SERVER if masked else Side.CLIENT)
    reader.receive_data(data)
    assert reader.parser_exc is None
    return [(frame.opcode, bytes(frame.data)) for frame in reader.events_received()]


TEXT, BINARY, CONT = Opcode.TEXT, Opcode.BINARY, Opcode.CONT


CLOSE, PING, PONG = Opcode.CLOSE, Opcode.PING, Opcode.PONG


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


def in_pieces(end, data):
    """A text message: whole, and in two fragments cut at each of its first bytes."""
    yield end.frame(TEXT, data)
    for cut in range(4):
        yield end.frame(TEXT, data[:cut], fin=False) + end.frame(CONT, data[cut:])
