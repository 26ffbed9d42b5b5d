"""Waiting for what no event tells of: a bridge that is judged from outside sends none."""

from collections.abc import Callable

import trio

LOOK_EVERY = 0.01
"Seconds."


async def until(true: Callable[[], bool], within: float, every: float = LOOK_EVERY) -> bool:
    """Whether `true` was so at some moment within that many seconds."""
    with trio.move_on_after(within):
        while not true():  # noqa: ASYNC110 -- see above
            await trio.sleep(every)
        return True
    return true()
