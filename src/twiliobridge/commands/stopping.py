"""Signals: the first asks a program to stop in good order, the second stops it."""

import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import trio

Result = TypeVar("Result")


async def until_interrupted(work: Callable[..., Awaitable[Result]], *args: object) -> Result:
    """What `work` returns. SIGINT or SIGTERM cancels it, and is a KeyboardInterrupt when it has cleaned up.

    Python itself would raise that in whichever task happens to run: a call's, say, whose server then
    reports a fault; and SIGTERM would end the process with nothing reported. Main thread only.
    """
    async with trio.open_nursery() as nursery:
        await nursery.start(_cancel_at_signal, nursery.cancel_scope)
        result = await work(*args)
        nursery.cancel_scope.cancel()
        return result
    raise KeyboardInterrupt


async def _cancel_at_signal(everything: trio.CancelScope, *, task_status: trio.TaskStatus[None]) -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        await anext(signals)
    everything.cancel()


@contextmanager
def sigterm_as_sigint() -> Iterator[None]:
    """Meanwhile SIGTERM does what Ctrl+C does, whatever that is by then. Main thread only.

    Where Ctrl+C does nothing, as in what a shell runs in the background, SIGTERM stays what it was.
    """
    before = signal.getsignal(signal.SIGTERM)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def stop_at_signals(
    stop: trio.Event, everything: trio.CancelScope, *, task_status: trio.TaskStatus[None]
) -> None:
    """Sets `stop` at the first SIGINT or SIGTERM and cancels `everything` at the second. Main thread only."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        await anext(signals)
        stop.set()
        await anext(signals)
        everything.cancel()
