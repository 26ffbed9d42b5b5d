"""A handshake may be refused, or sent elsewhere: the same over a socket and within the process."""

import json
from functools import partial

import pytest
import trio
from offline_driver import ENGINES, Recited

from twiliobridge.offline.faults import Answer
from twiliobridge.offline.handshake import refusal
from twiliobridge.offline.http_api import error_body
from twiliobridge.offline.incidents import Incident, incidents
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import open_offline_model, serve_offline
from twiliobridge.wires.websocket import open_websocket_wire
from twiliobridge.wires.wire import Rejected


def refusing(text, **knobs):
    return OfflineModel(ENGINES, Recited, Knobs(refuse=incidents(Answer, text), **knobs))


@pytest.mark.parametrize("answer", Answer)
def test_a_refusal_is_an_error_as_json_with_the_headers_of_its_kind(answer):
    told = refusal(Incident(answer))
    assert told.status == answer.status
    error = json.loads(error_body(told.status, told.message, code=told.code))["error"]
    assert error["message"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert ("Retry-After" in told.headers) == (answer.status in {429, 503})
    assert ("Location" in told.headers) == (answer.status in {302, 307})


@pytest.mark.parametrize(
    ("text", "header", "value"),
    [
        ("429:2.5", "Retry-After", "2.5"),
        ("503:30", "Retry-After", "30"),
        ("302:wss://a.example/v1", "Location", "wss://a.example/v1"),
    ],
)
def test_the_detail_is_what_the_header_says(text, header, value):
    (incident,) = incidents(Answer, text)
    assert refusal(incident).headers[header] == value


async def outcomes(model, times):
    """Of so many handshakes: the statuses of those that were refused, and 101."""
    found = []
    for _ in range(times):
        try:
            async with open_offline_model(model) as wire:
                await wire.receive()
                found.append("101")
        except Rejected as rejected:
            found.append(str(rejected).split("HTTP ")[1].split()[0])
    return found


async def test_handshakes_are_refused_at_their_occasions(autojump_clock):
    assert await outcomes(refusing("429*2"), 4) == ["429", "429", "101", "101"]
    assert await outcomes(refusing("503*1,401@3"), 4) == ["503", "101", "401", "401"]
    by_chance = [await outcomes(refusing("500%50", seed=3), 20) for _ in range(2)]
    assert by_chance[0] == by_chance[1]
    assert set(by_chance[0]) == {"500", "101"}


async def test_a_refusal_is_as_late_as_a_session(autojump_clock):
    begun = trio.current_time()
    await outcomes(refusing("429", dial=0.8), 1)
    assert trio.current_time() == pytest.approx(begun + 0.8)


async def test_over_a_socket_the_refusal_reads_the_same():
    """Whoever dials learns the same, whether the model is a server or in the process."""
    model = refusing("429:3")
    async with trio.open_nursery() as nursery:
        with trio.fail_after(20):
            (listener,) = await nursery.start(partial(serve_offline, model, port=0))
            url = f"ws://127.0.0.1:{listener.socket.getsockname()[1]}/v1/realtime?model=gpt-realtime"
            with pytest.raises(Rejected) as there:
                async with open_websocket_wire(url, backlog=2**20, max_message_size=2**20):
                    raise AssertionError
            with pytest.raises(Rejected) as here:
                async with open_offline_model(model):
                    raise AssertionError
        nursery.cancel_scope.cancel()
    assert str(there.value).partition(": ")[2] == str(here.value).partition(": ")[2]
    assert (there.value.status, there.value.retry_after) == (here.value.status, here.value.retry_after)
