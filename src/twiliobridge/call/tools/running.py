"""Running a tool where it belongs: in this task, in a thread, on asyncio, or at its endpoint."""

import inspect
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import trio

from twiliobridge.call.tools.asking import ask
from twiliobridge.call.tools.held_loop import Held, timed
from twiliobridge.call.tools.resources import ToolResources
from twiliobridge.conversation import CallInfo, Endpoint, Tool
from twiliobridge.conversation.tool import ToolFunction

log = logging.getLogger(__name__)

Work = Callable[[], Any]
"A tool with its arguments: what is left is to call it."


async def run(tool: Tool, arguments: Mapping[str, Any], call: CallInfo, resources: ToolResources) -> object:
    """What the tool returns, or raises. Cancellation: see Tool."""
    if isinstance(tool.run, Endpoint):
        return await ask(tool.run, arguments, call, resources.proxies)
    work = partial(tool.run, arguments, call)
    held = partial(_warn, tool, call)
    if _is_async(tool.run):
        return await _awaited(work, tool, resources, held)
    result = await _Threaded(work, tool, call).run(resources.threads)
    if inspect.isawaitable(result):  # a lambda, perhaps, or a decorator, around an `async def`
        return await _awaited(lambda: result, tool, resources, held)
    return result


def _is_async(function: ToolFunction) -> bool:
    """Also of a value whose class has `async def __call__`; `inspect` looks into partials by itself."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(type(function), "__call__", None)  # noqa: B004 -- asks what it is, not whether
    )


async def _awaited(work: Work, tool: Tool, resources: ToolResources, held: Held) -> object:
    async def result() -> object:
        return await work()

    async def result_elsewhere() -> object:
        with _no_interruption():
            return await work()

    if tool.loop == "asyncio":
        return await resources.asyncio.run(lambda: timed(result_elsewhere(), held))
    return await timed(result(), held)


@contextmanager
def _no_interruption() -> Iterator[None]:
    """No signal raises KeyboardInterrupt in a thread of ours, so there it is the tool's."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise RuntimeError("KeyboardInterrupt, raised by the tool itself") from error


def _warn(tool: Tool, call: CallInfo, seconds: float) -> None:
    log.warning(
        "%s tool %s held the %s loop for %.2f s: nothing else of it ran; "
        "write it as a plain `def`, which runs in a thread",
        call.call_sid,
        tool.name,
        tool.loop,
        seconds,
    )


class _Threaded:
    """A plain function in a thread. Given up, it goes on to its end, and the log says when that was."""

    def __init__(self, work: Work, tool: Tool, call: CallInfo) -> None:
        self._work, self._tool, self._call = work, tool, call
        self._given_up = False

    async def run(self, threads: trio.CapacityLimiter) -> object:
        if not threads.available_tokens:
            log.warning(
                "%s tool %s waits: all %g threads for tools are busy", *self._names, threads.total_tokens
            )
        name = f"tool {self._tool.name}"
        try:
            (result,) = await trio.to_thread.run_sync(
                self._in_thread, thread_name=name, abandon_on_cancel=True, limiter=threads
            )
        except trio.Cancelled:
            self._given_up = True
            raise
        return result

    def _in_thread(self) -> tuple[object]:
        """In a tuple, because Trio lets no thread return what is to be awaited."""
        try:
            with _no_interruption():
                return (self._work(),)
        finally:
            if self._given_up:
                failure = sys.exception()
                log.info("%s tool %s ended, after it was given up", *self._names, exc_info=failure)

    @property
    def _names(self) -> tuple[str, str]:
        return self._call.call_sid, self._tool.name
