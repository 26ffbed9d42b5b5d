"""One stack in one round: what a call costs, what delay it adds, what memory it holds, how many calls fit."""

import asyncio
import os
from collections import deque
from dataclasses import dataclass

from benchmarks.arithmetic import BreakPoint
from benchmarks.call import Call, Load
from benchmarks.model import Direct, Model
from benchmarks.stack import Server, Stack, running
from benchmarks.traffic import Traffic, Window, answering

LONGEST_ADDED = 20.0
"Milliseconds at p99, one frame: a bridge that adds more has broken."

SATURATED = 0.9
"Of its core, run or waited for: what more calls cost cannot be seen from here on."

TRIES = 5
"Windows, with a pause before each further one, of which a neighbour's bursts may spoil all but one."

LATE_TRIES = 3
"Windows in which the load of the ramp may be late; steps of the ramp, too."

BRIDGE_CORE, LOAD_CORE = 0, 1

PAUSE = 5.0
"Seconds for such a burst to pass."


@dataclass(frozen=True)
class Plan:
    calls: int
    rounds: int
    echo: float
    "Seconds of window, and so on."
    speech: float
    ramp: float
    "0: no search for the break point."
    ramped: tuple[str, ...] = ()
    "Stacks whose break point is searched; empty: all."
    settle: float = 1.5
    fewer: int = 8
    "Calls for a stack that saturates its core with `calls`."
    most: int = 400
    "Calls that the load itself can carry."


@dataclass(frozen=True)
class Result:
    """A figure that is None could not be had; `notes` say why."""

    stack: str
    echo: Window | None = None
    speech: Window | None = None
    idle: int = 0
    "Bytes of the process without a call, after its first calls."
    memory: float | None = None
    "Bytes a call above that."
    breaks_at: int | None = None
    "The most calls that held."
    broke: bool = True
    "False: the load met its own bound before the bridge did."
    notes: tuple[str, ...] = ()


class Refused(Exception):  # noqa: N818 -- nothing went wrong; nothing was learnt
    """The load could not keep its own schedule."""

    def __init__(self, window: Window) -> None:
        super().__init__(f"the load itself was {window.late_p99:.0f} ms late at p99")


def take_core() -> None:
    os.sched_setaffinity(0, {LOAD_CORE})


async def measure_direct(plan: Plan) -> Window:
    """Phone to model without a bridge: the delay that the load and this machine have by themselves."""
    async with answering(Direct) as (port, expected):
        traffic = Traffic(f"ws://127.0.0.1:{port}/", expected, transcoded=False)
        await traffic.grow(plan.calls, Load.ECHO)
        await asyncio.sleep(plan.settle)
        window = await traffic.window(plan.echo, lambda: (0.0, 0.0))
        await traffic.hang_up()
        return window


async def measure(stack: Stack, plan: Plan, direct_p99: float) -> Result:
    async with answering(Model) as (port, expected):
        url = f"ws://127.0.0.1:{port}/v1/realtime"
        async with running(stack, url, BRIDGE_CORE) as server:
            try:
                return await Bench(stack, plan, server, expected, direct_p99).run()
            except (TimeoutError, OSError) as error:
                note = f"failed: {type(error).__name__} {error}; {server.last_words()[-300:]}"
                return Result(stack.name, notes=(note,))


class Bench:
    def __init__(
        self, stack: Stack, plan: Plan, server: Server, expected: deque[Call], direct_p99: float
    ) -> None:
        self._stack, self._plan, self._server = stack, plan, server
        self._traffic = Traffic(server.url, expected, transcoded=stack.transcoded)
        self._bound = direct_p99 + LONGEST_ADDED
        self._notes: list[str] = []

    async def run(self) -> Result:
        plan, traffic = self._plan, self._traffic
        await traffic.warm_up()
        idle = self._server.memory()
        echo = await self._cost(Load.ECHO, plan.calls, plan.echo)
        memory = (self._server.memory() - idle) / traffic.calls
        if echo and (echo.cpu + echo.waited) / echo.seconds > SATURATED:
            self._notes.append(
                f"{echo.calls} calls saturate its core; costs and latencies are of {plan.fewer}"
            )
            await traffic.hang_up()
            echo = await self._cost(Load.ECHO, plan.fewer, plan.echo)
        await traffic.hang_up()
        speech = await self._cost(Load.SPEECH, echo.calls if echo else plan.calls, plan.speech)
        await traffic.hang_up()
        ramped = plan.ramp and (not plan.ramped or self._stack.name in plan.ramped)
        breaks_at, broke = await self._ramp(echo) if ramped and echo else (None, True)
        return Result(
            self._stack.name, echo, speech, idle, memory, breaks_at, broke=broke, notes=tuple(self._notes)
        )

    async def _cost(self, load: Load, calls: int, seconds: float) -> Window | None:
        """None where the load was late: frames come in bursts then, which are cheaper."""
        await self._traffic.grow(calls, load)
        await asyncio.sleep(self._plan.settle)
        try:
            window = await self._undisturbed(seconds)
        except Refused as refused:
            self._notes.append(f"{load.value}: no figure, {refused}")
            return None
        if window.disturbed:
            share = window.waited / window.seconds
            self._notes.append(f"{load.value}: it waited for its core for {share:.1%} of the time")
        return window

    async def _undisturbed(self, seconds: float) -> Window:
        """The first undisturbed, else the least disturbed. Raises Refused where the load was always late."""
        windows: list[Window] = []
        while len(windows) < TRIES and not any(each.punctual and not each.disturbed for each in windows):
            await asyncio.sleep(PAUSE if windows else 0)
            windows.append(await self._traffic.window(seconds, self._server.used))
        best = min(windows, key=lambda each: (not each.punctual, each.waited))
        if not best.punctual:
            raise Refused(best)
        return best

    async def _punctual(self, seconds: float) -> Window:
        """Raises Refused where the load was always late."""
        for _ in range(LATE_TRIES):
            window = await self._traffic.window(seconds, self._server.used)
            if window.punctual:
                return window
        raise Refused(window)

    async def _ramp(self, echo: Window) -> tuple[int | None, bool]:
        """The most calls that held, None if the load was late from the first; and whether more did not."""
        one = echo.cpu / echo.seconds / echo.calls
        search = BreakPoint(int(1 / one), growth=1.25, exact=0.07, most=self._plan.most)
        late = 0
        while (calls := search.ask) is not None:
            try:
                held = await self._holds(calls)
            except Refused:
                late += 1
                if late < LATE_TRIES:
                    await asyncio.sleep(PAUSE)
                    continue
                self._notes.append(f"at {calls} calls the load itself is late; {search.calls} held")
                break
            except (TimeoutError, OSError):
                held = False
            search.tell(calls, held=held)
            if not held:
                await self._traffic.hang_up()
                await asyncio.sleep(1.0)
        await self._traffic.hang_up()
        return search.calls or None, search.failed is not None

    async def _holds(self, calls: int) -> bool:
        """Whether every frame arrives, in time, in one of two windows: the machine is shared."""
        await self._traffic.grow(calls, Load.ECHO)
        for _ in range(2):
            await asyncio.sleep(0.5)
            window = await self._punctual(self._plan.ramp)
            if not (window.lost or window.damaged or self._traffic.lost_calls) and window.p99 <= self._bound:
                return True
        return False
