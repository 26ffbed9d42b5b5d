"""What a WebSocket may do between two messages, and what it leaves behind."""

from contextlib import asynccontextmanager

import anyio
import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from twiliobridge.caller import CallEnded, MockTwilioClient
from twiliobridge.caller.websocket import BACKLOG, WebSocket
from twiliobridge.mediastream import Media, MediaStream, Role, Stop
from twiliobridge.wires.wire import WireFull


class Pipe:
    """A byte stream that gives what the test fed to it, byte by byte, and keeps what was sent."""

    def __init__(self) -> None:
        self.feed, self._fed = anyio.create_memory_object_stream(float("inf"))
        self.sent = bytearray()

    async def receive(self, _limit: int) -> bytes:
        return await self._fed.receive()

    async def send(self, data: bytes) -> None:
        """A network that takes 5 ms, and half of the data before that."""
        half = len(data) // 2
        self.sent += data[:half]
        await anyio.sleep(0.005)
        self.sent += data[half:]

    async def aclose(self) -> None:
        self.feed.close()
        self._fed.close()

    def say(self, *frames: Frame) -> None:
        for frame in frames:
            for byte in frame.serialize(mask=False):
                self.feed.send_nowait(bytes([byte]))


@pytest.fixture
async def ends():
    """An open WebSocket and the pipe under it."""
    pipe = Pipe()
    async with pipe.feed, pipe._fed:
        yield WebSocket(pipe, ClientProtocol(parse_uri("ws://x/"), state=State.OPEN)), pipe


def received_by_server(sent: bytes) -> list[Frame]:
    server = ServerProtocol(state=State.OPEN)
    server.receive_data(bytes(sent))
    return server.events_received()


async def test_fragments_are_one_message_and_pings_between_them_are_answered(ends):
    """A message in three fragments, a ping between them, arriving byte by byte."""
    websocket, pipe = ends
    pipe.say(
        Frame(Opcode.TEXT, "grü".encode()[:3], fin=False),
        Frame(Opcode.PING, b"?"),
        Frame(Opcode.CONT, "grü".encode()[3:], fin=False),
        Frame(Opcode.CONT, b"n"),
        Frame(Opcode.BINARY, b"\x00\xff"),
    )
    assert await websocket.receive() == "grün"
    assert await websocket.receive() == b"\x00\xff"
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(websocket.carry)
        await websocket.wait_carried()
        tasks.cancel_scope.cancel()
    assert [(each.opcode, each.data) for each in received_by_server(pipe.sent)] == [(Opcode.PONG, b"?")]


async def test_messages_leave_in_order_each_as_one_text_frame(ends):
    websocket, pipe = ends
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(websocket.carry)
        for number in range(100):
            websocket.send(str(number))
        await websocket.wait_carried()
        tasks.cancel_scope.cancel()
    frames = received_by_server(pipe.sent)
    assert [each.data for each in frames] == [str(number).encode() for number in range(100)]
    assert {(each.opcode, each.fin) for each in frames} == {(Opcode.TEXT, True)}


async def test_what_the_server_does_not_read_is_bounded(ends):
    """Past the bound, `send` raises and queues nothing."""
    websocket, _ = ends
    websocket.send("x" * BACKLOG)
    with pytest.raises(WireFull):
        websocket.send("one more")


async def test_what_was_said_before_the_close_is_received_before_its_end(ends):
    """The end, with its code, comes after the last message, and again for whoever asks again."""
    websocket, pipe = ends
    pipe.say(Frame(Opcode.TEXT, b"last"), Frame(Opcode.CLOSE, b"\x0f\xa1bye"))
    assert await websocket.receive() == "last"
    for _ in range(2):
        with pytest.raises(CallEnded, match="the server closed with 4001 bye"):
            await websocket.receive()
    websocket.send("to nobody")


async def test_a_connection_that_ends_without_a_close_is_1006(ends):
    websocket, pipe = ends
    pipe.feed.close()
    with pytest.raises(CallEnded, match="vanished") as ended:
        await websocket.receive()
    assert ended.value.close_code == 1006


async def test_a_call_cancelled_while_it_sends_tears_no_message(autojump_clock):
    """Cancelled between the halves of a frame, the phone finishes it, and then says stop and closes."""

    @asynccontextmanager
    async def connect(*_):
        yield WebSocket(pipe, ClientProtocol(parse_uri("ws://x/"), state=State.OPEN))

    pipe = Pipe()
    with anyio.move_on_after(0.102):
        async with MockTwilioClient("ws://x/", connect=connect) as client:
            await client.initiate_call_flow()
            await anyio.sleep_forever()
    *events, farewell = received_by_server(pipe.sent)
    assert farewell.opcode is Opcode.CLOSE
    stream = MediaStream(Role.SERVER)
    assert [type(stream.receive(each.data.decode())) for each in events][-2:] == [Media, Stop]
