"""A tool of any kind that is cancelled at any await: the call goes on its way, and nothing is left."""

import asyncio
import threading

import pytest
import trio
import trio.testing
from every_await import at_every_await
from far_end import listening

from twiliobridge.call.tools import open_tool_resources, tool_output
from twiliobridge.conversation import CallInfo, Endpoint, Tool
from twiliobridge.wires.http import Service

CALL = CallInfo("CA1", "MZ1", {})


async def on_trio(arguments, call):
    await trio.lowlevel.checkpoint()
    return "done"


async def on_asyncio(arguments, call):
    await asyncio.sleep(0)
    return "done"


def in_a_thread(arguments, call):
    return "done"


async def serve(stream):
    async with stream:
        if await (service := Service(stream)).request():
            await service.answer(200, "text/plain", b"done")


def tasks():
    return trio.lowlevel.current_statistics().tasks_living


def our_threads():
    """Trio keeps its workers for a while."""
    return [each for each in threading.enumerate() if each.name == "asyncio tools"]


class Scene:
    def __init__(self, tool):
        self.tool, self.outputs, self.before = tool, [], tasks()

    async def play(self):
        self.scope = trio.CancelScope()
        with trio.fail_after(10), self.scope:
            async with open_tool_resources() as self.resources:
                self.outputs.append(await tool_output(self.tool, "{}", CALL, self.resources))
        with trio.fail_after(10):
            while tasks() != self.before or self.resources.threads.borrowed_tokens or our_threads():  # noqa: ASYNC110 -- tells nobody
                await trio.sleep(0.001)

    def cancel(self):
        if hasattr(self, "scope"):
            self.scope.cancel()


KINDS = {
    "trio": Tool("tool", "", on_trio),
    "asyncio": Tool("tool", "", on_asyncio, loop="asyncio"),
    "thread": Tool("tool", "", in_a_thread),
    "outliving": Tool("tool", "", on_trio, finish=True),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_at_every_await(kind):
    scene = Scene(KINDS[kind])
    assert await at_every_await(scene.play, scene.cancel) > 1
    assert set(scene.outputs) == {"done"}


async def test_at_every_await_of_an_endpoint():
    async with listening(serve) as port:
        await trio.testing.wait_all_tasks_blocked()  # the listener's own task is there
        scene = Scene(Tool("tool", "", Endpoint(f"http://127.0.0.1:{port}")))
        assert await at_every_await(scene.play, scene.cancel) > 10
    assert set(scene.outputs) == {"done"}
