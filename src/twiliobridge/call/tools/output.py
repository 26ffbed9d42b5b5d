"""What the model is told of a tool: the one door of a call through which somebody else's exceptions come."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import msgspec
import trio

from twiliobridge.call.faults import apart, cause_of
from twiliobridge.call.tools.readable import LONGEST_OUTPUT, encodable, readable
from twiliobridge.call.tools.resources import ToolResources, open_tool_resources
from twiliobridge.call.tools.running import run
from twiliobridge.conversation import CallInfo, Tool, ToolError
from twiliobridge.wires import Unreachable

log = logging.getLogger(__name__)

LONGEST_LOGGED = 500
"Characters of the result of a tool that may have outlived its call."


async def tool_output(
    tool: Tool, arguments: str, call: CallInfo, resources: ToolResources | None = None
) -> str:
    """What the model reads as the tool's answer: its own text, or one that begins with "error:".

    `arguments` as the model wrote them. Without `resources`, it opens some for this once.
    Cancellation: so is the tool, unless it may outlive its call.
    """
    if resources is None:
        async with open_tool_resources() as own:
            return await tool_output(tool, arguments, call, own)
    if tool.finish:
        return await _Outliving(tool, call).run(partial(_output, tool, arguments, call, resources), resources)
    return await _output(tool, arguments, call, resources)


async def _output(tool: Tool, arguments: str, call: CallInfo, resources: ToolResources) -> str:
    try:
        with trio.move_on_after(tool.within):
            return readable(await run(tool, read_arguments(arguments), call, resources))
    except BaseException as error:  # noqa: BLE001 -- a tool's failure must not end the call, nor the server
        passing, failure = apart(error)
        told = "" if failure is None else error_text(tool, call, failure)
        if passing is not None:
            raise passing from None
        return told
    log.warning("%s tool %s did not answer within %g s", call.call_sid, tool.name, tool.within)
    return f"error: {tool.name} did not answer within {tool.within:g} seconds"


def error_text(tool: Tool, call: CallInfo, failure: BaseException) -> str:
    """For the model; the log gets it whole."""
    cause = cause_of(failure)
    if isinstance(cause, ToolError):
        log.warning("%s tool %s: %s", call.call_sid, tool.name, ascii(str(cause)), exc_info=cause.__cause__)
        return encodable(f"error: {cause}")[:LONGEST_OUTPUT]
    if isinstance(cause, Unreachable):  # one line says it all, and no code of anybody's is at fault
        log.warning("%s tool %s: %s", call.call_sid, tool.name, cause)
    else:
        log.error("%s tool %s failed", call.call_sid, tool.name, exc_info=failure)
    return f"error: the tool failed ({type(cause).__name__})"


def read_arguments(text: str) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ToolError(f"the arguments are no JSON object: {error}") from None


class _Outliving:
    """A tool that runs in the server's own nursery, and a call that waits for its text, or no longer does."""

    def __init__(self, tool: Tool, call: CallInfo) -> None:
        self._names = call.call_sid, tool.name
        self._over = trio.Event()
        self._output = ""

    async def run(self, work: Callable[[], Awaitable[str]], resources: ToolResources) -> str:
        """Cancelled: the tool runs on."""
        resources.outliving.start_soon(self._finish, work)
        await self._over.wait()
        return self._output

    async def _finish(self, work: Callable[[], Awaitable[str]]) -> None:
        try:
            self._output = await work()
        except trio.Cancelled:
            log.warning("%s tool %s was cut short, with the server", *self._names)
            raise
        log.info("%s tool %s finished: %s", *self._names, ascii(self._output[:LONGEST_LOGGED]))
        self._over.set()
