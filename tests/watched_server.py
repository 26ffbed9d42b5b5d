"""python watched_server.py URL...: the bridge as a process of its own, whose calls dial any of these models.

Prints its port, and then, for each line on its standard input, what it holds: JSON. After the line `last`,
the last of the models is dialled alone; after `any`, any.
"""

import json
import logging
import resource
import sys
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random

import trio

from twiliobridge.conversation import Agent, Tool
from twiliobridge.server import dial_openai, serve
from twiliobridge.settings import Settings

MIB = 1 << 20


async def looks(arguments, call):
    await trio.sleep(0.3)
    return {"balance": 10}


async def exits(arguments, call):
    sys.exit(2)


async def hangs(arguments, call):
    await trio.sleep_forever()


async def on_asyncio(arguments, call):
    import asyncio  # noqa: PLC0415 -- as whoever writes such a tool has it

    await asyncio.sleep(0.3)
    return len(call.transcript)


async def exits_on_asyncio(arguments, call):
    raise SystemExit


def in_a_thread(arguments, call):
    time.sleep(0.3)
    return call.call_sid


def fails_in_a_thread(arguments, call):
    raise KeyError(call.caller)


async def books(arguments, call):
    await trio.sleep(1)
    return "booked"


TOOLS = (
    Tool("looks", "Looks.", looks),
    Tool("exits", "Exits.", exits),
    Tool("hangs", "Hangs.", hangs, within=1.0),
    Tool("on_asyncio", "Waits.", on_asyncio, loop="asyncio"),
    Tool("exits_on_asyncio", "Exits.", exits_on_asyncio, loop="asyncio"),
    Tool("in_a_thread", "Waits.", in_a_thread),
    Tool("fails_in_a_thread", "Fails.", fails_in_a_thread),
    Tool("books", "Books.", books, finish=True),
)
NAMES = tuple(tool.name for tool in TOOLS)
AGENT = Agent("Be brief.", "Hello.", tools=TOOLS, waiting=b"\x55" * 8000)


class Faults(logging.Handler):
    """Everything with a traceback, or told as an error, that is not what a tool has raised."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        if record.name.startswith("twiliobridge.call.tools"):
            return
        if record.exc_info or record.levelno >= logging.ERROR:
            self.lines.append(self.format(record))


class Tally(Counter):
    """Of the calls that are over: how they ended, and how much happened in them."""

    def add(self, summary):
        self[summary.ending.value] += 1
        self["sessions"] += len(summary.sessions)
        self.update(f"lines of the {line.speaker.value}" for line in summary.transcript)


def held(tally, faults):
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return {
        "memory": pages * resource.getpagesize() / MIB,
        "threads": threading.active_count(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "tasks": trio.lowlevel.current_statistics().tasks_living,
        "ended": tally,
        "faults": faults.lines,
    }


async def main(urls):
    rng, faults, tally = Random(1), Faults(), Tally()  # noqa: S311 -- no secret
    logging.getLogger().addHandler(faults)
    settings = Settings(port=0, calls_at_once=100)
    dials = [dial_openai(Settings(model_url=url)) for url in urls]
    dialled = [*dials]

    def dial():
        return rng.choice(dialled)()

    async with trio.open_nursery() as nursery:
        start = partial(serve, settings, AGENT, dial, stop=trio.Event(), ended=tally.add)
        (url,) = await nursery.start(start)
        tell(url.rpartition(":")[2])
        async with trio.lowlevel.FdStream(0) as asked:
            async for line in asked:
                dialled = {b"last\n": dials[-1:], b"any\n": dials}.get(line, dialled)
                tell(json.dumps(held(tally, faults)))
        nursery.cancel_scope.cancel()


def tell(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    trio.run(main, sys.argv[1:])
