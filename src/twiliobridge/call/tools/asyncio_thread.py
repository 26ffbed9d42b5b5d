"""The asyncio loop of a server, in a thread of its own, for tools that were written for asyncio.

trio-asyncio would run them in the server's own thread. There, whatever holds such a tool up holds every call
up, and the loops of uvloop and of libraries that bring their own are excluded.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import outcome
import trio

log = logging.getLogger(__name__)

LET_GO_AFTER = 1.0
"Seconds that a cancelled task has to end, as it may have something to undo. Then it is left to itself."

ENDED_WITHIN = 2.0
"Likewise for the whole thread, with what is left in it."

Make = Callable[[], Awaitable[object]]


class AsyncioThread:
    """Starts with the first tool that needs it. Opened by `open_asyncio_thread`."""

    def __init__(self) -> None:
        self.waiting = 0
        "Tasks of Trio that wait for this thread."
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    async def run(self, make: Make) -> object:
        """Awaits `make()` on asyncio; returns or raises what it does, asyncio.CancelledError included.

        Cancelled: so is its task, which has LET_GO_AFTER seconds to end. What it raises then is raised beside
        the cancellation.
        """
        loop, job = self._started(), _Job(make)
        self.waiting += 1
        try:
            loop.call_soon_threadsafe(job.start)
            await job.over.wait()
        except trio.Cancelled as cancelled:
            loop.call_soon_threadsafe(job.cancel)
            with trio.move_on_after(LET_GO_AFTER, shield=True):
                await job.over.wait()
            if failure := job.failure_to_end():
                raise BaseExceptionGroup("cancelled, and failed at that", [cancelled, failure]) from None
            raise
        finally:
            self.waiting -= 1
        return job.result.unwrap()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            arguments = self._loop, self._stopped
            self._thread = threading.Thread(target=_live, args=arguments, name="asyncio tools", daemon=True)
            self._thread.start()
        return self._loop

    async def end(self) -> None:
        """Cancels what still runs there, and waits for the end of the thread, though not for ever."""
        if self._loop is None or self._thread is None:
            return
        self._stopped.set()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self.waiting += 1
        one_more = trio.CapacityLimiter(1)  # the usual threads may all hang
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(self._thread.join, ENDED_WITHIN, limiter=one_more)
        self.waiting -= 1
        if self._thread.is_alive():
            log.warning("a tool on asyncio holds its loop; its thread is left to itself")


@asynccontextmanager
async def open_asyncio_thread() -> AsyncIterator[AsyncioThread]:
    """For as long as the block lasts."""
    thread = AsyncioThread()
    try:
        yield thread
    finally:
        await thread.end()


def _live(loop: asyncio.AbstractEventLoop, stopped: threading.Event) -> None:
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            while not stopped.is_set():
                _run_for_ever(runner.get_loop())
    except BaseException:
        log.exception("what tools left on asyncio failed when it was ended")


def _run_for_ever(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    except BaseException:
        log.exception("a task that a tool has left on asyncio failed; the loop goes on")


class _Job:
    """One awaitable, as one task of asyncio, and a task of Trio that waits for it."""

    def __init__(self, make: Make) -> None:
        self.over = trio.Event()
        self.result: outcome.Outcome[object] = outcome.Error(asyncio.CancelledError())
        self._make = make
        self._trio = trio.lowlevel.current_trio_token()
        self._task: asyncio.Task[outcome.Outcome[object]] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(outcome.acapture(self._make))
        self._task.add_done_callback(self._done)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def failure_to_end(self) -> BaseException | None:
        """What a cancelled task has raised besides that."""
        failed = isinstance(self.result, outcome.Error)
        error = self.result.error if isinstance(self.result, outcome.Error) else None
        return None if not failed or isinstance(error, asyncio.CancelledError) else error

    def _done(self, task: "asyncio.Task[outcome.Outcome[object]]") -> None:
        if not task.cancelled():
            self.result = task.result()
        with suppress(trio.RunFinishedError):
            self._trio.run_sync_soon(self.over.set)
