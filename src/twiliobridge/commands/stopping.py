"""Signals: the first asks a program to stop in good order, the second stops it."""

import signal

import trio


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
