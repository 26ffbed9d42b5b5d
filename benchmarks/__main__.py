"""python -m benchmarks: every stack side by side in one run. `nox -s bench` makes the environments."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from benchmarks import soak
from benchmarks.machine import machine
from benchmarks.measure import Plan, Result, measure, measure_direct, take_core
from benchmarks.report import Run, show, write_document, write_json
from benchmarks.stack import Stack, stacks

T = TypeVar("T")

QUICK = Plan(calls=25, rounds=1, echo=4, speech=6, ramp=0, settle=1.0)
FULL = Plan(calls=25, rounds=5, echo=6, speech=12, ramp=2)
RESULTS = Path(__file__).parent / "results"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute or two: one round, no break point")
    parser.add_argument("--stack", action="append", metavar="NAME", help="only this one; repeatable")
    parser.add_argument("--calls", type=int, help="calls at which costs are compared (default 25)")
    parser.add_argument("--rounds", type=int)
    parser.add_argument(
        "--ramp",
        action="append",
        metavar="NAME",
        help="search the break point of this stack only; repeatable",
    )
    parser.add_argument("--no-ramp", action="store_true", help="do not search the break point")
    parser.add_argument(
        "--soak", metavar="30m", help="50 calls of the first stack for so long; its memory each minute"
    )
    parser.add_argument(
        "--realtime", action="store_true", help="load and servers wake before others do; needs root"
    )
    parser.add_argument("--peers", default="", metavar="PYTHON", help="interpreter with FastAPI and picows")
    parser.add_argument("--pipecat", default="", metavar="PYTHON", help="interpreter with pipecat-ai")
    parser.add_argument("--output", metavar="FILE.json", help="default: in benchmarks/results")
    parser.add_argument("--document", metavar="FILE.md", help="writes the figures between its markers")
    return parser.parse_args()


def plan_of(options: argparse.Namespace) -> Plan:
    plan = QUICK if options.quick else FULL
    plan = replace(plan, calls=options.calls or plan.calls, rounds=options.rounds or plan.rounds)
    if options.ramp:
        plan = replace(plan, ramp=FULL.ramp, ramped=tuple(options.ramp))
    return replace(plan, ramp=0) if options.no_ramp else plan


def chosen(options: argparse.Namespace) -> list[Stack]:
    known = stacks(options.peers, options.pipecat)
    names = options.stack or [name for name in known if name != "markless"]
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"no stack {', '.join(unknown)} here; there are: {', '.join(known)}")
    return [known[name] for name in names]


async def compare(compared: list[Stack], plan: Plan, file: Path | None) -> Run:
    """Writes the file after every round, so that an interrupted run leaves its rounds."""
    run = Run(plan, compared, machine())
    for turn in range(plan.rounds):
        direct = await measure_direct(plan)
        run.direct.append(direct)
        print(f"round {turn + 1}: no bridge: p99 {direct.p99:.2f} ms", flush=True)
        first = turn % len(compared)
        for stack in compared[first:] + compared[:first]:
            try:
                result = await measure(stack, plan, direct.p99)
            except RuntimeError as error:
                result = Result(stack.name, notes=(str(error),))
            run.results.append(result)
            print(f"  {brief(result)}", flush=True)
        write_json(run, file or RESULTS / run.file_name)
    return run


def brief(result: Result) -> str:
    words = [f"{result.stack:9}"]
    for name, window in (("echo", result.echo), ("speech", result.speech)):
        if window:
            waited = window.waited / window.seconds
            cost = f"{window.ms_per_call_second:.2f} ms/call-s"
            words.append(f"{name} {cost}, p99 {window.p99:.2f} ms, waited {waited:.1%}")
            words += [f"LOST {window.lost}"] * bool(window.lost) + [f"DAMAGED {window.damaged}"] * bool(
                window.damaged
            )
    if result.memory is not None:
        words.append(f"{result.memory / 1024:.0f} KiB a call")
    if result.breaks_at is not None:
        words.append(f"{'' if result.broke else 'at least '}{result.breaks_at} calls")
    return "; ".join([*words, *result.notes])


def take_priority() -> None:
    """For this process and the servers that it starts: on a shared machine a neighbour's slice of the core
    would else be in every latency. A niceness does not help, sched(7): it counts within a session only.
    """
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


async def until_terminated(work: Coroutine[Any, Any, T]) -> T:
    """SIGTERM cancels it, as Ctrl+C does: the servers are ended, and what was measured is in the file."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


def main() -> None:
    options = arguments()
    if options.realtime:
        take_priority()
    if options.soak:
        stack = chosen(options)[0]
        soaking = soak.soak(stack, soak.seconds(options.soak), options.calls or 50)
        samples = uvloop.run(until_terminated(soaking))
        soak.write(samples, Path(options.output or RESULTS / f"soak-{stack.name}.json"))
        return
    take_core()
    output = Path(options.output) if options.output else None
    run = uvloop.run(until_terminated(compare(chosen(options), plan_of(options), output)))
    show(run)
    if options.document:
        write_document(run, Path(options.document))


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
