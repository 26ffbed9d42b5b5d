"""The socket server, over loopback: who may come in, and how the others are told."""

import json
from contextlib import asynccontextmanager, suppress
from functools import partial

import pytest
import trio
from offline_driver import ENGINES, Recited
from wsproto import ConnectionType, WSConnection
from wsproto.events import Ping, Request

from twiliobridge.offline.brain import Say
from twiliobridge.offline.door import Door, Guest, farewell
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import serve_offline
from twiliobridge.wires.hypercorn import CannotListen
from twiliobridge.wires.websocket import open_websocket_wire
from twiliobridge.wires.wire import Rejected

MODEL = "?model=gpt-realtime"


@pytest.fixture
async def serve():
    """Opens servers; gives the URL of each."""

    @asynccontextmanager
    async def served(door=None, **knobs):
        model = OfflineModel(ENGINES, lambda: Recited((Say("one two three"),)), Knobs(latency=0, **knobs))
        async with trio.open_nursery() as nursery:
            with trio.fail_after(20):
                (listener,) = await nursery.start(partial(serve_offline, model, port=0, door=door))
                yield f"ws://127.0.0.1:{listener.socket.getsockname()[1]}/v1/realtime"
            nursery.cancel_scope.cancel()

    return served


def dialled(url, **headers):
    return open_websocket_wire(url, headers, backlog=2**26, max_message_size=2**26)


async def refused(url, **headers):
    """The code of the error, and the text of the close."""
    async with dialled(url, **headers) as wire:
        error = json.loads(await wire.receive())
        assert error["type"] == "error"
        with pytest.raises(trio.EndOfChannel) as closed:
            await wire.receive()
    return error["error"]["code"], str(closed.value)


async def admitted(url, **headers):
    async with dialled(url, **headers) as wire:
        return json.loads(await wire.receive())["session"]["model"]


def key(name):
    return {"Authorization": f"Bearer {name}"}


async def test_any_key_and_none_open_a_session(serve):
    async with serve() as url:
        assert await admitted(url + MODEL) == "gpt-realtime"
        assert await admitted(url + MODEL, **key("sk-anything")) == "gpt-realtime"


async def test_refusals_come_after_the_handshake_with_the_services_close_codes(serve):
    async with serve(Door(refused_keys=frozenset({"sk-bad"}))) as url:
        assert await refused(url + MODEL, **key("sk-bad")) == (
            "invalid_api_key",
            "closed with 3000 invalid_request_error.invalid_api_key",
        )
        for query, headers, code in [
            ("", {}, "missing_model"),
            ("?model=gpt-4", {}, "invalid_model"),
            ("?model=whisper-1", {}, "invalid_model"),
            ("?model=gpt-realtime&intent=transcription", {}, "invalid_model"),
            ("?call_id=rtc_1", {}, "invalid_value"),
            (MODEL, {"openai-beta": "realtime=v1"}, "beta_api_shape_disabled"),
            (MODEL, {"sec-websocket-protocol": "openai-beta.realtime-v1"}, "beta_api_shape_disabled"),
        ]:
            assert await refused(url + query, **headers) == (
                code,
                f"closed with 4000 invalid_request_error.{code}",
            )


async def test_a_refusal_is_on_its_way_back_as_long_as_any_event(serve):
    door = Door(refused_keys=frozenset({"sk-bad"}))
    async with serve(door, back=0.2) as url, dialled(url + MODEL, **key("sk-bad")) as wire:
        opened = trio.current_time()
        assert json.loads(await wire.receive())["type"] == "error"
        assert trio.current_time() - opened > 0.15


async def test_a_gateways_client_may_name_the_model_that_transcribes(serve):
    async with (
        serve() as url,
        dialled(url + "?intent=transcription&model=gpt-4o-mini-transcribe") as wire,
    ):
        assert json.loads(await wire.receive())["type"] == "session.created"


async def test_azures_path_takes_its_key_header_and_any_name_of_a_deployment(serve):
    async with serve(Door(refused_keys=frozenset({"sk-bad"}))) as url:
        there = url.replace("/v1/", "/openai/v1/") + "?model=my-deployment"
        assert await admitted(there, **{"api-key": "anything"}) == "my-deployment"
        assert (await refused(there, **{"api-key": "sk-bad"}))[0] == "invalid_api_key"


async def test_organization_and_project_are_tolerated(serve):
    async with serve() as url:
        headers = {
            "OpenAI-Organization": "org-1",
            "OpenAI-Project": "proj_1",
            "OpenAI-Safety-Identifier": "x",
        }
        assert await admitted(url + MODEL, **headers)


async def test_a_model_that_this_version_does_not_know_is_let_in_where_the_door_names_it(serve):
    async with serve(Door(models=frozenset({"gpt-realtime-3"}))) as url:
        assert await admitted(url + "?model=gpt-realtime-3") == "gpt-realtime-3"


async def test_by_its_knob_the_server_refuses_over_http_as_gateways_do(serve):
    async with serve(Door(refused_keys=frozenset({"sk-bad"}), refuse_by_http=True)) as url:
        with pytest.raises(Rejected, match="401"):
            await admitted(url + MODEL, **key("sk-bad"))
        assert await admitted(url + MODEL)


async def test_one_session_too_many_gets_503_and_its_place_is_free_again_afterwards(serve):
    async with serve(Door(most_sessions=1)) as url:
        async with dialled(url + MODEL) as wire:
            await wire.receive()
            with pytest.raises(Rejected, match="503"):
                await admitted(url + MODEL)
        admission = None
        while admission is None:
            with suppress(Rejected):
                admission = await admitted(url + MODEL)


async def test_a_drop_is_no_close(serve):
    """After the second event the line is cut: the client finds no close frame, which is the code 1006."""
    async with serve(drop_after=2) as url, dialled(url + MODEL) as wire:
        await wire.receive()
        wire.send('{"type":"input_audio_buffer.clear"}')
        await wire.receive()
        with pytest.raises(trio.BrokenResourceError, match="without a close"):
            await wire.receive()


async def test_an_expired_session_is_closed_with_1001(serve):
    async with serve(session_seconds=0.2) as url, dialled(url + MODEL) as wire:
        await wire.receive()
        assert json.loads(await wire.receive())["error"]["code"] == "session_expired"
        with pytest.raises(trio.EndOfChannel, match="1001 Your session hit the maximum duration"):
            await wire.receive()


async def test_the_server_pings(serve):
    async with serve(Door(ping_interval=0.01)) as url:
        port = int(url.split(":")[2].split("/")[0])
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            client = WSConnection(ConnectionType.CLIENT)
            await stream.send_all(client.send(Request(host="localhost", target=f"/v1/realtime{MODEL}")))
            pings = 0
            while pings < 2:
                client.receive_data(await stream.receive_some())
                pings += sum(isinstance(event, Ping) for event in client.events())


async def test_a_message_of_15_mib_is_read_and_one_beyond_16_is_not(serve):
    async with serve() as url, dialled(url + MODEL) as wire:
        await wire.receive()
        wire.send('{"type":"input_audio_buffer.clear","event_id":"' + "x" * 15 * 2**20 + '"}')
        assert json.loads(await wire.receive())["error"]["code"] == "string_above_max_length"
        wire.send("x" * (16 * 2**20 + 1))
        with pytest.raises(trio.BrokenResourceError):
            await wire.receive()


async def test_another_path_is_not_found(serve):
    async with serve() as url:
        with pytest.raises(Rejected, match="404"):
            await admitted(url.replace("realtime", "audio"))


async def test_a_port_in_use_is_said_in_one_line():
    (listener, *_) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener:
        port = listener.socket.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port}: Address already in use"):
            await serve_offline(OfflineModel(ENGINES, Recited), port=port)


@pytest.mark.parametrize("guest", [Guest(), Guest(model="x"), Guest(model="gpt-realtime", beta=True)])
def test_every_refusal_has_a_close_code(guest):
    fault = Door().refusal(guest)
    code, reason = farewell(fault)
    assert code in {3000, 4000}
    assert len(reason) <= 123
