"""The bridge over loopback: what a phone, Twilio and an operator get from it."""

import json

import pytest
import trio
from peers import STOP
from served import bridge, descriptors, drop, hear_until_it_raises, http, settled, tasks

from twiliobridge.conversation import Ending
from twiliobridge.mediastream.twiml import Connect, Hangup, Say, parse_twiml
from twiliobridge.settings import Settings
from twiliobridge.wires.wire import Rejected

PUBLIC = "https://bridge.example.com"

pytestmark = pytest.mark.usefixtures("lane")


@pytest.mark.parametrize("path", ["/twilio-agent", "/twilio-ws"])
async def test_a_stream_is_a_call(path):
    async with bridge() as served:
        async with served.phone(path) as phone:
            phone.call()
            await phone.hear_speech()
            phone.say(STOP)
            await phone.hear_the_end()
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]


async def test_stop_and_an_immediate_close_is_a_caller_who_hung_up():
    async with bridge() as served:
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()
            phone.say(STOP)
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]


@pytest.mark.parametrize("leave", ["close", "drop"])
async def test_a_phone_that_goes_without_stop_leaves_nothing(leave, lane):
    """Hypercorn does not tell a close from a loss."""
    hung_up = leave == "close" and lane == "auto"
    async with bridge() as served:
        before = descriptors(), tasks()
        async with served.phone() as phone:
            phone.call()
            await phone.hear_speech()
            if leave == "drop":
                drop(phone)
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP if hung_up else Ending.PHONE_LOST]
        assert await settled(lambda: (descriptors(), tasks()), before) == before
        assert served.models.open == 0


async def test_a_model_that_cannot_be_had_again_hands_the_call_back_to_its_twiml():
    async with bridge() as served, served.phone() as phone:
        phone.call()
        await phone.hear_speech()
        served.models.refuses = Rejected("model.example: HTTP 401", 401)
        served.models.model.wire.vanish()
        with trio.fail_after(5), pytest.raises(trio.EndOfChannel, match="1000 model unreachable"):
            await hear_until_it_raises(phone)


async def test_the_webhook_says_where_to_stream_and_what_the_agent_may_know():
    """wss, the public host, caller and called as parameters, and words for after the stream."""
    async with bridge(Settings(port=0, public_url=PUBLIC)) as served:
        status, body = await http(served.url, "/incoming-call", {"From": "+15550100", "To": "+15550199"})
    assert status == 200
    connect, say, hang_up = parse_twiml(body)
    assert isinstance(connect, Connect)
    assert connect.stream.url == "wss://bridge.example.com/twilio-agent"
    assert connect.stream.parameters == {"caller": "+15550100", "called": "+15550199"}
    assert isinstance(say, Say)
    assert isinstance(hang_up, Hangup)


@pytest.mark.parametrize(
    ("host", "proto", "stream"),
    [
        ("abc.ngrok.app", None, "wss://abc.ngrok.app/twilio-agent"),
        ("abc.ngrok.app:8443", "https", "wss://abc.ngrok.app:8443/twilio-agent"),
        ("localhost:8000", None, "ws://localhost:8000/twilio-agent"),
        ("localhost:8000", "https", "wss://localhost:8000/twilio-agent"),
    ],
)
async def test_without_a_public_url_the_stream_is_where_the_request_went(host, proto, stream):
    headers = [f"Host: {host}"] + ([f"X-Forwarded-Proto: {proto}"] if proto else [])
    async with bridge() as served:
        url, port = served.url.removeprefix("http://").split(":")
        async with await trio.open_tcp_stream(url, int(port)) as connection:
            request = ["POST /incoming-call HTTP/1.1", *headers, "Content-Length: 0", "Connection: close"]
            await connection.send_all("\r\n".join(request).encode() + b"\r\n\r\n")
            answer = b"".join([chunk async for chunk in connection]).decode()
    assert f'url="{stream}"' in answer


async def test_health_and_status(lane):
    async with bridge() as served, served.phone() as phone:
        phone.call()
        await phone.hear_speech()
        assert await http(served.url, "/health") == (200, "open\n")
        status, body = await http(served.url, "/status")
        told = json.loads(body)
        assert (status, told["active_calls"], told["phase"]) == (200, 1, "open")
        assert told["media_lane"] == lane
        assert told["calls_by_lane"] == {"direct": int(lane == "auto"), "quart": int(lane == "quart")}
        assert told["version"]
        assert told["uptime"] > 0
        phone.say(STOP)
        await phone.hear_the_end()
        await served.endings(1)
        told = json.loads((await http(served.url, "/status"))[1])
        assert (told["active_calls"], told["endings"]["caller hung up"]) == (0, 1)


async def test_while_draining_nobody_new_is_taken_and_at_the_end_of_the_grace_calls_are_ended():
    async with bridge(Settings(port=0, grace=0.3)) as served, served.phone() as phone:
        phone.call()
        await phone.hear_speech()
        served.stop.set()
        await trio.sleep(0.05)
        assert await http(served.url, "/health") == (503, "draining\n")
        with pytest.raises(Rejected, match="HTTP 503"):
            async with served.phone():
                pass
        assert "<Hangup/>" in (await http(served.url, "/incoming-call", {}))[1]
        with trio.fail_after(5), pytest.raises(trio.EndOfChannel, match="1000 server shut down"):
            await hear_until_it_raises(phone)
        assert await served.endings(1) == [Ending.SHUTDOWN]
