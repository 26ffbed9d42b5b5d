"""Half an hour of calls: does memory stay flat?

Half of the calls stay up throughout. Of the others eight are hung up each minute and as many placed, so that
each lasts three minutes: what a frame leaves behind shows, and what a call leaves behind. No core is pinned.
"""

import asyncio
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.call import Load
from benchmarks.model import Model
from benchmarks.stack import Server, Stack, running
from benchmarks.traffic import Traffic, answering

EVERY = 60.0
REPLACED = 8


def seconds(text: str) -> float:
    """Of "30m", "90s", "1h", or plain seconds."""
    units = {"s": 1, "m": 60, "h": 3600}
    return float(text[:-1]) * units[text[-1]] if text[-1] in units else float(text)


@dataclass(frozen=True)
class Sample:
    minute: float
    memory: int
    "Bytes of the process, its own (USS)."
    ms_per_call_second: float
    p99: float
    "Milliseconds."
    lost: int
    damaged: int
    lost_calls: int
    not_placed: int
    "Calls that did not come about in this minute; the next one tries again."


async def soak(stack: Stack, duration: float, calls: int) -> list[Sample]:
    samples: list[Sample] = []
    async with answering(Model) as (port, expected):
        url = f"ws://127.0.0.1:{port}/v1/realtime"
        async with running(stack, url, None) as server:
            traffic = Traffic(server.url, expected, transcoded=stack.transcoded)
            await traffic.warm_up()
            idle = server.memory()
            print(
                f"{stack.label}: idle {idle / 2**20:.1f} MiB; {calls} calls, half of them replaced",
                flush=True,
            )
            began = time.monotonic()
            await traffic.grow(calls, Load.ECHO)
            while (passed := time.monotonic() - began) < duration:
                samples.append(await minute(traffic, server, passed, calls))
                print(line(samples[-1], idle, calls), flush=True)
            await traffic.hang_up()
    return samples


async def minute(traffic: Traffic, server: Server, passed: float, calls: int) -> Sample:
    until = time.monotonic() + EVERY
    try:
        for _ in range(min(REPLACED, calls // 2)):
            await traffic.hang_up_one(calls // 2)
        await traffic.grow(calls, Load.ECHO)
    except (TimeoutError, OSError) as error:
        print(f"a call was not placed: {type(error).__name__} {error}", flush=True)
    await asyncio.sleep(1)
    window = await traffic.window(max(until - time.monotonic() - 1, 1), server.used)
    return Sample(
        minute=round((passed + EVERY) / 60, 1),
        memory=server.memory(),
        ms_per_call_second=window.ms_per_call_second,
        p99=window.p99,
        lost=window.lost,
        damaged=window.damaged,
        lost_calls=traffic.lost_calls,
        not_placed=calls - traffic.calls,
    )


def line(sample: Sample, idle: int, calls: int) -> str:
    per_call = (sample.memory - idle) / 1024 / calls
    return (
        f"minute {sample.minute:5.1f}: {sample.memory / 2**20:.2f} MiB, {per_call:.1f} KiB a call; "
        f"{sample.ms_per_call_second:.2f} ms/call-s; p99 {sample.p99:.1f} ms; "
        f"lost {sample.lost}, damaged {sample.damaged}, calls lost {sample.lost_calls}"
    )


def write(samples: list[Sample], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(sample) for sample in samples], indent=1) + "\n", "utf-8")
    print(f"written: {file}")
