"""One port, two lanes: which connections the direct lane takes; it leaves the others as they were."""

import importlib
import json
from contextlib import asynccontextmanager

import pytest
import served
import trio
from peers import STOP
from served import bridge, descriptors, http, settled, tasks

from twiliobridge.conversation import Ending
from twiliobridge.settings import Settings
from twiliobridge.wires import upgrade

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", KEY)


def head(line="GET /twilio-agent HTTP/1.1", *headers, without=()):
    lines = [line, "Host: localhost", *(each for each in UPGRADE if each not in without), *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


@asynccontextmanager
async def connected(served):
    host, port = served.url.removeprefix("http://").split(":")
    async with await trio.open_tcp_stream(host, int(port)) as stream:
        yield stream


async def answer_to(served, *pieces):
    """The status of the answer to a request that comes in these pieces, and its head."""
    async with connected(served) as stream:
        for piece in pieces:
            await stream.send_all(piece)
            await trio.sleep(0.001)
        answer = bytearray()
        with trio.fail_after(5):
            while b"\r\n\r\n" not in answer and (data := await stream.receive_some()):
                answer += data
    return int(answer.split()[1]), bytes(answer.partition(b"\r\n\r\n")[0])


async def lanes(served):
    return json.loads((await http(served.url, "/status"))[1])["calls_by_lane"]


DIRECT, QUART = {"direct": 1, "quart": 0}, {"direct": 0, "quart": 1}


@pytest.mark.parametrize(
    ("request_head", "lane"),
    [
        (head(), DIRECT),
        (head("GET /twilio-ws?a=b HTTP/1.1"), DIRECT),
        (head(without=["Upgrade: websocket"]).replace(b"Host", b"upgrade: WebSocket\r\nHost"), DIRECT),
        (head("GET /twilio-agent HTTP/1.1", "Sec-WebSocket-Extensions: permessage-deflate"), DIRECT),
        (head("GET /twilio-agent HTTP/1.1", "X-Long: " + "x" * 7000), DIRECT),
        # Past the bound on what is looked at.
        (head("GET /twilio-agent HTTP/1.1", "X-Long: " + "x" * 9000), QUART),
    ],
)
async def test_a_media_upgrade_is_answered_as_rfc_6455_has_it(request_head, lane):
    """And without extension or subprotocol, whatever the client offers."""
    async with bridge() as served:
        status, answer = await answer_to(served, request_head)
        assert status == 101
        assert ACCEPT in answer
        assert b"extensions" not in answer.lower()
        assert await lanes(served) == lane


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (head("GET /health HTTP/1.1", without=UPGRADE), 200),
        (head("GET /twilio-agent HTTP/1.1", without=UPGRADE), 400),
        (head("GET /twilio-agents HTTP/1.1"), 404),
        (head("GET /elsewhere HTTP/1.1"), 404),
        (head("GET /twilio-agent HTTP/1.1", without=[KEY]), 400),
        (head("GET /twilio-agent HTTP/1.1", without=["Sec-WebSocket-Version: 13"]), 400),
        (head("POST /incoming-call HTTP/1.1", "Content-Length: 0", without=UPGRADE), 200),
        (head("GET /twilio-agent HTTP/1.1").replace(b"Host: localhost", b"X: y"), 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
async def test_all_else_is_hypercorn_s(request_head, status):
    """It finds the request unread."""
    async with bridge() as served:
        assert (await answer_to(served, request_head))[0] == status
        assert await lanes(served) == {"direct": 0, "quart": 0}


@pytest.mark.parametrize("cut", [1, 5, 17, 30, 100, len(head()) - 1])
async def test_a_head_in_two_pieces_is_one(cut):
    """Cut in the method, in the path, in the headers, in the last line end."""
    async with bridge() as served:
        assert (await answer_to(served, head()[:cut], head()[cut:]))[0] == 101
        assert await lanes(served) == DIRECT
        other = head("GET /health HTTP/1.1", without=UPGRADE)
        assert (await answer_to(served, other[: min(cut, 40)], other[min(cut, 40) :]))[0] == 200


async def test_a_head_byte_by_byte_is_one():
    async with bridge() as served:
        assert (await answer_to(served, *(bytes([each]) for each in head())))[0] == 101
        assert await lanes(served) == DIRECT


@pytest.mark.parametrize("host", [b"[bad", b"a]b", b"[]", b"\xff"])
async def test_a_host_that_is_none_is_refused_as_any_stranger(lane, caplog, host):
    """Where no public URL is set, it is part of what a signature must be of."""
    async with bridge(Settings(port=0, twilio_auth_token="0" * 32)) as served:
        status, _ = await answer_to(served, head().replace(b"localhost", host))
        assert 400 <= status <= 403
        assert await http(served.url, "/health") == (200, "open\n")
    assert "Traceback" not in caplog.text


@pytest.fixture
def short_bounds(monkeypatch):
    """Of the time for a request's head, here and at Hypercorn's."""
    monkeypatch.setattr(upgrade, "HEAD_WITHIN", 0.3)
    monkeypatch.setattr(importlib.import_module("twiliobridge.server.serve"), "IDLE", 0.3)


@pytest.mark.parametrize("data", [b"", b"G", b"GET /twilio-agent HTTP/1.1\r\nHost: x\r\n"])
async def test_who_does_not_go_on_is_given_up_and_wakes_nobody_meanwhile(data, short_bounds, monkeypatch):
    """Within the bound here and Hypercorn's there; what lies in the buffer is looked at once."""
    looked = 0

    def counted(*arguments):
        nonlocal looked
        looked += 1
        return may_become(*arguments)

    may_become = upgrade._may_become
    monkeypatch.setattr(upgrade, "_may_become", counted)
    async with bridge() as served:
        before = descriptors(), tasks()
        async with connected(served) as stream:
            await stream.send_all(data)
            with trio.fail_after(5):
                while await stream.receive_some():
                    pass
        assert looked <= 3
        assert await settled(lambda: (descriptors(), tasks()), before) == before


@pytest.mark.parametrize("data", [b"", b"GET /twilio", head()])
async def test_who_leaves_at_once_leaves_nothing(data, short_bounds):
    async with bridge() as served:
        before = descriptors(), tasks()
        async with connected(served) as stream:
            await stream.send_all(data)
        assert await settled(lambda: (descriptors(), tasks()), before) == before


async def test_a_request_after_another_on_one_connection_is_hypercorn_s():
    """A connection has its lane from the beginning; a stream that follows a request is served, too."""
    async with bridge() as served:
        pieces = head("GET /health HTTP/1.1", without=UPGRADE), head()
        async with connected(served) as stream:
            await stream.send_all(pieces[0])
            assert b" 200 " in await stream.receive_some()
            await stream.send_all(pieces[1])
            answer = b""
            with trio.fail_after(5):
                while b" 101 " not in answer:
                    answer += await stream.receive_some()
        assert await lanes(served) == QUART


async def test_with_the_lane_shut_every_stream_is_quart_s(monkeypatch):
    monkeypatch.setattr(served, "LANE", "quart")
    async with bridge() as serving:
        assert (await answer_to(serving, head()))[0] == 101
        assert await lanes(serving) == QUART


async def test_a_second_call_beside_a_first_is_refused_by_quart_at_the_bound():
    """What the lane refuses it leaves to the one place that words refusals."""
    async with bridge(Settings(port=0, calls_at_once=1)) as served, served.phone() as phone:
        phone.call()
        await phone.hear_speech()
        assert (await answer_to(served, head()))[0] == 503
        phone.say(STOP)
        await phone.hear_the_end()
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]
        assert await lanes(served) == DIRECT
