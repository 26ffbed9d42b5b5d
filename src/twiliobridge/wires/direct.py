"""A wire straight on a socket: no stream, no channel and no task between a call and its peer.

`send` writes at once what the kernel takes; the rest waits in a bounded backlog for a task that lives as
long as there is some. `receive` waits for the socket, reads once, and returns the messages of that read one
by one, so that a message is read, decided and answered in one step of the task that receives. `deliver` does
without that task, too, while nothing but messages comes.
"""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import NoReturn

import trio

from twiliobridge.wires.framing import Dealt, Framing
from twiliobridge.wires.reactor import notify_closing, watch
from twiliobridge.wires.tls import Tls, TlsFault
from twiliobridge.wires.wire import GRACE, Wire, WireFull

READ_BYTES = 8192
"Several frames of a phone, or 700 ms of a model."
MOST_IN_A_STEP = 16
"Frames that one read may have brought before other tasks have their turn: a third of a second of them."
_BUFFER: trio.lowlevel.RunVar[memoryview] = trio.lowlevel.RunVar("twiliobridge.read_buffer")
"Where all wires of a run read to, one after the other. A buffer for each read leaves holes in the heap."


class DirectWire(Wire):
    """Opened by `open_direct_wire`."""

    __slots__ = (
        "_backlog",
        "_buffer",
        "_ended",
        "_framing",
        "_in_step",
        "_leaving",
        "_socket",
        "_start",
        "_tls",
        "_unsent",
        "_waiting",
    )

    def __init__(
        self,
        peer: socket.socket,
        framing: Framing,
        backlog: int,
        tls: Tls | None,
        start: Callable[[Callable[[], Awaitable[None]]], None],
    ) -> None:
        """`start` runs a task for as long as the wire is open."""
        self._socket = peer
        self._framing = framing
        self._tls = tls
        self._backlog = backlog
        self._buffer = _buffer_of_this_run()
        self._start = start
        self._unsent: list[memoryview] = []
        self._waiting = 0
        "Bytes in `_unsent`."
        self._in_step = 0
        "Frames since the last checkpoint."
        self._leaving = False
        self._ended = False
        "The peer's stream of bytes is at its end."

    async def receive(self) -> str | bytes:
        """Returns without a checkpoint where a message is there already, but not too often in a row."""
        while True:
            if self._leaving:
                raise trio.ClosedResourceError("this end was closed")
            if self._in_step == MOST_IN_A_STEP:
                self._in_step = 0
                await trio.lowlevel.checkpoint()
                continue
            self._in_step += 1
            message = self._framing.next_message()
            self._answer()
            if message is None:
                await self._read_more()
            elif message is not Dealt.WITH:
                return message

    async def deliver(self, take: Callable[[str | bytes], None]) -> NoReturn:
        while True:
            take(await self.receive())
            if self._hand_over(take):
                await watch(self._socket, partial(self._read_and_hand_over, take))

    def send(self, text: str) -> None:
        if self._leaving:
            raise trio.ClosedResourceError("this end was closed")
        if self._framing.over:
            raise trio.BrokenResourceError("the peer is gone")
        frame = self._framing.text(text)
        if self._unsent or self._tls is not None:
            waiting = self._waiting + (0 if self._tls is None else self._tls.waiting)
            if waiting and waiting + len(frame) > self._backlog:
                raise WireFull(f"{waiting} bytes wait unread; the bound is {self._backlog}")
            self._put(frame)
        elif (sent := self._write(frame)) < len(frame):
            self._keep(frame, sent)

    async def aclose(self, code: int = 1000, reason: str = "") -> None:
        if self._leaving:
            return
        self._leaving = True
        # Tasks that receive or write hear of it now; from here on only this one does.
        notify_closing(self._socket)
        try:
            self._put(self._framing.close(code, reason))
            with trio.move_on_after(GRACE):
                while self._unsent:
                    await self._write_some()
                await self._hear_out()
        finally:
            notify_closing(self._socket)
            self._socket.close()
            self._framing.let_go()

    async def _write_on(self) -> None:
        """Writes what the kernel did not take at once, as soon as it does; `aclose` then writes the rest."""
        with suppress(trio.ClosedResourceError):
            while self._unsent and not self._leaving:
                await self._write_some()

    async def _read_more(self) -> None:
        """For `receive`: raises how it ended, if it has."""
        if self._ended:
            self._framing.receive_end()
        if self._framing.over:
            raise self._framing.farewell()
        await self._read()
        self._in_step = 0

    async def _read(self) -> None:
        """Waits for bytes, and takes them to what they mean. Cancelled, it has read none."""
        await trio.lowlevel.wait_readable(self._socket)
        self._framing.receive(self._read_now())

    def _read_now(self) -> bytes:
        """What is there, decrypted."""
        try:
            data = bytes(self._buffer[: self._socket.recv_into(self._buffer)])
        except BlockingIOError:  # readiness is a hint
            return b""
        except OSError:
            data = b""
        if self._tls is not None:
            return self._decrypt(data, self._tls)
        if not data:
            self._end()
        return data

    def _read_and_hand_over(self, take: Callable[[str | bytes], None]) -> bool:
        data = self._read_now()
        text = self._framing.receive_text(data)
        if text is None:
            self._framing.receive(data)
            return self._hand_over(take)
        take(text)
        return not self._ended

    def _hand_over(self, take: Callable[[str | bytes], None]) -> bool:
        """The messages that were read; False where `receive` must go on: after many frames and at the end."""
        framing = self._framing
        for _ in range(MOST_IN_A_STEP):
            message = framing.next_message()
            self._answer()
            if message is None:
                return not (self._ended or framing.over)
            if message is not Dealt.WITH:
                take(message)
        self._in_step = MOST_IN_A_STEP
        return False

    def _answer(self) -> None:
        """Says what is said without the user: pongs, and the answer to a close or a fault."""
        if not self._framing.unsaid:
            return
        answer = self._framing.answer()
        # A pong that finds no room is not missed: only the last ping needs an answer (RFC 6455, 5.5.3).
        if self._waiting <= self._backlog or self._framing.over:
            self._put(answer)

    def _decrypt(self, data: bytes, tls: Tls) -> bytes:
        try:
            plain = tls.decrypt(data)
        except TlsFault:
            plain = b""
        if not data or tls.over:
            self._end()
        self._put(b"")  # what TLS itself has to answer
        return plain

    def _put(self, frame: bytes) -> None:
        if self._tls is not None:
            frame = self._tls.encrypt(frame)
        if not frame:
            return
        sent = 0 if self._unsent else self._write(frame)
        if sent < len(frame):
            self._keep(frame, sent)

    def _keep(self, frame: bytes, sent: int) -> None:
        """What the kernel did not take, as long as there is somebody to write to."""
        if self._ended:
            return
        if not self._unsent and not self._leaving:
            self._start(self._write_on)
        self._unsent.append(memoryview(frame)[sent:])
        self._waiting += len(frame) - sent

    def _write(self, data: bytes | memoryview) -> int:
        """How many bytes are off one's hands."""
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:  # `receive` finds the same end, behind what came before it
            return len(data)

    async def _write_some(self) -> None:
        await trio.lowlevel.wait_writable(self._socket)
        if not self._unsent:
            return  # the peer went meanwhile
        sent = self._write(self._unsent[0])
        self._waiting -= sent
        if sent < len(self._unsent[0]):
            self._unsent[0] = self._unsent[0][sent:]
        else:
            del self._unsent[0]

    def _end(self) -> None:
        """The peer's stream is over: nothing more comes, and there is nobody left to write to."""
        self._ended = True
        self._unsent.clear()
        self._waiting = 0

    async def _hear_out(self) -> None:
        """Reads until the peer has closed, too: TCP turns a close over unread bytes into a reset, which would
        overtake our goodbye.
        """
        if self._framing.has_failed:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
        while not (self._ended or self._framing.may_leave):
            dealt_with = self._framing.next_message()
            self._answer()
            if dealt_with is None:
                await self._read()
            else:
                await trio.lowlevel.checkpoint()


def _buffer_of_this_run() -> memoryview:
    try:
        return _BUFFER.get()
    except LookupError:
        _BUFFER.set(memoryview(bytearray(READ_BYTES)))
        return _BUFFER.get()


@asynccontextmanager
async def open_direct_wire(
    peer: socket.socket, framing: Framing, *, backlog: int, tls: Tls | None = None
) -> AsyncIterator[DirectWire]:
    """A wire over `peer`, non-blocking and past the handshakes of TLS and WebSocket; closed at the end.

    `backlog` bounds the bytes that wait to be written. The close code is 1000 if it was not closed before.
    """
    async with trio.open_nursery() as nursery:
        wire = DirectWire(peer, framing, backlog, tls, nursery.start_soon)
        try:
            yield wire
        finally:
            with trio.move_on_after(2 * GRACE, shield=True):
                await wire.aclose()
            nursery.cancel_scope.cancel()
