"""What the server says by HTTP, over loopback: client secrets, models, and errors in OpenAI's shape."""

import json
import logging
from contextlib import asynccontextmanager
from functools import partial

import pytest
import trio
from offline_driver import ENGINES, Recited

from twiliobridge.offline.door import Door
from twiliobridge.offline.http_api import ABSENT, LONGEST_BODY, SECRETS
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.server import serve_offline
from twiliobridge.wires.http import get, post
from twiliobridge.wires.websocket import open_websocket_wire

JSON = {"Content-Type": "application/json"}


@asynccontextmanager
async def served(door=None):
    """The server's base URL."""
    model = OfflineModel(ENGINES, Recited, Knobs(latency=0))
    async with trio.open_nursery() as nursery:
        with trio.fail_after(20):
            (listener,) = await nursery.start(partial(serve_offline, model, port=0, door=door))
            yield f"http://127.0.0.1:{listener.socket.getsockname()[1]}"
        nursery.cancel_scope.cancel()


async def asked(base, path, body=None, **headers):
    """Status and JSON of the answer; `body` None is a GET."""
    url = base + path
    if body is None:
        answer = await get(url, headers)
    else:
        answer = await post(url, body, {**JSON, **headers})
    assert answer.headers["content-type"] == "application/json"
    return answer.status, json.loads(answer.body)


async def welcomed(base, query, key, **headers):
    """The first event of a session, by the key of a client secret."""
    url = "ws" + base.removeprefix("http") + "/v1/realtime" + query
    headers = headers or {"Authorization": f"Bearer {key}"}
    async with open_websocket_wire(url, headers, backlog=2**16, max_message_size=2**16) as wire:
        return json.loads(await wire.receive())


WISH = {
    "type": "realtime",
    "model": "gpt-realtime",
    "instructions": "Be brief.",
    "tools": [{"type": "function", "name": "balance", "parameters": {}}],
    "audio": {"output": {"voice": "cedar"}},
}


async def test_a_secret_opens_sessions_that_begin_as_it_says():
    """Any number of them, and the query needs no model."""
    async with served() as base:
        status, secret = await asked(base, SECRETS, json.dumps({"session": WISH}).encode())
        assert status == 200
        for query in ("", "?model=gpt-realtime"):
            created = await welcomed(base, query, secret["value"])
            assert created["type"] == "session.created"
            told = created["session"]
            assert (told["model"], told["instructions"]) == ("gpt-realtime", "Be brief.")
            assert told["tools"][0]["name"] == "balance"
            assert told["audio"]["output"]["voice"] == "cedar"
            assert told["id"] != secret["session"]["id"]


@pytest.mark.parametrize("key", ["ek_unheard_of", "ek_"])
async def test_a_secret_that_nobody_made_opens_nothing(key):
    async with served() as base:
        refused = await welcomed(base, "?model=gpt-realtime", key)
        assert refused["error"]["code"] == "invalid_api_key"


async def test_azures_paths_say_the_same():
    async with served() as base:
        status, secret = await asked(base, f"/openai{SECRETS}", b"{}", **{"api-key": "any"})
        assert (status, secret["value"][:3]) == (200, "ek_")
        assert (await asked(base, "/openai/v1/models"))[1] == (await asked(base, "/v1/models"))[1]


async def test_a_secret_makes_no_further_secret():
    async with served() as base:
        _, secret = await asked(base, SECRETS, b"{}")
        bearer = {"Authorization": f"Bearer {secret['value']}"}
        status, told = await asked(base, SECRETS, b"{}", **bearer)
        assert (status, told["error"]["code"]) == (401, "invalid_api_key")


async def test_the_models_are_those_that_the_door_lets_in_and_those_that_write_down():
    async with served(Door(models=frozenset({"gpt-realtime-3"}))) as base:
        status, told = await asked(base, "/v1/models")
        assert (status, told["object"]) == (200, "list")
        names = {model["id"] for model in told["data"]}
        assert {"gpt-realtime-3", "gpt-4o-transcribe"} <= names
        assert "gpt-realtime" not in names
        assert (await asked(base, "/v1/models/gpt-realtime-3"))[1] == next(
            model for model in told["data"] if model["id"] == "gpt-realtime-3"
        )


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "code"),
    [
        ("/v1/models/gpt-4", None, {}, 404, "model_not_found"),
        ("/v1/nothing", None, {}, 404, None),
        ("/v1/models", b"{}", {}, 405, "method_not_supported"),
        ("/v1/realtime", None, {}, 426, None),
        (SECRETS, None, {}, 405, "method_not_supported"),
        (
            SECRETS,
            b"x",
            {"Content-Type": "text/plain"},
            415,
            "unsupported_content_type",
        ),
        (SECRETS, b"x" * (LONGEST_BODY + 1), {}, 413, None),
        (SECRETS, b"{", {}, 400, "invalid_json"),
        (SECRETS, b"{}", {"Authorization": "Bearer sk-bad"}, 401, "invalid_api_key"),
        ("/v1/models", None, {"api-key": "sk-bad"}, 401, "invalid_api_key"),
        ("/v1/realtime/calls", b"v=0", {"Content-Type": "application/sdp"}, 404, None),
        ("/v1/realtime/calls/rtc_1/hangup", b"", {}, 404, None),
        ("/v1/realtime/sessions", b"{}", {}, 410, "beta_api_shape_disabled"),
        ("/v1/realtime/transcription_sessions", b"{}", {}, 410, "beta_api_shape_disabled"),
    ],
)
async def test_every_error_is_json_in_the_services_shape(path, body, headers, status, code):
    async with served(Door(refused_keys=frozenset({"sk-bad"}))) as base:
        told = await asked(base, path, body, **headers)
    assert (told[0], told[1]["error"]["code"]) == (status, code)
    assert set(told[1]["error"]) == {"message", "type", "param", "code"}
    assert told[1]["error"]["type"] == "invalid_request_error"


async def test_what_this_server_lacks_is_said_with_what_it_has():
    async with served() as base:
        for path in ("/v1/realtime/calls", "/v1/realtime/sessions"):
            assert path in ABSENT
            _, told = await asked(base, path, b"{}")
            assert "This server has: /v1/realtime by WebSocket" in told["error"]["message"]


async def test_a_refusal_is_one_line_of_the_log_without_the_key(caplog):
    """Who, what was asked for, and why: by HTTP, and after a handshake."""
    caplog.set_level(logging.WARNING, "twiliobridge")
    async with served(Door(refused_keys=frozenset({"sk-bad"}))) as base:
        await asked(base, "/v1/nothing", Authorization="Bearer sk-bad")
        await welcomed(base, "?model=g%0Ax", "sk-any")
        await welcomed(base, "?model=gpt-realtime", "sk-bad")
    assert [record.getMessage() for record in caplog.records] == [
        "refused 127.0.0.1 '/v1/nothing' with 404: Invalid URL (GET /v1/nothing)",
        r"""refused 127.0.0.1, who asked for model 'g\nx': Model "g x" is not supported in realtime mode.""",
        "refused 127.0.0.1, who asked for model 'gpt-realtime': Incorrect API key provided.",
    ]
