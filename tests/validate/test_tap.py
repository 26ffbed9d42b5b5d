"""What the suite says and does at the model's wire, seen from both ends of it."""

import json

import pytest
import trio
from judged import offline_model

from twiliobridge.offline import open_offline_model
from twiliobridge.offline.knock import Knock
from twiliobridge.offline.run import run_offline_session
from twiliobridge.realtime.events import CancelResponse, CreateResponse, Error, TruncateItem
from twiliobridge.validate.model_session import EXPIRED
from twiliobridge.validate.tap import ModelTap
from twiliobridge.wires import Rejected, memory_wires

WITHIN = 30


async def read_until(wire, kind):
    """The types of what the bridge hears, up to this one."""
    kinds = []
    with trio.fail_after(WITHIN):
        while kind not in kinds:
            kinds.append(json.loads(await wire.receive())["type"])
    return kinds


def at_the_bridge(tap):
    """A session that is watched where the bridge dials."""
    return tap.watched(lambda: open_offline_model(offline_model()))


def at_the_model(tap, nursery):
    """A session that is watched where the model serves."""
    near, far = memory_wires()
    knock = Knock(trio.current_time(), "a session", by_websocket=True)
    tap.knocked(knock)

    async def serve():
        async with tap.serving(far, knock) as end:
            await run_offline_session(end, offline_model())

    nursery.start_soon(serve)
    return near


@pytest.mark.parametrize("side", ["bridge", "model"])
async def test_what_is_asked_in_the_bridges_place_is_answered_to_the_bridge(autojump_clock, side):
    tap = ModelTap()
    async with trio.open_nursery() as nursery, at_the_bridge(tap)() as dialled:
        wire = dialled if side == "bridge" else at_the_model(tap, nursery)
        await read_until(wire, "session.created")
        tap.sessions[-1].ask(CreateResponse())
        assert "response.created" in await read_until(wire, "response.done")
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("side", ["bridge", "model"])
async def test_a_refusal_of_what_was_asked_is_kept_from_the_bridge(autojump_clock, side):
    tap = ModelTap()
    async with trio.open_nursery() as nursery, at_the_bridge(tap)() as dialled:
        wire = dialled if side == "bridge" else at_the_model(tap, nursery)
        await read_until(wire, "session.created")
        session = tap.sessions[-1]
        session.ask(CancelResponse())
        session.ask(TruncateItem(item_id="item_none", content_index=0, audio_end_ms=0))
        session.ask(CreateResponse())
        assert "error" not in await read_until(wire, "response.done")
        assert not session.events(Error)
        assert not session.told
        nursery.cancel_scope.cancel()


async def test_a_session_whose_hour_is_over_says_so_and_is_closed(autojump_clock):
    tap = ModelTap()
    async with at_the_bridge(tap)() as wire:
        await read_until(wire, "session.created")
        tap.sessions[0].expire()
        assert await read_until(wire, "error") == ["error"]
        with pytest.raises(trio.BrokenResourceError, match=str(EXPIRED)):
            await wire.receive()


async def test_a_model_that_serves_closes_with_the_services_code(autojump_clock):
    tap = ModelTap()
    async with trio.open_nursery() as nursery:
        wire = at_the_model(tap, nursery)
        await read_until(wire, "session.created")
        tap.sessions[0].expire()
        await read_until(wire, "error")
        with pytest.raises(trio.EndOfChannel, match=str(EXPIRED)):
            await wire.receive()


async def test_a_handshake_is_answered_when_it_is_let_go(autojump_clock):
    tap = ModelTap()
    opened = []

    async def dial():
        async with at_the_bridge(tap)():
            opened.append(trio.current_time())

    async with trio.open_nursery() as nursery:
        with tap.holding() as answer:
            nursery.start_soon(dial)
            await trio.sleep(20)
            assert len(tap.knocks) == 1
            assert not opened
            answer()
    assert opened


async def test_a_dial_that_is_given_up_while_it_is_held_leaves_no_session(autojump_clock):
    tap = ModelTap()
    with tap.holding(), trio.move_on_after(1):
        async with at_the_bridge(tap)():
            pass
    assert [session.closed is not None for session in tap.sessions] == [True]


async def test_one_handshake_is_lost_and_the_next_is_not(autojump_clock):
    tap = ModelTap()
    tap.lose_next_handshake()
    with pytest.raises(Rejected) as lost:
        async with at_the_bridge(tap)():
            pass
    assert lost.value.transient
    async with at_the_bridge(tap)() as wire:
        await read_until(wire, "session.created")
