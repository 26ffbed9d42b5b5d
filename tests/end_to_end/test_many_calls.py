"""500 calls to one server, with models and callers drawn by chance: what is left of them is nothing.

Over real sockets, in real time. The server is a process of its own, so that what it holds is its own.
"""

import json
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import pytest
import trio
from numbered_speech import Ears, LoudGate, Voice, numbers_in, say, speech
from watched_server import NAMES
from whole_call import orator

from twiliobridge.caller import CallEnded, LineConditions, MockTwilioClient, NotConnected, TooSlow
from twiliobridge.conversation import END_CALL
from twiliobridge.offline import OfflineModel, serve_offline
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.engines import Engines
from twiliobridge.offline.knob_text import set_knob
from twiliobridge.offline.knobs import Knobs
from twiliobridge.wires.hypercorn import base_url

SERVER = Path(__file__).parents[1] / "watched_server.py"
HALVES = range(250), range(250, 500)
AT_ONCE, MODELS = 40, 24
ENGINES = Engines(voice=Voice(), recogniser=Ears(), gate=LoudGate, at_once=True)

ODD = "text empty filtered filtered:300 cut cut_call cancelled stalled:400 rate_limited:0.3 server_error"
CHOICES = {
    "respond": [f"{odd}%40" for odd in (*ODD.split(), "error:0.3", "missing", "quota")],
    "noise": [f"{noise}%40" for noise in ("greeting", "answer", "tool", "silence")],
    "lose": [
        "1006%50",
        "1001@answer%50",
        "1011@tool",
        "1012@silence%50",
        "1006@greeting",
        "1006@caller",
        "quiet%50",
    ],
    "refuse": ["503:0.5%50", "429:0.5%50", "500%50", "302%30", "401%30", "404%30"],
    "latency": ["0", "0.1", "0.6"],
    "back": ["0.25"],
    "dial": ["0.8"],
    "session_updated_after": ["0.5"],
    "speed": ["1.2", "20"],
    "delta_ms": ["20-100"],
    "transcripts": ["before", "after", "never"],
    "items": ["3"],
    "preamble": ["80 300"],
    "calls": ["3"],
    "session_seconds": ["3", "6"],
    "drop_after": ["5", "40"],
    "unknown": ["yes"],
}
"What may be set of a model. Of each, some are as usual."


class Capricious:
    """Speaks, calls tools, and hangs up, by chance."""

    def __init__(self, seed):
        self._rng = Random(seed)  # noqa: S311 -- no secret

    def decide(self, memory, request):
        reply = [say(self._rng.randrange(1, 80), self._rng.randrange(200, 3000))]
        if request.offer(END_CALL) and self._rng.random() < 0.1:
            return (*reply, CallTool(END_CALL))
        called = [CallTool(self._rng.choice(NAMES)) for _ in range(self._rng.choice((0, 0, 1, 2)))]
        return (
            *(reply if self._rng.random() < 0.7 else ()),
            *(each for each in called if request.offer(each.name)),
        )

    def expects(self, memory):
        return ""


def drawn_knobs(rng):
    knobs = Knobs(seed=rng.randrange(1000))
    for name, values in CHOICES.items():
        if rng.random() < 0.3:
            knobs = set_knob(knobs, f"{name}={rng.choice(values)}")
    return knobs


def model(rng):
    knobs = drawn_knobs(rng)
    return OfflineModel(ENGINES, lambda: Capricious(rng.random()), knobs)


async def serve_models(rng, task_status):
    """Started: their URLs. The last is that of a kind one, which says 90, calls a tool, and says 91."""
    async with trio.open_nursery() as nursery:
        urls = []
        for _ in range(MODELS):
            (listener,) = await nursery.start(serve_offline, model(rng), "127.0.0.1", 0)
            urls.append(base_url(listener).replace("http", "ws") + "/v1/realtime")
        replies = (say(90, 500),), (CallTool("on_asyncio"),), (say(91, 700),)
        kind = orator(*replies, knobs=Knobs(latency=0.1))
        (listener,) = await nursery.start(serve_offline, kind, "127.0.0.1", 0)
        task_status.started([*urls, base_url(listener).replace("http", "ws") + "/v1/realtime"])


# ---------------------------------------------------------------- callers


async def talk(client, rng):
    """Speaks, presses keys and waits, for some seconds; then hangs up, or is lost."""
    with trio.move_on_after(rng.uniform(0, 14)):
        await client.initiate_call_flow()
        while True:
            act = rng.random()
            if act < 0.5:
                await client.line.say_all(speech(50, rng.randrange(100, 1500)))
                with suppress(TooSlow):
                    await client.wait_for_ai_response(rng.uniform(0.5, 9))
            elif act < 0.7:
                await client.send_dtmf(rng.choice("0123456789*#"))
            else:
                await trio.sleep(rng.uniform(0, 2))
    match rng.randrange(4):
        case 0:
            await client.drop()
        case 1:
            await client.hangup()
        case 2 if client.line.began is not None:
            await client.wait_for_hangup(rng.uniform(0, 10))


async def one_call(stream, seed):
    rng = Random(seed)  # noqa: S311 -- no secret
    conditions = LineConditions(
        silence_suppressed=rng.random() < 0.3, jitter_ms=rng.choice((0, 30)), seed=rng.randrange(99)
    )
    try:
        async with MockTwilioClient(stream, conditions=conditions) as client:
            await talk(client, rng)
    except (CallEnded, TooSlow, NotConnected):
        pass  # the model was unkind


async def many_calls(stream, seeds):
    places = trio.Semaphore(AT_ONCE)

    async def place(seed):
        async with places:
            await one_call(stream, seed)

    async with trio.open_nursery() as nursery:
        for seed in seeds:
            nursery.start_soon(place, seed)


# ---------------------------------------------------------------- the server


@dataclass
class Watched:
    process: trio.Process
    port: int = 0

    async def line(self):
        text = b""
        while not text.endswith(b"\n"):
            text += await self.process.stdout.receive_some() or b"\n"
        return text

    async def holds(self, wish=b"\n"):
        await self.process.stdin.send_all(wish)
        return json.loads(await self.line())

    async def settled(self, **expected):
        """What it holds, once that is as expected, or after 20 s: idle threads stay for ten."""
        with trio.move_on_after(20):
            while not expected.items() <= (await self.holds()).items():  # noqa: ASYNC110 -- another process
                await trio.sleep(0.2)
        return await self.holds()


@asynccontextmanager
async def watched_server(urls, errors):
    command, pipe = [sys.executable, "-W", "always", str(SERVER), *urls], subprocess.PIPE
    async with trio.open_nursery() as nursery:
        start = partial(trio.run_process, command, stdin=pipe, stdout=pipe, stderr=errors)
        server = Watched(await nursery.start(start))
        server.port = int(await server.line())
        yield server
        await server.process.stdin.aclose()


LEFT = ("descriptors", "tasks", "threads")
MOST_MIB = 2


def left(held):
    return {name: held[name] for name in LEFT}


async def a_clean_call(stream):
    async with MockTwilioClient(stream) as client:
        await client.initiate_call_flow()
        greeting = await client.wait_for_ai_greeting()
        await client.line.say_all(speech(50, 400))
        answer = await client.wait_for_ai_response(5)
        return numbers_in(greeting.audio + answer.audio)


@pytest.mark.minutes
async def test_of_500_calls_nothing_is_left(tmp_path):
    rng, samples = Random(14), []  # noqa: S311 -- no secret
    with (tmp_path / "errors").open("wb") as errors:
        async with trio.open_nursery() as nursery:
            urls = await nursery.start(serve_models, rng)
            async with watched_server(urls, errors) as server:
                stream = f"ws://127.0.0.1:{server.port}/twilio-agent"
                before = await server.holds(b"last\n")
                assert await a_clean_call(stream) == [90, 91]  # what starts with the first tool, is started
                idle = await server.settled(tasks=before["tasks"])
                await server.holds(b"any\n")
                for seeds in HALVES:
                    await many_calls(stream, seeds)
                    samples.append(await server.settled(**left(idle)))
                    print(f"after {seeds.stop} calls: {samples[-1]}")  # noqa: T201 -- the figures
                await server.holds(b"last\n")
                assert await a_clean_call(stream) == [90, 91]
            nursery.cancel_scope.cancel()
    half, whole = samples
    assert left(half) == left(whole) == left(idle)
    assert whole["memory"] - half["memory"] < MOST_MIB
    assert whole["faults"] == []
    assert (tmp_path / "errors").read_text("utf-8") == ""
