"""Whatever a tool raises is a short error text for the model, whole in the log, and nobody else's concern."""

import asyncio
import logging

import outcome
import pytest
import trio

from twiliobridge.call.faults import cause_of
from twiliobridge.call.tools import LONGEST_OUTPUT, tool_output
from twiliobridge.conversation import CallInfo, Tool, ToolError

CALL = CallInfo("CA1", "MZ1", {})
SECRET = "SELECT * FROM cards WHERE key = 'sk-1'"


async def output_of(run, arguments="{}", **more):
    return await tool_output(Tool("tool", "A tool.", run, within=5.0, **more), arguments, CALL)


def raising(error):
    async def tool(arguments, call):
        raise error

    return tool


class BrokenTextError(Exception):
    def __str__(self):
        raise ValueError("no text")


@pytest.mark.parametrize(
    "error",
    [
        LookupError(SECRET),
        SystemExit(2),
        GeneratorExit(),
        asyncio.CancelledError(),
        StopAsyncIteration(),
        BaseException(SECRET),
        BaseExceptionGroup("two", [SystemExit(), ValueError(SECRET)]),
        BrokenTextError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_the_model_is_told_the_class_alone(error, caplog):
    """Texts of exceptions hold queries, paths and keys; the log has them, with the call."""
    assert await output_of(raising(error)) == f"error: the tool failed ({type(error).__name__})"
    (record,) = caplog.records
    assert repr(record.exc_info[1]) == repr(error)
    assert "CA1 tool tool failed" in record.getMessage()


async def test_the_text_of_a_tool_error_is_the_model_s(caplog):
    """It was written for it: no traceback."""
    assert await output_of(raising(ToolError("no such card"))) == "error: no such card"
    assert "no such card" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ExceptionGroup("n", [ExceptionGroup("n", [ToolError("no such card")])]), "error: no such card"),
        (ExceptionGroup("n", [LookupError(SECRET)]), "error: the tool failed (LookupError)"),
        (
            ExceptionGroup("n", [LookupError(SECRET), ToolError("x")]),
            "error: the tool failed (ExceptionGroup)",
        ),
    ],
)
async def test_what_a_nursery_wraps_is_told_as_if_it_did_not(error, text):
    assert await output_of(raising(error)) == text


async def test_the_text_of_a_tool_error_is_one_that_a_message_can_carry():
    assert await output_of(raising(ToolError("no file \udcff"))) == "error: no file ?"
    assert len(await output_of(raising(ToolError("x" * 2 * LONGEST_OUTPUT)))) == LONGEST_OUTPUT


async def test_an_interruption_of_the_process_is_no_failure_of_the_tool():
    with pytest.raises(BaseExceptionGroup) as caught:
        await output_of(raising(KeyboardInterrupt()))
    assert isinstance(cause_of(caught.value), KeyboardInterrupt)


async def test_a_cancellation_that_is_not_its_own_is_a_failure_of_the_tool(autojump_clock):
    """One that was kept from another task, say."""
    kept = []
    with trio.move_on_after(1):
        try:
            await trio.sleep_forever()
        except trio.Cancelled as cancelled:
            kept.append(cancelled)
            raise
    told = await outcome.acapture(output_of, raising(kept[0]))  # pytest-trio takes Cancelled for an end
    assert told == outcome.Value("error: the tool failed (Cancelled)")


async def test_a_tool_that_fails_at_being_cancelled_leaves_the_cancellation_alone(autojump_clock, caplog):
    """Its own failure is logged; the call ends as it was to end."""

    async def fails(task_status=trio.TASK_STATUS_IGNORED):
        try:
            await trio.sleep_forever()
        finally:
            raise OSError("no connection to undo it")

    async def tool(arguments, call):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fails)
            nursery.start_soon(trio.sleep_forever)

    with trio.move_on_after(1) as scope:
        await output_of(tool)
    assert scope.cancelled_caught
    assert "no connection to undo it" in caplog.text


async def test_a_failure_after_its_time_is_told_as_a_failure(autojump_clock, caplog):
    async def tool(arguments, call):
        try:
            await trio.sleep_forever()
        finally:
            raise OSError("no connection to undo it")

    assert await output_of(tool) == "error: the tool failed (OSError)"


@pytest.mark.parametrize("arguments", ["{", "[]", "7", '{"a": "\\ud800"}'])
async def test_arguments_that_are_no_object_are_an_error_text(arguments, caplog):
    caplog.set_level(logging.ERROR)
    told = await output_of(raising(AssertionError("not to be run")), arguments)
    assert told.startswith("error: the arguments are no JSON object")
    assert not caplog.records  # it is the model's mistake
