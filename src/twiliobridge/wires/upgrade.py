"""The way in: a connection that opens a WebSocket at a path of ours, told from all others without reading it.

What is looked at stays in the kernel's buffer (MSG_PEEK): whoever else serves the connection finds it whole.
"""

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus

import trio
from websockets.http11 import Request
from websockets.protocol import Side
from websockets.server import ServerProtocol

from twiliobridge.wires.direct import DirectWire, open_direct_wire
from twiliobridge.wires.framing import QUIET, Framing

LARGEST_HEAD = 8192
"Bytes of a request's head; Twilio's have some 500. Precedent for a default: nginx's buffers for large heads."
HEAD_WITHIN = 2.0
"Seconds from the connection to the end of the head, as many as Hypercorn is told to hold an idle one."


@dataclass(frozen=True)
class Upgrade:
    """A client's request for a WebSocket, not yet answered: it could still be left to somebody else."""

    path: str
    "Without the query."
    headers: Mapping[str, str]
    "Names in lower case; of a name that comes twice, the first."
    stream: trio.SocketStream
    size: int
    "Bytes of the head."
    answer: bytes
    "The head that opens the WebSocket, 101."

    @property
    def remote_addr(self) -> str | None:
        """The address at the other end; None once that is gone."""
        try:
            return str(self.stream.socket.getpeername()[0])
        except OSError:
            return None


async def peek_upgrade(stream: trio.SocketStream, paths: Sequence[str]) -> Upgrade | None:
    """What is asked for at one of `paths`; None for all else: for what is no whole and legal handshake.

    Nothing is taken from the stream, and nothing is said.
    """
    begins = tuple(f"GET {path}".encode() for path in paths)
    head = b""
    with trio.move_on_after(HEAD_WITHIN):
        head = await _peek(stream, begins)
    return _read_head(stream, head, paths)


async def _peek(stream: trio.SocketStream, begins: Sequence[bytes]) -> bytes:
    """As much of a head as there is when it is whole, or can be none of ours, or grows no more."""
    head, before = b"", -1
    try:
        while before < len(head) < LARGEST_HEAD and b"\r\n\r\n" not in head and _may_become(head, begins):
            # What is left in the buffer would wake one for ever; so only more than that shall.
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(head) + 1)
            await trio.lowlevel.wait_readable(stream.socket)
            before, head = len(head), await stream.socket.recv(LARGEST_HEAD, socket.MSG_PEEK)
    except OSError:  # it is gone, which whoever serves it will find, too
        return b""
    finally:
        with suppress(OSError):
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
    return head


def _may_become(head: bytes, begins: Sequence[bytes]) -> bool:
    return any(head.startswith(begin) or begin.startswith(head) for begin in begins)


def _read_head(stream: trio.SocketStream, data: bytes, paths: Sequence[str]) -> Upgrade | None:
    head, end, _ = data.partition(b"\r\n\r\n")
    if not end:
        return None
    core = ServerProtocol(logger=QUIET)
    core.receive_data(head + end)
    asked = core.events_received()
    request = asked[0] if asked else None
    if not isinstance(request, Request) or len(request.headers.get_all("Host")) != 1:
        return None
    path = request.path.partition("?")[0]
    answer = core.accept(request)
    if path not in paths or answer.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        return None
    core.send_response(answer)
    headers = {name.lower(): value for name, value in reversed(list(request.headers.raw_items()))}
    return Upgrade(path, headers, stream, len(head + end), b"".join(core.data_to_send()))


@asynccontextmanager
async def open_upgraded_wire(
    upgrade: Upgrade, *, backlog: int, max_message_size: int
) -> AsyncIterator[DirectWire]:
    """Answers with 101, without subprotocol or extension. From here on the connection is the wire's.

    `backlog` bounds the bytes that wait to be written; a peer's message of more than `max_message_size` bytes
    ends the wire with 1009 and BrokenResourceError. Code 1000 at the end, if it was not closed before.
    """
    peer = socket.socket(fileno=upgrade.stream.socket.detach())
    peer.setblocking(False)
    with suppress(OSError):  # it is gone: the wire will say so
        peer.recv(upgrade.size)
        peer.send(upgrade.answer)
    async with open_direct_wire(peer, Framing(Side.SERVER, max_message_size), backlog=backlog) as wire:
        yield wire
