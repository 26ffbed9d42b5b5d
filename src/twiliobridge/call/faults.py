"""Whose fault an exception is: somebody else's code, or the end of the task that ran it."""

from math import inf

import trio


def apart(error: BaseException) -> tuple[BaseException | None, BaseException | None]:
    """What of `error` must go on its way, and what of it is a failure of the code that raised it.

    On its way goes the cancellation of the task that asks, and the interruption of the process. A failure is
    all else: SystemExit, and a cancellation of something else.
    """
    passing = _passing()
    if isinstance(error, BaseExceptionGroup):
        return error.split(passing)
    return (error, None) if isinstance(error, passing) else (None, error)


def _passing() -> tuple[type[BaseException], ...]:
    cancelled = trio.current_effective_deadline() == -inf
    return (KeyboardInterrupt, trio.Cancelled) if cancelled else (KeyboardInterrupt,)


def cause_of(error: BaseException) -> BaseException:
    """The one exception that a group was made around, as every nursery makes one; else `error` itself."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
