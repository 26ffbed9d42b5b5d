"""A plain function runs in a thread: nothing waits for it but its own call."""

import logging
import threading
from functools import partial

import pytest
import trio
import trio.lowlevel
from patient_clock import patient

from twiliobridge.call.tools import open_tool_resources, tool_output
from twiliobridge.conversation import CallInfo, Tool

CALL = CallInfo("CA1", "MZ1", {"plan": "gold"})


@pytest.fixture
def gates():
    """Threads that wait at these are let go with the test."""
    made = []
    yield lambda: made.append(threading.Event()) or made[-1]
    for gate in made:
        gate.set()


async def test_it_runs_in_another_thread_with_arguments_and_call():
    names = []

    def tool(arguments, call):
        names.append(threading.current_thread().name)
        return {"plan": call.parameters["plan"], "card": arguments["card"]}

    assert await tool_output(Tool("look", "", tool), '{"card": 7}', CALL) == '{"plan":"gold","card":7}'
    assert names == ["tool look"]


class Method:
    async def __call__(self, arguments, call):
        await trio.lowlevel.checkpoint()
        return threading.current_thread() is threading.main_thread()

    def plain(self, arguments, call):
        return threading.current_thread() is threading.main_thread()


async def on_trio(arguments, call):
    await trio.lowlevel.checkpoint()
    return threading.current_thread() is threading.main_thread()


@pytest.mark.parametrize(
    ("run", "in_the_loop"),
    [
        (on_trio, True),
        (partial(on_trio), True),
        (Method(), True),
        (lambda arguments, call: on_trio(arguments, call), True),  # noqa: PLW0108 -- the case
        (Method().plain, False),
        (partial(Method().plain), False),
    ],
)
async def test_what_awaits_runs_in_the_loop_and_what_does_not_in_a_thread(run, in_the_loop):
    """Whatever a function is wrapped in."""
    assert await tool_output(Tool("tool", "", run), "{}", CALL) == str(in_the_loop).lower()


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), StopIteration(), LookupError("x")])
async def test_what_it_raises_is_its_own_failure(error, caplog):
    """KeyboardInterrupt, too: no signal raises it in a thread."""

    def tool(arguments, call):
        raise error

    assert (await tool_output(Tool("tool", "", tool), "{}", CALL)).startswith("error: the tool failed (")
    assert "tool tool failed" in caplog.text


async def test_a_thread_that_takes_too_long_is_left_to_itself_and_its_end_is_logged(autojump_clock, gates):
    """The model is told in time; the thread holds its place until it ends."""
    gate, records = gates(), logging.getLogger("twiliobridge.call.tools.running")
    told = threading.Event()
    handler = logging.Handler()
    handler.emit = lambda record: told.set() if "given up" in record.getMessage() else None
    records.addHandler(handler)
    records.setLevel(logging.INFO)
    tool = Tool("tool", "", lambda *_: gate.wait(), within=5.0)
    try:
        async with open_tool_resources() as resources:
            output = await tool_output(tool, "{}", CALL, resources)
            assert output == "error: tool did not answer within 5 seconds"
            assert resources.threads.borrowed_tokens == 1
            with patient(autojump_clock, resources):
                gate.set()
                while resources.threads.borrowed_tokens:
                    await trio.lowlevel.checkpoint()
        assert told.is_set()
    finally:
        records.removeHandler(handler)
        records.setLevel(logging.NOTSET)


async def test_as_many_run_as_there_are_threads_and_nobody_else_waits_for_them(gates, caplog):
    """Trio's own threads look up hosts' names; a tool in the loop needs none."""
    gate = gates()

    def slow(arguments, call):
        gate.wait()
        return "slow"

    async def quick(arguments, call):
        return await trio.to_thread.run_sync(lambda: "quick")

    outputs = []

    async def use(run, resources):
        outputs.append(await tool_output(Tool(run.__name__, "", run), "{}", CALL, resources))

    async with open_tool_resources(threads=2) as resources, trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(use, slow, resources)
        while resources.threads.statistics().tasks_waiting < 1:
            await trio.lowlevel.checkpoint()
        await use(quick, resources)
        assert outputs == ["quick"]
        gate.set()
    assert outputs == ["quick", "slow", "slow", "slow"]
    assert "tool slow waits: all 2 threads for tools are busy" in caplog.text
