"""Who holds an event loop: a coroutine that is timed from each of its awaits to the next."""

import time
import types
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any

LONGEST_STEP = 0.1
"Seconds. For so long nothing else of that loop has run: of Trio's, five frames of every call of the server."

Held = Callable[[float], None]
"Is told, once, for how many seconds."


@types.coroutine
def timed(
    work: Coroutine[Any, Any, object], held: Held, clock: Callable[[], float] = time.perf_counter
) -> Generator[Any, Any, object]:
    """Awaits `work`, under any event loop; `held` is told of its first step of more than LONGEST_STEP.

    What `work` starts in tasks of their own is not timed.
    """
    step, told = partial(work.send, None), False
    while True:
        began = clock()
        try:
            awaited = step()
        except StopIteration as done:
            return done.value
        finally:
            if not told and (took := clock() - began) > LONGEST_STEP:
                told = True
                held(took)
        try:
            step = partial(work.send, (yield awaited))
        except BaseException as error:  # noqa: BLE001 -- it is for `work`, which raises it on
            step = partial(work.throw, error)
