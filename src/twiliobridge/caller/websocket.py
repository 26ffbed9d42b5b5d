"""A WebSocket from websockets' sans-I/O core on an anyio stream, so that one file serves Trio and asyncio."""

import math
import socket
import struct

import anyio
from anyio.abc import ByteStream, SocketAttribute
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

from twiliobridge.caller.bell import Bell
from twiliobridge.caller.errors import CallEnded
from twiliobridge.mediastream.errors import StreamCode, clip
from twiliobridge.wires.wire import WireFull

BACKLOG = 1 << 20
"Bytes that the server may leave unread: a minute of frames and more."

_READ_BYTES = 65536
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # linger on, for 0 s: closing sends RST
_NOW, _NOT_YET = -math.inf, math.inf


class WebSocket:
    """The Carrier that `dial` opens."""

    def __init__(self, stream: ByteStream, protocol: ClientProtocol) -> None:
        self._stream = stream
        self._protocol = protocol
        self._unsent = bytearray()
        self._unread: list[str | bytes] = []
        self._fragments: list[Frame] = []
        self._bell = Bell()

    async def receive(self) -> str | bytes:
        while not self._unread:
            if self._is_over:
                raise self._farewell()
            await self._read()
        return self._unread.pop(0)

    def send(self, text: str) -> None:
        if self._protocol.state is not State.OPEN:
            return
        if len(self._unsent) > BACKLOG:
            raise WireFull(f"{len(self._unsent)} bytes wait for the server to read them")
        self._protocol.send_text(text.encode())
        self._queue()

    def send_raw(self, data: bytes) -> None:
        """Bytes below the WebSocket, in no frame but their own: for those who test what breaks one."""
        self._unsent += data
        self._bell.ring()

    async def carry(self) -> None:
        while self._protocol.state is not State.CLOSED:
            await self._flush()
            await self._bell.wait_until(lambda: _NOW if self._unsent else _NOT_YET)

    async def wait_carried(self) -> None:
        await self._bell.wait_until(lambda: _NOT_YET if self._unsent else _NOW)

    async def aclose(self) -> None:
        try:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(1000)
                self._queue()
            await self._flush()
            while self._protocol.state is not State.CLOSED:
                await self._read()
        finally:
            await anyio.aclose_forcefully(self._stream)

    async def abort(self) -> None:
        raw = self._stream.extra(SocketAttribute.raw_socket)  # noqa: S610 -- anyio, not Django
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        await anyio.aclose_forcefully(self._stream)

    async def shake_hands(self, request: Request) -> None:
        """InvalidHandshake if the answer is not a plain 101."""
        self._protocol.send_request(request)
        self._queue()
        await self._flush()
        while self._protocol.state is State.CONNECTING and self._protocol.handshake_exc is None:
            await self._read()
        if self._protocol.handshake_exc is not None:
            raise self._protocol.handshake_exc

    async def _read(self) -> None:
        try:
            self._protocol.receive_data(await self._stream.receive(_READ_BYTES))
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
                self._collect(event)
        self._queue()

    def _collect(self, frame: Frame) -> None:
        self._fragments.append(frame)
        if frame.fin:
            whole = b"".join(each.data for each in self._fragments)
            is_text = self._fragments[0].opcode is Opcode.TEXT
            self._fragments.clear()
            # Text that is not UTF-8 breaks RFC 6455, and what it says is then the stream's business.
            self._unread.append(whole.decode("utf-8", "replace") if is_text else whole)

    def _queue(self) -> None:
        self._unsent += b"".join(
            self._protocol.data_to_send()
        )  # SEND_EOF is empty: closing is done by who opened
        self._bell.ring()

    async def _flush(self) -> None:
        while self._unsent:
            data = bytes(self._unsent)
            try:
                await self._stream.send(data)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                data = bytes(self._unsent)  # nobody will take it; `receive` meets the same end, and says why
            del self._unsent[: len(data)]
            self._bell.ring()

    @property
    def _is_over(self) -> bool:
        protocol = self._protocol
        failed = protocol.parser_exc is not None  # of what follows a broken frame nothing can be understood
        return failed or protocol.close_rcvd is not None or protocol.state is State.CLOSED

    def _farewell(self) -> CallEnded:
        close, fault = self._protocol.close_rcvd, self._protocol.parser_exc
        if fault is not None and not isinstance(fault, EOFError):
            sent = self._protocol.close_sent
            reason = f"{fault.__class__.__name__}: {fault}" if str(fault) else fault.__class__.__name__
            text = f"the server broke the WebSocket protocol: {clip(reason)}"
            return CallEnded(text, 1002 if sent is None else int(sent.code), StreamCode.PROTOCOL)
        if close is None:
            return CallEnded("the server vanished without closing", 1006, StreamCode.BROKEN_PIPE)
        return CallEnded(f"the server closed with {close.code} {close.reason}".rstrip(), int(close.code))
