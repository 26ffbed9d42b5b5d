"""Something happens at every point at which a program can be interrupted: at the first, at the second, ..."""

from collections.abc import Awaitable, Callable

import trio


class AtStep(trio.abc.Instrument):
    """Calls `act` before the `step`-th time that any task runs on; between two awaits nothing can come."""

    def __init__(self, step: int, act: Callable[[], None]) -> None:
        self._left = step
        self._act = act

    @property
    def happened(self) -> bool:
        return self._left <= 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._left -= 1
        if self._left == 0:
            self._act()


class OfTheBridge(AtStep):
    """Counts only what the tasks of `run_call` do, and what is done for them."""

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if "twiliobridge.call" in task.name or "reactor" in task.name:
            super().before_task_step(task)


async def at_every_await(
    scenario: Callable[[], Awaitable[None]], act: Callable[[], None], every: int = 1
) -> int:
    """Runs `scenario` anew with `act` at its 1st await, its 2nd, ... until it ends before `act` comes.

    `every`: only each n-th of them. Returns how often `act` happened.
    """
    step, times = 1, 0
    while True:
        instrument = AtStep(step, act)
        trio.lowlevel.add_instrument(instrument)
        try:
            await scenario()
        finally:
            trio.lowlevel.remove_instrument(instrument)
        if not instrument.happened:
            return times
        step, times = step + every, times + 1
