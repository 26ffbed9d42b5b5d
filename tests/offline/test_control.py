"""The control port: what is posted there is said next, by whoever asks for a response."""

import json
from functools import partial

import pytest
import trio
from offline_driver import ENGINES, Recited

from twiliobridge.offline.brain import Say
from twiliobridge.offline.control import create_control_app, serve_control
from twiliobridge.offline.cues import MOST_CUES, Cues
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import open_offline_model
from twiliobridge.wires.hypercorn import CannotListen


async def test_what_is_queued_is_shown_and_can_be_taken_back():
    cues = Cues()
    client = create_control_app(cues).test_client()
    posted = await client.post("/script", data='[{"say": "Hello."}]')
    assert (posted.status_code, await posted.get_data()) == (204, b"")
    assert await (await client.get("/script")).get_json() == [{"reply": [{"say": "Hello."}]}]
    assert (await client.delete("/script")).status_code == 204
    assert await (await client.get("/script")).get_json() == []


async def test_what_is_no_cue_is_answered_by_one_line():
    client = create_control_app(Cues()).test_client()
    refused = await client.post("/script", data='[{"sya": "Hello."}]')
    assert refused.status_code == 400
    assert await refused.get_data(as_text=True) == (
        "part 1: expected one of say, write, call, fail, cut, stall, was sya\n"
    )


async def test_a_full_queue_and_a_body_without_end_are_refused():
    cues = Cues()
    for _ in range(MOST_CUES):
        cues.say_next("again")
    client = create_control_app(cues).test_client()
    assert (await client.post("/script", data='[{"say": "once more"}]')).status_code == 400
    assert (await client.post("/script", data=b" " * 2_000_000)).status_code == 413


async def post(listener, body):
    host, port = listener.socket.getsockname()
    async with await trio.open_tcp_stream(host, port) as stream:
        head = f"POST /script HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
        await stream.send_all(head.encode() + body)
        assert (await stream.receive_some()).startswith(b"HTTP/1.1 204")


async def test_over_a_socket_it_decides_what_a_session_says():
    model = OfflineModel(ENGINES, lambda: Recited((Say("of my own"),)))
    async with trio.open_nursery() as nursery:
        with trio.fail_after(20):
            (listener,) = await nursery.start(partial(serve_control, model.cues, port=0))
            assert listener.socket.getsockname()[0] == "127.0.0.1"
            await post(listener, b'[{"say": "from outside"}]')
            async with open_offline_model(model) as wire:
                wire.send('{"type":"response.create"}')
                event = {"type": ""}
                while event["type"] != "response.done":
                    event = json.loads(await wire.receive())
        (item,) = event["response"]["output"]
        assert item["content"] == [{"type": "output_audio", "transcript": "from outside"}]
        nursery.cancel_scope.cancel()


async def test_a_port_that_is_taken_is_one_line():
    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(partial(serve_control, Cues(), port=0))
        with pytest.raises(CannotListen, match="cannot listen"):
            await serve_control(Cues(), port=listener.socket.getsockname()[1])
        nursery.cancel_scope.cancel()
