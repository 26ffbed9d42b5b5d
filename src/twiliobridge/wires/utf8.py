"""UTF-8 of a WebSocket's text messages, told as the bytes come (RFC 6455, 8.1)."""

import codecs

from websockets.frames import DATA_OPCODES, Opcode

from twiliobridge.wires.masks import apply_mask


class Utf8:
    """Tells the first byte of a text message that is no UTF-8 as soon as it is there (8.1)."""

    def __init__(self) -> None:
        self.is_text = False
        "Whether the message is."
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._checks = self._ends = False
        self._header = self._seen = 0
        self._mask = b""

    def enter(self, first: int, header: int, mask: bytes) -> None:
        """A frame begins: its first byte, the size of its header, and its mask."""
        opcode = first & 0x0F
        if opcode in {Opcode.TEXT, Opcode.BINARY}:
            self.is_text = opcode == Opcode.TEXT
            self._decoder.reset()
        self._checks = self.is_text and opcode in DATA_OPCODES
        self._ends = first >= 0x80
        self._header, self._seen, self._mask = header, 0, mask

    def check(self, piece: bytes, *, last: bool) -> None:
        """Raises UnicodeDecodeError. The first piece of a frame has its whole header."""
        if not self._checks:
            return
        payload, self._header = piece[self._header :], 0
        turn = self._seen % 4
        self._seen += len(payload)
        self._decoder.decode(apply_mask(payload, self._mask[turn:] + self._mask[:turn]), self._ends and last)
