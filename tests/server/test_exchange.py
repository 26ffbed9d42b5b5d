"""Counting calls and draining them, in virtual time."""

import pytest
import trio
from peers import Exchange as Models
from peers import Phone

from twiliobridge.call import run_call
from twiliobridge.conversation import Agent, Ending
from twiliobridge.server import Exchange
from twiliobridge.server.exchange import CUT_SHORT, Phase
from twiliobridge.wires import memory_wires

AGENT = Agent(instructions="Be brief.", greeting="Hello.")


class Lines:
    """Calls in an exchange."""

    def __init__(self, nursery, most=10):
        self.exchange = Exchange(most)
        self.nursery = nursery
        self.summaries = []

    async def call(self):
        near, far = memory_wires()
        phone = Phone(far)
        self.nursery.start_soon(self._carry, near)
        phone.call()
        await phone.hear_speech()
        return phone

    async def _carry(self, near):
        call = run_call(near, Models().dial, AGENT, shutdown=self.exchange.closing)
        self.summaries.append(await self.exchange.carry(call))

    def endings(self):
        return {ending: count for ending, count in self.exchange.status()["endings"].items() if count}


async def test_an_idle_exchange_drains_at_once(autojump_clock):
    began = trio.current_time()
    exchange = Exchange(1)
    await exchange.drain(20)
    assert trio.current_time() == began
    assert (exchange.phase, exchange.takes_calls) == (Phase.CLOSING, False)


async def test_a_drain_lets_calls_finish_and_ends_the_rest_after_the_grace(autojump_clock):
    """No new call at once; a call that ends in time ends as it would, and the others as SHUTDOWN."""
    async with trio.open_nursery() as nursery:
        lines = Lines(nursery)
        first, _second = await lines.call(), await lines.call()
        began = trio.current_time()
        nursery.start_soon(lines.exchange.drain, 20)
        await trio.sleep(1)
        assert (lines.exchange.phase, lines.exchange.takes_calls) == (Phase.DRAINING, False)
        await first.wire.aclose()
        await trio.sleep(1)
        assert lines.endings() == {Ending.CALLER_HUNG_UP.value: 1}
    assert lines.endings() == {Ending.CALLER_HUNG_UP.value: 1, Ending.SHUTDOWN.value: 1}
    assert 20 <= trio.current_time() - began < 23
    assert lines.exchange.active == 0


async def test_a_drain_is_over_when_the_last_call_is(autojump_clock):
    async with trio.open_nursery() as nursery:
        lines = Lines(nursery)
        phone = await lines.call()
        began = trio.current_time()
        nursery.start_soon(lines.exchange.drain, 20)
        await trio.sleep(5)
        await phone.wire.aclose()
    assert 5 <= trio.current_time() - began < 8


async def test_a_call_that_is_cancelled_is_counted_all_the_same(autojump_clock):
    async with trio.open_nursery() as nursery:
        lines = Lines(nursery)
        await lines.call()
        nursery.cancel_scope.cancel()
    assert lines.endings() == {CUT_SHORT: 1}
    assert (lines.exchange.active, lines.summaries) == (0, [])


@pytest.mark.parametrize("most", [1, 2])
async def test_as_many_calls_as_it_takes(most, autojump_clock):
    async with trio.open_nursery() as nursery:
        lines = Lines(nursery, most)
        for number in range(most):
            assert lines.exchange.takes_calls
            await lines.call()
            assert lines.exchange.active == number + 1
        assert not lines.exchange.takes_calls
        nursery.cancel_scope.cancel()
