"""One end of an open WebSocket (RFC 6455) without I/O: bytes in; messages, and bytes to write, out.

Nearly every frame of a call is common: a whole text message, masked as it must be, within its bound, and all
of it there in one read. It is read here, in a few microseconds. All others, that is fragments, binary and
control frames, what comes in pieces and what breaks a rule, go through the sans-I/O core of `websockets`,
which also keeps the connection's state. Compression is never negotiated: RSV1 breaks a rule.
"""

import codecs
import logging
import secrets
from collections import deque
from typing import Final

import trio
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Protocol, Side, State

try:
    from websockets.speedups import apply_mask
except ImportError:  # no wheel for this machine
    from websockets.utils import apply_mask

QUIET: Final = logging.getLogger("twiliobridge.websockets")
"For the core: it tells every connection at INFO, and every frame, audio and all, at DEBUG."
QUIET.setLevel(logging.WARNING)

_WHOLE_TEXT = 0x81
"First byte of a frame: FIN, no reserved bit, opcode 1 (RFC 6455, 5.2)."
_LONGEST_REASON = 123
"Bytes of UTF-8 beside a close code in a control frame (5.5)."
_FAULTS = frozenset({1002, 1003, 1007, 1009, 1010, 1011})
"Codes of a peer that could not go on (7.4.1); with all others it has done what it came for, or says why not."
_DATA = frozenset({Opcode.CONT, Opcode.TEXT, Opcode.BINARY})


class Framing:
    def __init__(self, core: Protocol, largest: int) -> None:
        """`core` is past its handshake, and has seen no byte behind it; `largest` bounds a message, bytes."""
        self.arrived: deque[str | bytes] = deque()
        "Messages of the peer, in order, for the user to take."
        self._core = core
        self._largest = largest
        self._mask_bytes = 4 if core.side is Side.SERVER else 0
        self._header = b""
        "The beginning of a frame too short to tell its length: 13 bytes at the most."
        self._owed = 0
        "Bytes that are still to come of the frame that the core is reading."
        self._message: bytearray | None = None
        "A message in fragments, as far as it came; validated as far, if it is text."
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._is_text = False
        self._end: tuple[type[Exception], str] | None = None

    @property
    def over(self) -> bool:
        """No more messages will arrive, and none can be sent."""
        return self._end is not None

    @property
    def closes_first(self) -> bool:
        """Whether this end is the one to close the connection once both have said goodbye."""
        return self._core.side is Side.SERVER

    def farewell(self) -> Exception:
        """How it ended, as `Wire.receive` says it."""
        assert self._end is not None
        kind, text = self._end
        return kind(text)

    def receive(self, data: bytes) -> bytes:
        """Takes what the peer sent, cut anywhere; returns what must be written in answer, mostly nothing."""
        if self._end is not None:
            return b""
        if self._header:
            data, self._header = self._header + data, b""
        at, end = self._through_core(data, 0, self._owed) if self._owed else 0, len(data)
        while at < end and self._end is None:
            begin = at + 2
            size = data[at + 1] & 0x7F if begin <= end else 0
            if size >= 126:
                begin += 2 if size == 126 else 8
                size = int.from_bytes(data[at + 2 : begin])
            begin += self._mask_bytes
            if begin > end:
                self._header = data[at:]
                break
            stop = begin + size
            if stop <= end and self._is_common(data[at], data[at + 1], size):
                self._take(data, begin, stop)
                at = stop
            else:
                at = self._through_core(data, at, stop - at)
        return b"".join(self._core.data_to_send())

    def receive_end(self) -> None:
        """The peer's half of the connection is closed, in whatever way: nothing more will come."""
        self._end = self._end or (trio.BrokenResourceError, "the connection broke without a close")

    def text(self, text: str) -> bytes:
        """The frame of a text message."""
        return _frame(text.encode(), masked=self._core.side is Side.CLIENT)

    def close(self, code: int, reason: str) -> bytes:
        """The frame that begins the closing handshake; nothing if one was sent, in answer or for a fault."""
        if self._core.state is State.OPEN:
            clipped = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
            self._core.send_close(code, clipped)
        return b"".join(self._core.data_to_send())

    def _is_common(self, first: int, second: int, size: int) -> bool:
        masked = second >= 0x80
        return (
            first == _WHOLE_TEXT
            and masked == bool(self._mask_bytes)
            and size <= self._largest
            and self._message is None
        )

    def _take(self, data: bytes, begin: int, stop: int) -> None:
        payload = data[begin:stop]
        if self._mask_bytes:
            payload = apply_mask(payload, data[begin - 4 : begin])
        try:
            self.arrived.append(payload.decode())
        except UnicodeDecodeError as error:
            self._fail(error)

    def _through_core(self, data: bytes, at: int, size: int) -> int:
        """Gives the core the next `size` bytes, or as many as there are; returns how far that is."""
        stop = min(at + size, len(data))
        self._owed = at + size - stop
        self._core.receive_data(data[at:stop])
        for event in self._core.events_received():
            if isinstance(event, Frame) and event.opcode in _DATA and self._end is None:
                self._collect(event)
        sent, received = self._core.close_sent, self._core.close_rcvd
        if self._core.parser_exc is not None and sent is not None:
            self._ended(trio.BrokenResourceError, sent.code, sent.reason)
        elif received is not None:
            kind = trio.BrokenResourceError if received.code in _FAULTS else trio.EndOfChannel
            self._ended(kind, received.code, received.reason)
        return stop

    def _collect(self, frame: Frame) -> None:
        if self._message is None:
            self._message, self._is_text = bytearray(), frame.opcode is Opcode.TEXT
            self._utf8.reset()
        self._message += frame.data
        try:
            if self._is_text:
                self._utf8.decode(frame.data, frame.fin)
        except UnicodeDecodeError as error:
            self._fail(error)
            return
        if frame.fin:
            self.arrived.append(self._message.decode() if self._is_text else bytes(self._message))
            self._message = None

    def _fail(self, error: UnicodeDecodeError) -> None:
        self._core.fail(CloseCode.INVALID_DATA, error.reason)
        self._ended(trio.BrokenResourceError, CloseCode.INVALID_DATA, error.reason)

    def _ended(self, kind: type[Exception], code: int, reason: str) -> None:
        self._end = self._end or (kind, f"closed with {int(code)} {reason}".rstrip())


def _frame(data: bytes, *, masked: bool) -> bytes:
    size = len(data)
    bit = 0x80 if masked else 0
    if size < 126:
        head = bytes((_WHOLE_TEXT, bit | size))
    elif size < 1 << 16:
        head = bytes((_WHOLE_TEXT, bit | 126, size >> 8, size & 0xFF))
    else:
        head = bytes((_WHOLE_TEXT, bit | 127)) + size.to_bytes(8)
    if not masked:
        return head + data
    mask = secrets.token_bytes(4)
    return head + mask + apply_mask(data, mask)
