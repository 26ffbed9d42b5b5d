"""What the tools of one server share, and what of it is there when the server has ended."""

import asyncio
import threading

import pytest
import trio
from peers import STOP, Exchange
from served import bridge, settled

from twiliobridge.conversation import Agent, Ending, Tool
from twiliobridge.settings import Settings

pytestmark = pytest.mark.usefixtures("lane")


def agent(run, **more):
    return Agent("Be brief.", "Hi.", may_hang_up=False, tools=(Tool("tool", "A tool.", run, **more),))


def calling():
    """A model that calls the tool before it says anything."""
    return Exchange(tool_calls=[("tool", "{}")])


async def hang_up(phone):
    phone.say(STOP)
    await phone.hear_the_end()


async def test_a_server_that_stops_waits_for_a_tool_that_outlives_its_call():
    started, may_end, steps = trio.Event(), trio.Event(), []

    async def book(arguments, call):
        steps.append("charged")
        started.set()
        await may_end.wait()
        steps.append("written")

    async with bridge(agent=agent(book, finish=True), dial=calling().dial) as served:
        async with served.phone() as phone:
            phone.call()
            await started.wait()
            await hang_up(phone)
        assert await served.endings(1) == [Ending.CALLER_HUNG_UP]
        served.stop.set()
        await trio.sleep(0.05)
        assert steps == ["charged"]
        may_end.set()
    assert steps == ["charged", "written"]


async def test_all_calls_share_one_loop_of_asyncio_which_ends_with_the_server():
    loops = []

    async def tool(arguments, call):
        loops.append(asyncio.get_running_loop())

    async with bridge(agent=agent(tool, loop="asyncio"), dial=calling().dial) as served:
        for _ in range(2):
            async with served.phone() as phone:
                phone.call()
                await phone.hear_speech()
                await hang_up(phone)
    assert len(loops) == 2
    assert len(set(loops)) == 1
    assert loops[0].is_closed()


async def test_a_thread_that_hangs_ends_neither_the_next_call_nor_the_server():
    """It holds one of the server's threads for tools, of which there are as many as its settings say."""
    gate, hanging = threading.Event(), []

    def tool(arguments, call):
        hanging.append(threading.current_thread())
        gate.wait()

    settings = Settings(port=0, tool_threads=1)
    try:
        async with bridge(settings, agent(tool, within=0.05), dial=calling().dial) as served:
            for _ in range(2):
                async with served.phone() as phone:
                    phone.call()
                    await phone.hear_speech()
                    await hang_up(phone)
            assert await served.endings(2) == [Ending.CALLER_HUNG_UP] * 2
        assert len(hanging) == 1
    finally:
        gate.set()
        await settled(lambda: [each for each in hanging if each.name == "tool tool"], [])
