"""Calls through one bridge: opened, kept up, measured over a window, hung up."""

import asyncio
import gc
import time
from array import array
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from picows import WSListener, WSUpgradeRequest, ws_connect, ws_create_server

from benchmarks.arithmetic import Spread, percentile
from benchmarks.call import Call, Load, Tape, clock
from benchmarks.model import Direct, Model
from benchmarks.phone import Phone

LATE = 10.0
"Milliseconds. Where p99 of the load's own lateness is more, its latencies say nothing and are left out."

DISTURBED = 0.01
"""Of a window. A bridge that waited longer than this for a core that others had is not what was measured: it
then runs with cold caches, too."""

READY_WITHIN = 20.0
"Seconds from a phone's first byte to the model's session."

DRAIN = 1.0
"Seconds after which a frame counts as lost."


@dataclass(frozen=True)
class Window:
    """What was seen of the frames that left in a span of time."""

    calls: int
    seconds: float
    cpu: float
    "Seconds of CPU that the bridge used."
    waited: float
    "Seconds in which it could have run, and others had its core, in this machine or beside it."
    load_cpu: float
    "The same of the load itself: phones and model."
    inward: Spread | None
    "Phone to model."
    outward: Spread | None
    "Model to phone."
    lost: int
    reordered: int
    damaged: int
    "Frames that arrived with other bytes than they left with."
    late_p99: float
    "Milliseconds by which frames left the phone behind their schedule."

    @property
    def ms_per_call_second(self) -> float:
        return self.cpu * 1000 / (self.calls * self.seconds)

    @property
    def disturbed(self) -> bool:
        return self.waited / self.seconds > DISTURBED

    @property
    def punctual(self) -> bool:
        return self.late_p99 <= LATE

    @property
    def p99(self) -> float:
        """Milliseconds, of the slower direction; infinite where nothing arrived."""
        known = [way.p99 for way in (self.inward, self.outward) if way]
        return max(known, default=float("inf"))


Used = Callable[[], tuple[float, float]]
"Seconds of CPU that the bridge has used so far, and seconds that it has waited for its core."


class Traffic:
    def __init__(self, url: str, expected: deque[Call], *, transcoded: bool) -> None:
        self._url, self._expected, self._transcoded = url, expected, transcoded
        self._phones: list[Phone] = []
        self._inward, self._outward = Tape(), Tape()
        self._lateness: array[float] = array("d")
        self._numbers = 0

    @property
    def calls(self) -> int:
        return len(self._phones)

    @property
    def lost_calls(self) -> int:
        return sum(phone.gone.done() for phone in self._phones)

    async def grow(self, calls: int, load: Load) -> None:
        """One call after the other, so that the model knows whose session comes next."""
        while len(self._phones) < calls:
            await self.place(load)

    async def place(self, load: Load) -> None:
        self._numbers += 1
        tapes = self._inward, self._outward
        call = Call(self._numbers, load, *tapes, transcoded=self._transcoded)
        self._expected.append(call)
        phone = Phone(call, self._lateness)
        try:
            await ws_connect(lambda: phone, self._url, websocket_handshake_timeout=READY_WITHIN)
            await asyncio.wait_for(call.ready, READY_WITHIN)
        except TimeoutError:
            self._expected.clear()
            raise
        phone.speak()
        self._phones.append(phone)

    async def warm_up(self) -> None:
        """What is imported, compiled or cached with the first calls is not theirs."""
        await self.grow(3, Load.ECHO)
        await asyncio.sleep(1.0)
        await self.hang_up()
        await asyncio.sleep(0.5)

    async def hang_up_one(self, index: int) -> None:
        phone = self._phones.pop(index)
        phone.hang_up()
        await asyncio.wait({phone.gone}, timeout=5)

    async def hang_up(self) -> None:
        phones, self._phones = self._phones, []
        for phone in phones:
            phone.hang_up()
        if phones:
            await asyncio.wait({phone.gone for phone in phones}, timeout=5)
        self.forget()

    def forget(self) -> None:
        self._inward.clear()
        self._outward.clear()
        del self._lateness[:]

    async def window(self, seconds: float, used: Used) -> Window:
        """Measures what leaves within the next `seconds`."""
        self.forget()
        gc.collect()
        gc.disable()  # for good: a collection in a window would be the load's own delay
        ways = [way for phone in self._phones for way in (phone.call.inward, phone.call.outward)]
        ears = [way.ear for way in ways]
        before = sum(ear.reordered for ear in ears), sum(ear.damaged for ear in ears)
        begin, before_used, before_own = clock(), used(), time.process_time()
        await asyncio.sleep(seconds)
        end, after_used, own = clock(), used(), time.process_time() - before_own
        late = list(self._lateness)
        await asyncio.sleep(DRAIN)
        return Window(
            calls=len(self._phones),
            seconds=end - begin,
            cpu=after_used[0] - before_used[0],
            waited=after_used[1] - before_used[1],
            load_cpu=own,
            inward=Spread.of(self._inward.between(begin, end)),
            outward=Spread.of(self._outward.between(begin, end)),
            lost=sum(way.lost(begin, end) for way in ways),
            reordered=sum(ear.reordered for ear in ears) - before[0],
            damaged=sum(ear.damaged for ear in ears) - before[1],
            late_p99=percentile(late, 0.99) * 1000 if late else float("inf"),
        )


@asynccontextmanager
async def answering(listener: type[Model] | type[Direct]) -> AsyncIterator[tuple[int, deque[Call]]]:
    """A server that gives the next expected call to each connection; its port, and the calls expected."""
    expected: deque[Call] = deque()

    def take(request: WSUpgradeRequest) -> WSListener | None:
        return listener(expected.popleft()) if expected else None

    server = await ws_create_server(take, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], expected
    finally:
        server.close()
