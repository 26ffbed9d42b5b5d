"""A tool that holds the loop is named in a warning, once; one that waits is not."""

import trio

from twiliobridge.call.tools import held_loop, tool_output
from twiliobridge.call.tools.held_loop import timed
from twiliobridge.conversation import CallInfo, Tool

CALL = CallInfo("CA1", "MZ1", {})


class Clock:
    """Reads what the work under test sets."""

    now = 0.0

    def __call__(self):
        return self.now


async def work(clock, *steps):
    """Each step holds the loop for so many seconds, and then waits for longer."""
    for seconds in steps:
        clock.now += seconds
        await trio.lowlevel.checkpoint()
        clock.now += 0  # what passes while it waits is not set here
    return "done"


async def test_only_the_first_step_that_is_too_long_is_told():
    clock, told = Clock(), []
    assert await timed(work(clock, 0.1, 0.2, 3, 0.05), told.append, clock) == "done"
    assert [round(seconds, 6) for seconds in told] == [0.2]


async def test_what_passes_while_it_waits_is_not_its_own():
    clock, told = Clock(), []

    async def others():
        clock.now += 5

    async with trio.open_nursery() as nursery:
        nursery.start_soon(others)
        await timed(work(clock, 0.05, 0.05), told.append, clock)
    assert clock.now > 5
    assert not told


async def test_errors_and_cancellation_pass_both_ways(autojump_clock):
    """`timed` is nothing but a witness."""
    clock, told, seen = Clock(), [], []

    async def waits():
        try:
            await trio.sleep_forever()
        except trio.Cancelled:
            seen.append("cancelled")
            clock.now += 1
            raise

    with trio.move_on_after(1) as scope:
        await timed(waits(), told.append, clock)
    assert scope.cancelled_caught
    assert (seen, told) == (["cancelled"], [1])


async def test_the_warning_names_the_tool_and_the_call(monkeypatch, caplog):
    """Any step is too long here."""
    monkeypatch.setattr(held_loop, "LONGEST_STEP", -1.0)

    async def tool(arguments, call):
        await trio.lowlevel.checkpoint()
        return "done"

    async def tool_on_asyncio(arguments, call):
        return "done"

    await tool_output(Tool("book", "", tool), "{}", CALL)
    await tool_output(Tool("rent", "", tool_on_asyncio, loop="asyncio"), "{}", CALL)
    first, second = caplog.messages
    assert first.startswith("CA1 tool book held the trio loop for 0.00 s")
    assert second.startswith("CA1 tool rent held the asyncio loop for 0.00 s")
