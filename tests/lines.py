"""A call in progress over memory wires: a phone, models, and in the end a summary."""

from contextlib import asynccontextmanager

import trio
from peers import Exchange, Phone

from twiliobridge.call import run_call
from twiliobridge.conversation import Agent
from twiliobridge.wires import memory_wires

AGENT = Agent(instructions="Be brief.", greeting="Hello.", may_hang_up=False)


class Line:
    """A call in progress: its phone, its exchange, and in the end its summary."""

    def __init__(self, backlog=1 << 20):
        self.near, far = memory_wires(backlog)
        self.phone = Phone(far)
        self.summary = None

    async def run(self, dial, agent, **options):
        self.summary = await run_call(self.near, dial, agent, **options)


@asynccontextmanager
async def call(exchange=None, agent=AGENT, dial=None, line=None, **options):
    """A call with `start` said; the block ends when the call has, which takes it no more than a minute."""
    line = line or Line()
    line.exchange = exchange or Exchange()
    with trio.fail_after(4000):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: line.run(dial or line.exchange.dial, agent, **options))
            yield line
    assert line.exchange.open == 0
