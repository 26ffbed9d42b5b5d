"""A bridge of one's own, in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import trio

from twiliobridge.call import Dial
from twiliobridge.conversation import Agent
from twiliobridge.server import serve
from twiliobridge.settings import Settings


@asynccontextmanager
async def open_bridge(agent: Agent, dial: Dial) -> AsyncIterator[str]:
    """The agent on a free port of this machine; yields the URL of its media socket.

    At the end of the block, calls that still run have a moment to finish.
    """
    stop = trio.Event()
    settings = Settings(port=0, grace=1.0)
    async with trio.open_nursery() as nursery:
        serving = partial(serve, settings, agent, dial, stop=stop)
        [url] = await nursery.start(serving)
        try:
            yield "ws" + url.removeprefix("http") + "/twilio-agent"
        finally:
            stop.set()
