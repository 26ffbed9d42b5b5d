"""The suite's own model, on a port: whoever is refused there is told of, with what was asked and why."""

from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest
import trio
from judged import MATERIAL, NEAR, bridge, failed, offline_model

from twiliobridge.realtime import events as model
from twiliobridge.validate.check import registered
from twiliobridge.validate.first_call import first_call
from twiliobridge.validate.model_service import open_model_service
from twiliobridge.validate.result import Status
from twiliobridge.validate.suite import Suite
from twiliobridge.wires import Unreachable
from twiliobridge.wires.http import get
from twiliobridge.wires.websocket import open_websocket_wire

ASKED = "the model refused GET /v1/realtime"
UPDATE = '{"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}}'
open_wire = partial(open_websocket_wire, backlog=1 << 20, max_message_size=1 << 20)


@asynccontextmanager
async def service(knobs=NEAR):
    """The tap, the URL, and the same without its query."""
    async with open_model_service(offline_model(knobs), "127.0.0.1", 0) as (tap, url):
        yield tap, url, url.partition("?")[0]


async def first_word(url, headers=None):
    """What a bridge hears first; nothing if its handshake is refused."""
    with suppress(Unreachable):
        async with open_wire(url, headers or {}) as wire:
            return await wire.receive()


async def test_the_url_that_is_printed_is_one_that_works():
    async with service() as (tap, url, _):
        assert "session.created" in await first_word(url)
        assert tap.turned_away == []
        assert len(tap.sessions) == 1


BETA = "beta_api_shape_disabled: The beta API is gone"
REFUSALS = [
    ("", {}, " by WebSocket: missing_model: You must provide a model parameter."),
    (
        "?model=whisper-1&key=secret",
        {},
        "?model=whisper-1&key=... by WebSocket: invalid_model: Model whisper-1",
    ),
    ("?model=m", {"OpenAI-Beta": "v1"}, f"?model=m by WebSocket with OpenAI-Beta: v1: {BETA}"),
    (
        "?model=m",
        {"Sec-WebSocket-Protocol": "realtime, openai-beta.v1"},
        f"?model=m by WebSocket with the subprotocol openai-beta.v1: {BETA}",
    ),
    ("/sessions", {}, "/sessions by WebSocket: HTTP 400: /v1/realtime/sessions is no WebSocket"),
    ("/here", {}, "/here by WebSocket: HTTP 404: Invalid URL"),
]


@pytest.mark.parametrize(("more", "headers", "told"), REFUSALS)
async def test_a_refusal_is_kept_with_what_was_asked(more, headers, told):
    async with service() as (tap, _, url):
        await first_word(url + more, headers)
        (away,) = tap.turned_away
        assert str(away).startswith(f"{ASKED}{told}")
        assert away.remedy.endswith(".")
        assert [each.refused for each in tap.sessions] == [True]


async def test_plain_http_is_a_knock_and_no_session():
    async with service() as (tap, _, url):
        await get(url.replace("ws://", "http://"), {})
        (away,) = tap.turned_away
        assert str(away).startswith(
            "the model refused GET /v1/realtime by plain HTTP: HTTP 426: /v1/realtime is a"
        )
        assert tap.sessions == []


async def test_what_the_suite_wants_refused_is_nobody_s_fault():
    async with service() as (tap, url, _):
        with tap.refusing_keys():
            assert "invalid_api_key" in await first_word(url)
        tap.lose_next_handshake()
        assert await first_word(url) is None
        assert [each.refused for each in tap.sessions] == [True, True]
        assert tap.turned_away == []


async def test_a_session_is_dialled_when_its_handshake_comes_and_not_when_it_is_answered():
    async with service(replace(NEAR, dial=0.5)) as (tap, url, _):
        began = trio.current_time()
        await first_word(url)
        assert tap.sessions[0].dialled - began < 0.4
        assert trio.current_time() - began >= 0.5


async def test_session_updated_and_what_follows_it_is_held_back_as_seen_by_the_bridge():
    """Everything that was said meanwhile stands before it in the log."""
    async with service() as (tap, url, _):
        with tap.holding_updated(0.3):
            async with open_wire(url, {}) as wire:
                await wire.receive()
                began = trio.current_time()
                wire.send(
                    '{"type":"session.update","session":{"type":"realtime","instructions":"Be brief."}}'
                )
                wire.send('{"type":"input_audio_buffer.clear"}')
                assert "session.updated" in await wire.receive()
                assert trio.current_time() - began >= 0.3
                assert "input_audio_buffer.cleared" in await wire.receive()
        said = [type(each.event) for each in tap.sessions[0].log]
        assert said[1:4] == [model.UpdateSession, model.ClearAudio, model.SessionUpdated]


async def test_a_bridge_that_is_refused_is_told_why_and_what_to_do():
    """Not that it dialled nobody."""
    only = [each for each in registered() if each.id == "C2"]
    async with service() as (tap, _, url):

        def dialled(_):
            return lambda: open_wire(url, {})

        async with bridge(dialled=dialled) as target:
            result = await Suite(replace(target, tap=tap), MATERIAL, only).run()
    told = (
        "the model refused GET /v1/realtime by WebSocket: missing_model: You must provide a model parameter."
    )
    assert failed(result)["C2.1"].startswith(told)
    (finding,) = [each for each in result.results[0].findings if each.id == "C2.1"]
    assert finding.advice.startswith("Name the model in the URL, ?model=gpt-realtime")
    (note,) = result.notes
    assert note.startswith(f"{told} Name the model in the URL")


async def test_a_bridge_that_is_refused_is_one_failure_and_the_model_s_words_are_its_reason():
    """What follows from it is not tried."""
    checks = [each for each in registered() if each.id in {"C2", "C3", "C4"}]
    async with service() as (tap, _, url), bridge(dialled=lambda _: lambda: open_wire(url, {})) as target:
        refused = replace(target, tap=tap, summaries=[])
        first = await first_call(refused, MATERIAL)
        result = await Suite(refused, MATERIAL, checks, hindrance=first.hindrance).run()
    assert failed(result)["C2.1"] == first.why == f"{ASKED}{REFUSALS[0][2]}"
    assert [each.status for each in result.results] == [Status.FAILED, Status.SKIPPED, Status.SKIPPED]
