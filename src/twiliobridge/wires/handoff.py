"""From a thread that must not wait to a task that may: a bounded queue, for Trio and asyncio."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

import anyio
import anyio.lowlevel
import trio

T = TypeVar("T")


class Handoff(Generic[T]):
    """One thread offers, one task receives. Made on the task's event loop.

    At most `bound` items wait: live sound that nobody took in time is late, and what finds no room is dropped
    and counted.
    """

    def __init__(self, bound: int) -> None:
        self.dropped = 0
        self._bound = bound
        self._waiting: deque[T] = deque()
        self._news = anyio.Event()
        self._soon = _call_soon()

    def offer(self, item: T) -> None:
        """From any thread; never waits. Once the event loop is gone, nothing happens."""
        if len(self._waiting) >= self._bound:
            self.dropped += 1
            return
        self._waiting.append(item)
        with contextlib.suppress(RuntimeError):  # Trio's RunFinishedError is one, too
            self._soon(self._wake)

    async def receive(self) -> T:
        """The oldest item. Cancelled, it takes none."""
        await anyio.lowlevel.checkpoint()
        while not self._waiting:
            self._news = anyio.Event()
            await self._news.wait()
        return self._waiting.popleft()

    def receive_nowait(self) -> T | None:
        """The oldest item, if one waits."""
        return self._waiting.popleft() if self._waiting else None

    def _wake(self) -> None:
        self._news.set()


def _call_soon() -> Callable[[Callable[[], None]], object]:
    """How a thread has something called on the event loop that runs here."""
    try:
        return partial(trio.lowlevel.current_trio_token().run_sync_soon, idempotent=True)
    except RuntimeError:
        return asyncio.get_running_loop().call_soon_threadsafe
