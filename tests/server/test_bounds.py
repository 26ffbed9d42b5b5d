"""Every bound of the server, hit once; whoever hits one ends alone."""

import pytest
import trio
from peers import START, STOP, Exchange
from served import bridge, descriptors, hear_until_it_raises, http, settled, tasks

from twiliobridge.conversation import Ending, Limits
from twiliobridge.mediastream import Connected, MediaStream, Role
from twiliobridge.mediastream.twiml import Hangup, Say, parse_twiml
from twiliobridge.settings import Settings
from twiliobridge.wires import Rejected

pytestmark = pytest.mark.usefixtures("lane")


async def test_calls_at_once():
    """One too many is refused: the stream with 503, the webhook with words. A call that ends makes room."""
    async with bridge(Settings(port=0, calls_at_once=1)) as served:
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()
            with pytest.raises(Rejected, match="HTTP 503"):
                async with served.phone():
                    pass
            say, hang_up = parse_twiml((await http(served.url, "/incoming-call", {}))[1])
            assert isinstance(say, Say)
            assert isinstance(hang_up, Hangup)
            phone.say(STOP)
        await served.endings(1)
        assert len(served.models.models) == 1
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()


async def test_a_phone_message_past_64_kib_ends_that_call_and_no_other():
    async with bridge() as served, served.phone() as other:
        other.call()
        await other.hear_speech()
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()
            phone.wire.send(" " * (64 * 1024 - 2) + "[]")
            phone.frame()
            await trio.sleep(0.05)
            assert served.ended == []
            phone.wire.send(" " * (64 * 1024 + 1))
            with pytest.raises(trio.BrokenResourceError, match="1009"):
                await hear_until_it_raises(phone)
        assert await served.endings(1) == [Ending.PHONE_LOST]
        other.say(STOP)
        await other.hear_the_end()
        assert await served.endings(2) == [Ending.PHONE_LOST, Ending.CALLER_HUNG_UP]


async def test_a_phone_that_reads_nothing_is_cut_off(lane):
    """Past the backlog the call ends, and within its grace the socket is gone, unread bytes and all."""

    class Endless(Exchange):
        """A model that answers with more speech than any socket holds."""

        def __init__(self):
            super().__init__()
            self.options = {"speech_parts": 400, "part_ms": 4000}

    models = Endless()
    settings = Settings(port=0, phone_backlog=2 << 20)  # so that the buffers of loopback fill first
    async with bridge(settings, dial=models.dial) as served:
        host, port = served.url.removeprefix("http://").split(":")
        async with await trio.open_tcp_stream(host, int(port)) as stream:
            await trio.sleep(0.05)
            before = descriptors() - 1, tasks() - IDLE_CONNECTION[lane]
            await stream.send_all(HANDSHAKE)
            assert (await stream.receive_some()).startswith(b"HTTP/1.1 101")
            for text in messages():
                await stream.send_all(frame(text))
            assert await served.endings(1) == [Ending.PHONE_STALLED]
            assert await settled(lambda: (descriptors(), tasks()), before) == before


IDLE_CONNECTION = {"auto": 1, "quart": 2}
"Tasks for a connection without a request: the connection itself, and Hypercorn's idle timer."

HANDSHAKE = (
    b"GET /twilio-agent HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def messages():
    stream = MediaStream(Role.TWILIO)
    return [stream.send(Connected()), stream.send(START)]


def frame(text):
    """A masked text frame of 126 to 65,535 bytes, or less (RFC 6455, 5.2); the mask is zero."""
    data = text.encode()
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + data


@pytest.mark.parametrize(
    ("limits", "ending"),
    [
        (Limits(start_within=0.1), Ending.PHONE_SILENT),
        (Limits(longest_call=0.1), Ending.TOO_LONG),
    ],
)
async def test_limits_of_a_call_are_in_force(limits, ending):
    async with bridge(Settings(port=0, limits=limits)) as served, served.phone() as phone:
        if ending is not Ending.PHONE_SILENT:
            phone.call()
        await phone.hear_the_end()
        assert await served.endings(1) == [ending]


async def test_a_client_that_breaks_http_breaks_nothing_else(caplog, lane):
    """Frames before the 101: a call of its own for us, and for Hypercorn what would end its own loop."""
    async with bridge() as served, served.phone() as phone:
        phone.call()
        await phone.hear_speech()
        host, port = served.url.removeprefix("http://").split(":")
        async with await trio.open_tcp_stream(host, int(port)) as stream:
            await stream.send_all(HANDSHAKE + frame("too early"))
            with trio.move_on_after(1):
                while await stream.receive_some():
                    pass
        phone.say(STOP)
        await phone.hear_the_end()
        assert Ending.CALLER_HUNG_UP in await served.endings(2 if lane == "auto" else 1)


async def test_a_broken_message_is_survived():
    async with bridge() as served, served.phone() as phone:
        phone.call()
        await phone.hear_speech()
        for text in ("", "{", "[" * 100_00, '{"event":"media","media":{"payload":"???"}}'):
            phone.wire.send(text)
        phone.say(STOP)
        await phone.hear_the_end()
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]
        assert served.ended[0].phone.faults == 4
