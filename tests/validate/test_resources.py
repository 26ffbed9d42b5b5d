"""What a validation used is free when it is over: only the first one of a process loads what stays."""

import gc
import tracemalloc

import pytest
from judged import judge

from twiliobridge.validate.target import census

CHECKS = ("C2", "C4", "C8")
KEPT = 200 * 1024
"Bytes, of caches: measured 109,000. The calls of these checks, thirty and more, are many times as much."


@pytest.fixture
def traced():
    """Bytes that Python and NumPy hold, when asked."""

    def held():
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    yield held
    tracemalloc.stop()


async def test_memory_tasks_threads_and_descriptors_are_those_of_before(autojump_clock, traced):
    await judge(*CHECKS)
    before, held = census(), traced()
    result = await judge(*CHECKS)
    assert traced() - held > KEPT  # the calls as they were heard: the measure can tell
    del result
    assert traced() - held < KEPT
    assert census() == before
