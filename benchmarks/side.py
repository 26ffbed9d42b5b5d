"""What a call of this checkout costs beside one of another, both at once on one core: a ratio, no figure.

    python -m benchmarks.side --old ../twiliobridge-before

Both servers carry as many calls, of the same load, at the same time. Of each window the CPU time of one is
divided by that of the other, so that a neighbour's noise is in both. Each round starts both anew, in turn one
or the other first, because a process keeps the luck of its addresses. Both run with this interpreter.
"""

import argparse
import asyncio
import statistics
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.call import Load
from benchmarks.measure import BRIDGE_CORE, take_core
from benchmarks.model import Model
from benchmarks.stack import OURS, Server, Stack, ours, running
from benchmarks.traffic import Traffic, answering

HERE = Path(__file__).parents[1]

SETTLED = 2.0
"Seconds from the last call that is placed to the first window."


@dataclass(frozen=True)
class Side:
    """One server under load."""

    server: Server
    traffic: Traffic

    def cpu(self) -> float:
        return self.server.used()[0]


@asynccontextmanager
async def carrying(checkout: Path, calls: int, load: Load) -> AsyncIterator[Side]:
    """A server of that checkout, with so many calls."""
    environment = OURS | {"PYTHONPATH": str(checkout / "src")}
    stack = Stack(checkout.name, str(checkout), "/twilio-agent", ours("--media-lane", "auto"), environment)
    async with AsyncExitStack() as within:
        port, expected = await within.enter_async_context(answering(Model))
        url = f"ws://127.0.0.1:{port}/v1/realtime"
        server = await within.enter_async_context(running(stack, url, BRIDGE_CORE))
        traffic = Traffic(server.url, expected, transcoded=False)
        await traffic.warm_up()
        await traffic.grow(calls, load)
        yield Side(server, traffic)
        await traffic.hang_up()


async def ratios(old: Side, new: Side, windows: int, seconds: float) -> list[float]:
    """The CPU time of `new` by that of `old`, in each window."""
    found = []
    for _ in range(windows):
        before = old.cpu(), new.cpu()
        await asyncio.sleep(seconds)
        after = old.cpu(), new.cpu()
        found.append((after[1] - before[1]) / (after[0] - before[0]))
        if lost := old.traffic.lost_calls + new.traffic.lost_calls:
            raise RuntimeError(f"{lost} calls were lost")
    return found


async def round_of(options: argparse.Namespace, load: Load, number: int) -> list[float]:
    checkouts = [options.old, HERE] if number % 2 else [HERE, options.old]
    async with AsyncExitStack() as stack:
        sides = {
            checkout: await stack.enter_async_context(carrying(checkout, options.calls, load))
            for checkout in checkouts
        }
        await asyncio.sleep(SETTLED)
        return await ratios(sides[options.old], sides[HERE], options.windows, options.seconds)


async def compare(options: argparse.Namespace) -> None:
    for load in Load:
        medians = []
        for number in range(options.rounds):
            medians.append(statistics.median(await round_of(options, load, number)))
            print(f"{load.value}, round {number + 1}: {medians[-1]:.4f}", flush=True)
        spread = f"{min(medians):.4f} to {max(medians):.4f}"
        print(
            f"{load.value}: {statistics.median(medians):.4f} of the old one's CPU time ({spread})", flush=True
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--old", type=lambda text: Path(text).resolve(), required=True, metavar="CHECKOUT")
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--windows", type=int, default=6, help="of each round")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each window")
    options = parser.parse_args()
    take_core()
    uvloop.run(compare(options))


if __name__ == "__main__":
    main()
