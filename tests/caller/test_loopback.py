"""Calls over real sockets, under Trio and under asyncio; no socket is left."""

import base64
from functools import partial

import anyio
import pytest
import trio_websocket
import websockets
from websockets.server import ServerProtocol

from twiliobridge.audio import silence
from twiliobridge.caller import MockTwilioClient
from twiliobridge.mediastream import Dtmf, Mark, Media, MediaStream, Play, Role, Start, Stop

BACKENDS = pytest.mark.parametrize("backend", ["trio", "asyncio"])
GREETING = bytes(range(1, 161)) * 5


class Bridge:
    """A server's side of one call, over anything with an async `send` and `receive`."""

    def __init__(self):
        self.told = []
        self.stream = MediaStream(Role.SERVER)

    async def serve(self, send, receive, closed):
        try:
            while True:
                event = self.stream.receive(await receive())
                self.told.append(event)
                if isinstance(event, Start):
                    await send(self.stream.send(Play(payload=base64.b64encode(GREETING).decode())))
                    await send(self.stream.send(Mark(name="greeted")))
        except closed:
            pass

    def check(self, speech):
        frames = b"".join(base64.b64decode(each.payload) for each in self.told if isinstance(each, Media))
        assert speech in frames
        assert set(frames.replace(speech, b"")) == set(silence(20))
        assert [each.name for each in self.told if isinstance(each, Mark)] == ["greeted"]
        assert [each.digit for each in self.told if isinstance(each, Dtmf)] == ["7"]
        assert isinstance(self.told[-1], Stop)


async def place_call(url, speech):
    async with MockTwilioClient(url) as client:
        await client.initiate_call_flow()
        assert b"".join(await client.wait_for_ai_greeting(5)) == GREETING
        await client.send_dtmf("7")
        await client.line.say_all(speech)
        assert client.warnings == ()


async def test_a_call_over_a_real_socket_under_trio(nursery, tone):
    """trio-websocket's server hears what was said, and the phone hears what it says."""
    bridge, speech = Bridge(), tone(100)

    async def serve(request):
        connection = await request.accept()
        await bridge.serve(connection.send_message, connection.get_message, trio_websocket.ConnectionClosed)

    start = partial(trio_websocket.serve_websocket, serve, "127.0.0.1", 0, ssl_context=None)
    server = await nursery.start(start)
    await place_call(f"ws://127.0.0.1:{server.port}/", speech)
    await anyio.wait_all_tasks_blocked()
    bridge.check(speech)
    nursery.cancel_scope.cancel()


def test_a_call_over_a_real_socket_under_asyncio(tone):
    """The same phone with the same effect, before the server of websockets."""
    bridge, speech = Bridge(), tone(100)

    async def serve(connection):
        await bridge.serve(connection.send, connection.recv, websockets.ConnectionClosed)

    async def main():
        async with websockets.serve(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await place_call(f"ws://127.0.0.1:{port}/", speech)

    anyio.run(main, backend="asyncio")
    bridge.check(speech)


async def bare_server(stream, ends, *, close=None):
    """101, then whatever the phone sends until the end of the connection, which goes to `ends`."""
    protocol = ServerProtocol()
    async with stream:
        try:
            while not protocol.close_rcvd:
                protocol.receive_data(await stream.receive())
                for event in protocol.events_received():
                    if hasattr(event, "headers"):
                        protocol.send_response(protocol.accept(event))
                        await stream.send(b"".join(protocol.data_to_send()))
                        if close is not None:
                            protocol.send_close(close)
                if sending := b"".join(protocol.data_to_send()):
                    await stream.send(sending)
            ends.append(("closed", protocol.close_rcvd.code))
        except anyio.EndOfStream:
            ends.append(("end", None))
        except anyio.BrokenResourceError:
            ends.append(("reset", None))


@BACKENDS
@pytest.mark.parametrize(
    ("ending", "seen"), [("exit", ("closed", 1000)), ("drop", ("reset", None)), ("server", ("closed", 4001))]
)
def test_no_socket_is_left_and_the_server_sees_how_it_ended(backend, tcp_listener, ending, seen):
    """Exit closes with 1000, drop resets, a server's close is echoed; the phone's descriptor is closed."""
    ends = []

    async def main():
        listener, port = await tcp_listener()
        async with listener, anyio.create_task_group() as tasks:
            close = 4001 if ending == "server" else None
            tasks.start_soon(listener.serve, partial(bare_server, ends=ends, close=close))
            async with MockTwilioClient(f"ws://127.0.0.1:{port}/") as client:
                phone = client.line._carrier._stream.extra(anyio.abc.SocketAttribute.raw_socket)  # noqa: S610 -- anyio, not Django
                await client.initiate_call_flow()
                if ending == "drop":
                    await client.drop()
                if ending == "server":
                    assert await client.wait_for_hangup(5) == 4001
            assert phone.fileno() == -1
            with anyio.fail_after(5):
                while not ends:
                    await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    assert ends == [seen]


@BACKENDS
def test_a_cancelled_call_says_stop_over_its_socket(backend):
    """Cancelled from outside, the phone still sends stop and its close frame, within its bound."""
    bridge = Bridge()

    async def serve(connection):
        await bridge.serve(connection.send, connection.recv, websockets.ConnectionClosed)

    async def call(url, task_status):
        async with MockTwilioClient(url) as client:
            await client.initiate_call_flow()
            await client.wait_until_heard(40)
            task_status.started()
            await anyio.sleep_forever()

    async def place_and_cancel(port):
        async with anyio.create_task_group() as tasks:
            await tasks.start(partial_call(call, f"ws://127.0.0.1:{port}/"))
            tasks.cancel_scope.cancel()

    run_against_a_thread(serve, place_and_cancel, backend)
    assert isinstance(bridge.told[-1], Stop)


def partial_call(call, url):
    async def placed(*, task_status):
        await call(url, task_status)

    return placed


def run_against_a_thread(serve, client, backend):
    """The server of websockets runs under asyncio, whatever the phone runs under."""
    with anyio.from_thread.start_blocking_portal("asyncio") as portal:

        async def start():
            return await websockets.serve(serve, "127.0.0.1", 0)

        server = portal.call(start)
        try:
            anyio.run(client, server.sockets[0].getsockname()[1], backend=backend)
        finally:

            async def stop():
                server.close()
                await server.wait_closed()

            portal.call(stop)
