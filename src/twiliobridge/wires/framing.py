"""One end of an open WebSocket (RFC 6455) without I/O: bytes in; messages, and bytes to write, out.

Nearly every frame of a call is common: a whole text message, masked as it must be, within its bound, and all
of it there in one read. It is read here, in a few microseconds. All others, that is fragments, binary and
control frames, what comes in pieces and what breaks a rule, go through the sans-I/O core of `websockets`,
which also keeps the connection's state. Compression is never negotiated: RSV1 breaks a rule.
"""

import logging
import struct
from enum import Enum
from typing import Final, Literal

import trio
from websockets.frames import DATA_OPCODES, CloseCode, Frame, Opcode
from websockets.protocol import Event, Protocol, Side, State

from twiliobridge.wires.masks import MASKS, apply_mask
from twiliobridge.wires.utf8 import Utf8

QUIET: Final = logging.getLogger("twiliobridge.websockets")
"For the core: it tells every connection at INFO, and every frame, audio and all, at DEBUG."
QUIET.setLevel(logging.WARNING)

_HEADER = struct.Struct(">HH")
"Two bytes, and the length where it has 16 bits (RFC 6455, 5.2)."
_LONGER = 126
"Stands for a length where those 16 bits have it, as in most frames; one more: 64 bits have it."
_WHOLE_TEXT = 0x8100
"FIN, no reserved bit, opcode 1; neither masked nor of any length."
_MASKED = 0x80
_LONGEST_REASON = 123
"Bytes of UTF-8 beside a close code in a control frame (5.5)."
_FAULTS = frozenset({1002, 1003, 1007, 1009, 1010, 1011})
"Codes of a peer that could not go on (7.4.1); with all others it has done what it came for, or says why not."


class Dealt(Enum):
    """What became of bytes that ended no message."""

    WITH = "a frame, or a piece of one"


class Framing:
    __slots__ = (
        "_at",
        "_core",
        "_data",
        "_end",
        "_fragmented",
        "_heard_text",
        "_is_server",
        "_largest",
        "_owed",
        "_parts",
        "_said_text",
        "_utf8",
        "over",
        "unsaid",
    )

    def __init__(self, side: Side, largest: int) -> None:
        """From the first byte behind the handshake; `largest` bounds a message, bytes."""
        self._core = Protocol(side, max_size=largest, logger=QUIET)
        self._largest = largest
        self._is_server = side is Side.SERVER
        self._heard_text = _WHOLE_TEXT | _LONGER | (_MASKED if self._is_server else 0)
        self._said_text = _WHOLE_TEXT | _LONGER | (0 if self._is_server else _MASKED)
        "The first two bytes of most frames."
        self.over = False
        "No more messages will come, and none can be sent."
        self.unsaid = b""
        "What must be written because of what was read: pongs, a close."
        self._data, self._at = b"", 0
        "What was taken, and how far it is dealt with. Nothing of it is kept once it is."
        self._owed = 0
        "Bytes of the core's frame that it has not got."
        self._parts = bytearray()
        "What the core has read of a message."
        self._fragmented = False
        "More of that message is to come."
        self._utf8 = Utf8()
        self._end: tuple[type[Exception], str] | None = None

    @property
    def may_leave(self) -> bool:
        """Whether both have said goodbye and this is the end to close first, the server's (7.1.1)."""
        both_said_goodbye = self._core.close_sent is not None and self._core.close_rcvd is not None
        return self._is_server and both_said_goodbye

    @property
    def has_failed(self) -> bool:
        """The peer broke a rule, and this is the end that closes the connection, the server's (7.1.7)."""
        return self._core.eof_sent and self._core.close_rcvd is None

    def farewell(self) -> Exception:
        """How it ended, as `Wire.receive` says it."""
        assert self._end is not None
        kind, text = self._end
        return kind(text)

    def receive(self, data: bytes) -> None:
        """Takes what the peer sent, cut anywhere; nothing once it is over."""
        if not self.over:
            self._data, self._at = self._data[self._at :] + data, 0

    def receive_text(self, data: bytes) -> str | None:
        """The text that `data` is: nearly always one common frame, with nothing before it to be dealt with.

        None if it is anything else. Then nothing was taken: `receive` does.
        """
        if self._data or self._owed or self.over:
            return None
        text, stop = self._common(data, 0)
        return text if stop == len(data) else None

    def receive_end(self) -> None:
        """The peer's half of the connection is closed, in whatever way: nothing more will come."""
        self._end = self._end or (trio.BrokenResourceError, "the connection broke without a close")
        self.over = True

    def let_go(self) -> None:
        """The wire is closed. The core's parser is a generator that holds the core: after a long call, this
        cycle would stay until the collector has gone through all there is.
        """
        self._core.parser.close()

    def next_message(self) -> str | bytes | Literal[Dealt.WITH] | None:
        """The next message of what was taken; None if more bytes are needed, or if it is over.

        `Dealt.WITH`: a frame that ends no message. Of these a read may bring a thousand, and others wait.
        What follows it was not looked at yet, so it can still be answered, whatever comes then.
        """
        if self._at < len(self._data) and not self.over:
            if not self._owed:
                text, self._at = self._common(self._data, self._at)
                if text is not None:
                    return text
            if self._owed or self._leave_to_core():
                return self._pass_on()
        # What was read is not kept until the next read: every wire would hold some.
        self._data, self._at = b"" if self.over else self._data[self._at :], 0
        return None

    def answer(self) -> bytes:
        """Takes `unsaid`, to be written."""
        answer, self.unsaid = self.unsaid, b""
        return answer

    def text(self, text: str) -> bytes:
        """The frame of a text message."""
        data = text.encode()
        size = len(data)
        if _LONGER <= size < 1 << 16:
            head = _HEADER.pack(self._said_text, size)
        elif size < _LONGER:
            head = _HEADER.pack(self._said_text - _LONGER + size, 0)[:2]
        else:
            head = _HEADER.pack(self._said_text + 1, 0)[:2] + size.to_bytes(8)
        if self._is_server:
            return head + data
        mask = next(MASKS)
        return head + mask + apply_mask(data, mask)

    def close(self, code: int, reason: str) -> bytes:
        """The frame that begins the closing handshake; nothing if one was sent, in answer or for a fault."""
        if self._core.state is State.OPEN:
            clipped = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
            self._core.send_close(code, clipped)
            self._hear_core()
        return self.answer()

    def _common(self, data: bytes, at: int) -> tuple[str | None, int]:
        """The text of the frame at `at`, and where that ends; None and `at` if it is no common one."""
        if self._fragmented or at + _HEADER.size > len(data):
            return None, at
        first, size = _HEADER.unpack_from(data, at)
        begin = at + (8 if self._is_server else 4)
        if first != self._heard_text:
            size, begin = first - self._heard_text + _LONGER, begin - 2
            if not 0 <= size < _LONGER:
                return None, at
        stop = begin + size
        if size > self._largest or stop > len(data):
            return None, at
        payload = data[begin:stop]
        if self._is_server:
            payload = apply_mask(payload, data[begin - 4 : begin])
        try:
            return payload.decode(), stop
        except UnicodeDecodeError:
            return None, at  # the core will say what that means

    def _leave_to_core(self) -> bool:
        """The frame that begins here; False if its header is not whole."""
        payload = _measure(self._data, self._at)
        if payload is None:
            return False
        begin, stop = payload
        first, self._owed = self._data[self._at], stop - self._at
        mask = self._data[begin - 4 : begin] if self._is_server else bytes(4)
        self._utf8.enter(first, begin - self._at, mask)
        if first & 0x0F == Opcode.CLOSE and self._fragmented:
            # As all control frames it may come between fragments (5.4). The core would call that a fault, so
            # it is told that the message, which nobody will hear, was at its end.
            self._core.receive_data(b"\x80\x80" + bytes(4) if self._is_server else b"\x80\x00")
            self._core.events_received()
        return True

    def _pass_on(self) -> str | bytes | Literal[Dealt.WITH]:
        """Gives the core of its frame what there is; the message that this ends."""
        piece = self._data[self._at : self._at + self._owed]
        self._at += len(piece)
        self._owed -= len(piece)
        self._core.receive_data(piece)
        self._hear_core()
        sent, received = self._core.close_sent, self._core.close_rcvd
        if self._core.parser_exc is not None and sent is not None:
            self._ended(trio.BrokenResourceError, sent.code, sent.reason)
        elif received is not None:
            kind = trio.BrokenResourceError if received.code in _FAULTS else trio.EndOfChannel
            self._ended(kind, received.code, received.reason)
        else:
            return self._hear(piece)
        return Dealt.WITH

    def _hear(self, piece: bytes) -> str | bytes | Literal[Dealt.WITH]:
        try:
            self._utf8.check(piece, last=not self._owed)
        except UnicodeDecodeError as error:
            self._fail(error)
            return Dealt.WITH
        frames = self._core.events_received()
        return self._collect(frames[0]) if frames else Dealt.WITH

    def _collect(self, frame: Event) -> str | bytes | Literal[Dealt.WITH]:
        assert isinstance(frame, Frame)
        if frame.opcode not in DATA_OPCODES:
            return Dealt.WITH
        self._parts += frame.data
        self._fragmented = not frame.fin
        if self._fragmented:
            return Dealt.WITH
        whole, self._parts = self._parts, bytearray()
        return whole.decode() if self._utf8.is_text else bytes(whole)

    def _hear_core(self) -> None:
        self.unsaid += b"".join(self._core.data_to_send())

    def _fail(self, error: UnicodeDecodeError) -> None:
        self._core.fail(CloseCode.INVALID_DATA, error.reason)
        self._hear_core()
        self._ended(trio.BrokenResourceError, CloseCode.INVALID_DATA, error.reason)

    def _ended(self, kind: type[Exception], code: int, reason: str) -> None:
        self._end = self._end or (kind, f"closed with {int(code)} {reason}".rstrip())
        self.over = True


def _measure(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `at` begins and ends; None if its header is not whole (5.2)."""
    begin = at + 2
    if begin > len(data):
        return None
    size = data[at + 1] & 0x7F
    if size >= _LONGER:
        begin += 2 if size == _LONGER else 8
        size = int.from_bytes(data[at + 2 : begin])
    if data[at + 1] >= 0x80:
        begin += 4
    return (begin, begin + size) if begin <= len(data) else None
