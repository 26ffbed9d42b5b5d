"""A tool for asyncio runs on a loop of its own, one for all calls, and is cancelled with its call."""

import asyncio
import logging
import threading
from contextlib import suppress
from functools import partial

import pytest
import trio
from patient_clock import patient

from twiliobridge.call.tools import asyncio_thread, open_tool_resources, tool_output
from twiliobridge.conversation import CallInfo, Tool

CALL = CallInfo("CA1", "MZ1", {"plan": "gold"})


def on_asyncio(run, within=5.0):
    return Tool("tool", "", run, within=within, loop="asyncio")


async def where(arguments, call):
    await asyncio.sleep(0)
    return [call.parameters["plan"], arguments, threading.current_thread().name]


async def test_it_runs_on_asyncio_with_arguments_and_call():
    expected = '["gold",{"a":1},"asyncio tools"]'
    assert await tool_output(on_asyncio(where), '{"a": 1}', CALL) == expected


async def test_what_a_plain_function_returns_to_be_awaited_is_awaited_there():
    """An `async def` in a decorator that hides it."""
    tool = on_asyncio(lambda arguments, call: where(arguments, call))  # noqa: PLW0108 -- the case
    assert "asyncio tools" in await tool_output(tool, "{}", CALL)


async def test_all_calls_of_a_server_share_one_loop_which_starts_with_the_first_and_ends_with_the_server():
    loops = []

    async def tool(arguments, call):
        loops.append(asyncio.get_running_loop())

    before = threading.active_count()
    async with open_tool_resources() as resources:
        assert threading.active_count() == before
        for _ in range(3):
            await tool_output(on_asyncio(tool), "{}", CALL, resources)
    assert len(set(loops)) == 1
    assert loops[0].is_closed()
    assert not [each for each in threading.enumerate() if each.name == "asyncio tools"]


@pytest.mark.parametrize(
    "error",
    [LookupError("x"), asyncio.CancelledError(), SystemExit(2), KeyboardInterrupt(), GeneratorExit()],
    ids=lambda error: type(error).__name__,
)
async def test_what_it_raises_is_its_own_failure_and_the_loop_goes_on(error, caplog):
    async def tool(arguments, call):
        raise error

    async with open_tool_resources() as resources:
        told = await tool_output(on_asyncio(tool), "{}", CALL, resources)
        name = "RuntimeError" if isinstance(error, KeyboardInterrupt) else type(error).__name__
        assert told == f"error: the tool failed ({name})"
        assert "asyncio tools" in await tool_output(on_asyncio(where), "{}", CALL, resources)
    assert "tool tool failed" in caplog.text


async def test_what_its_own_tasks_raise_does_not_end_the_loop(caplog):
    """SystemExit of a task passes through asyncio's loop, and out of it."""

    async def exits():
        raise SystemExit(2)

    async def tool(arguments, call):
        return await asyncio.gather(exits())

    async with open_tool_resources() as resources:
        told = await tool_output(on_asyncio(tool), "{}", CALL, resources)
        assert told == "error: the tool failed (SystemExit)"
        assert "asyncio tools" in await tool_output(on_asyncio(where), "{}", CALL, resources)
    assert "the loop goes on" in caplog.text


async def test_one_that_is_slow_is_cancelled_and_an_error_text(autojump_clock, caplog):
    seen, token = [], trio.lowlevel.current_trio_token()

    async def tool(arguments, call):
        token.run_sync_soon(patience.end)
        try:
            await asyncio.sleep(3600)
        finally:
            seen.append("cancelled")

    async with open_tool_resources() as resources:
        with patient(autojump_clock, resources) as patience:
            told = await tool_output(on_asyncio(tool), "{}", CALL, resources)
        with patient(autojump_clock, resources):
            await tool_output(on_asyncio(where), "{}", CALL, resources)
    assert told == "error: tool did not answer within 5 seconds"
    assert seen == ["cancelled"]


async def cancelled_call(tool, resources, running=None):
    """A call that is cancelled once its tool runs."""
    running = running or trio.Event()
    token = trio.lowlevel.current_trio_token()

    async def run(arguments, call):
        token.run_sync_soon(running.set)
        return await tool()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(tool_output, on_asyncio(run), "{}", CALL, resources)
        await running.wait()
        nursery.cancel_scope.cancel()


async def test_it_is_cancelled_with_its_call_which_waits_until_it_has_undone_its_work():
    seen = []

    async def tool():
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            seen.append("undone")

    async with open_tool_resources() as resources:
        await cancelled_call(tool, resources)
        assert seen == ["undone"]


async def test_what_it_raises_when_cancelled_is_logged_and_the_call_ends(caplog):
    async def tool():
        try:
            await asyncio.sleep(3600)
        finally:
            raise OSError("no connection to undo it")

    async with open_tool_resources() as resources:
        await cancelled_call(tool, resources)
    assert "no connection to undo it" in caplog.text


async def test_one_that_will_not_be_cancelled_is_left_to_itself(autojump_clock):
    """The call ends after LET_GO_AFTER seconds; what it is about then ends with the server."""
    gate = threading.Event()

    async def tool():
        await asyncio.to_thread(gate.wait)

    async with open_tool_resources() as resources:
        began = trio.current_time()
        with patient(autojump_clock, resources) as patience:
            await cancelled_call(partial(stubborn, tool), resources, Running(patience))
        assert trio.current_time() - began == asyncio_thread.LET_GO_AFTER
        gate.set()


class Running:
    """An event with which the clock's patience ends."""

    def __init__(self, patience):
        self.wait, self._event, self._patience = (event := trio.Event()).wait, event, patience

    def set(self):
        self._event.set()
        self._patience.end()


async def stubborn(work):
    """Takes no cancellation for an answer."""
    task = asyncio.ensure_future(work())
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)


async def test_a_tool_that_holds_its_loop_does_not_keep_the_server_from_ending(monkeypatch, caplog):
    """A thread cannot be ended from outside: it is left, as a daemon, and the log tells."""
    monkeypatch.setattr(asyncio_thread, "ENDED_WITHIN", 0.01)
    monkeypatch.setattr(asyncio_thread, "LET_GO_AFTER", 0.01)
    gate = threading.Event()

    async def tool():
        gate.wait()

    try:
        async with open_tool_resources() as resources:
            await cancelled_call(tool, resources)
        assert "a tool on asyncio holds its loop" in caplog.text
    finally:
        gate.set()


async def test_what_a_tool_leaves_on_the_loop_is_cancelled_with_the_server():
    seen, left = [], []

    async def linger():
        try:
            await asyncio.sleep(3600)
        finally:
            seen.append("cancelled")

    async def tool(arguments, call):
        left.append(asyncio.create_task(linger()))
        await asyncio.sleep(0)

    logging.getLogger("asyncio").setLevel(logging.WARNING)
    async with open_tool_resources() as resources:
        await tool_output(on_asyncio(tool), "{}", CALL, resources)
    assert seen == ["cancelled"]
