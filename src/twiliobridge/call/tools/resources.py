"""What the tools of one server share: threads, an asyncio loop, ways out over HTTP, a nursery."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import trio

from twiliobridge.call.tools.asyncio_thread import AsyncioThread, open_asyncio_thread
from twiliobridge.wires.proxy import Proxies

THREADS = 100
"Of a server, for tools at once. Apart from Trio's own forty, which look up the names of hosts, too."

DIRECT = Proxies()


@dataclass(frozen=True)
class ToolResources:
    """Opened by `open_tool_resources`; any number of calls may use it."""

    threads: trio.CapacityLimiter
    "A thread that was given up holds its place until it ends; who finds none free waits, within its time."
    asyncio: AsyncioThread
    proxies: Proxies
    outliving: trio.Nursery
    "Where tools run that may outlive their call. None of them raises."


@asynccontextmanager
async def open_tool_resources(
    threads: int = THREADS, proxies: Proxies = DIRECT
) -> AsyncIterator[ToolResources]:
    """When the block ends, tools that outlive their calls are waited for, each within its own time.

    Cancellation: they are cancelled; the asyncio thread is ended, within a bound; threads are left behind.
    """
    async with open_asyncio_thread() as asyncio_thread, trio.open_nursery() as nursery:
        yield ToolResources(trio.CapacityLimiter(threads), asyncio_thread, proxies, nursery)
