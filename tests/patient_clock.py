"""Virtual time that stands still while a thread works for a tool.

Trio's mock clock jumps to the next deadline as soon as every task waits; that a task waits for a thread, it
does not know.
"""

from contextlib import contextmanager
from math import inf

import trio


class Patience(trio.abc.Instrument):
    """All that begins or ends such a wait is a step of some task."""

    def __init__(self, clock, resources):
        self._clock, self._resources = clock, resources
        self._over = False

    def end(self):
        """From now on the clock jumps, whatever a thread does."""
        self._over = True

    def after_task_step(self, task):
        working = self._resources.threads.borrowed_tokens or self._resources.asyncio.waiting
        threshold = inf if working and not self._over else 0.0
        if self._clock.autojump_threshold != threshold:
            self._clock.autojump_threshold = threshold


@contextmanager
def patient(clock, resources):
    """`clock` is pytest-trio's `autojump_clock`."""
    patience = Patience(clock, resources)
    trio.lowlevel.add_instrument(patience)
    try:
        yield patience
    finally:
        trio.lowlevel.remove_instrument(patience)
        clock.autojump_threshold = 0.0
