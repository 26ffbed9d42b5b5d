"""A whole call in which anything may go wrong, as a value: the same `Plan` is the same call, task by task.

Bridge, mock phone with Twilio's playback buffer, offline model and the wires between them run in one process
under a clock that jumps. What could differ from run to run is in the plan: Trio's choice among the tasks that
can run is seeded by `schedule`, and accidents are counted in awaits of the bridge, not in seconds.
"""

from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from math import inf

import trio
from every_await import OfTheBridge
from msgspec.structs import replace
from numbered_speech import say, speech
from trio._core import _run as scheduler
from trio.testing import MockClock
from whole_call import BACKLOG, GOOD_LINE, Call, orator_of_a_call

from twiliobridge.caller import CallerError, LineConditions
from twiliobridge.conversation import END_CALL, Agent, Limits, Tool
from twiliobridge.conversation.agent import DEFAULT_TURN_DETECTION
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.knobs import Knobs

OVER_WITHIN = 60.0
"Seconds after the caller has left. What is bounded more tightly is a law of its own."

LONGEST = 600.0
QUICK = Knobs(latency=0.1, speed=20)
PATIENCE = 3.0
"Seconds that a caller waits for the agent before going on with the plan."


# ---------------------------------------------------------------- what the agent does


@dataclass(frozen=True)
class Says:
    ms: int


@dataclass(frozen=True)
class LooksUp:
    seconds: float


@dataclass(frozen=True)
class EndsCall:
    pass


# ---------------------------------------------------------------- what the caller does


@dataclass(frozen=True)
class Speaks:
    ms: int


@dataclass(frozen=True)
class Presses:
    keys: str


@dataclass(frozen=True)
class Waits:
    seconds: float


@dataclass(frozen=True)
class Listens:
    """Until the agent is heard, and then so many seconds."""

    seconds: float


# ---------------------------------------------------------------- what goes wrong


class Kind(Enum):
    CANCEL = "the call's task is cancelled"
    SHUTDOWN = "the server shuts down"
    CALLER_HANGS_UP = "stop, and a close"
    PHONE_DROPS = "the phone's connection breaks"
    MODEL_CLOSES = "the model closes in good order"
    MODEL_VANISHES = "the model's connection breaks"
    PHONE_STALLS = "the phone reads nothing for a while"
    PHONE_IS_LATE = "what the phone says is held up, and arrives in a burst"
    MODEL_IS_LATE = "what the model says is held up, and arrives in a burst"
    MODEL_STALLS = "the model reads nothing for a while"

    @property
    def holds_up(self):
        return self.name.endswith(("STALLS", "LATE"))


@dataclass(frozen=True)
class Accident:
    await_: int
    "Before the so manieth await of the bridge."
    kind: Kind
    seconds: float = 0.0
    "Of those that pass."


@dataclass(frozen=True)
class Plan:
    replies: tuple[tuple[Says | LooksUp | EndsCall, ...], ...]
    caller: tuple[Speaks | Presses | Waits | Listens, ...]
    accidents: tuple[Accident, ...] = ()
    knobs: Knobs = QUICK
    line: LineConditions = GOOD_LINE
    lag: float = 0.0
    "Seconds that every message between the phone and the bridge takes."
    backlog: int = BACKLOG
    schedule: int = 0

    @property
    def held_up(self) -> float:
        return sum(each.seconds for each in self.accidents if each.kind.holds_up)

    def includes(self, *kinds: Kind) -> bool:
        return any(each.kind in kinds for each in self.accidents)


# ---------------------------------------------------------------- the call


async def look_up(arguments, call):
    await trio.sleep(arguments["for"])
    return "1250 dollars"


AGENT = Agent(
    instructions="Be brief.",
    greeting="Hello.",
    turn_detection=replace(DEFAULT_TURN_DETECTION, silence_duration_ms=200),
    tools=(Tool("look_up", "Looks.", look_up, within=3.0),),
)


def part_of(part, number):
    match part:
        case Says(ms):
            return say(number, ms)
        case LooksUp(seconds):
            return CallTool("look_up", {"for": seconds})
        case _:
            return CallTool(END_CALL)


def spoken(plan):
    """The replies as the offline model takes them, then short ones. Each speech has a number of its own."""
    numbers = iter(range(1, 90))
    planned = [tuple(part_of(part, next(numbers)) for part in reply) for reply in plan.replies]
    return [*planned, *((say(number, 300),) for number in numbers)]


class FaultyCall(Call):
    """`over` is set, and `over_at` known, after cancellation too; `happened` is what came true."""

    def __init__(self, plan):
        super().__init__(
            orator_of_a_call(*spoken(plan), knobs=plan.knobs), plan.lag, plan.backlog, conditions=plan.line
        )
        self.to_model.lag = self.model.lag = 0.0
        self.plan = plan
        self.scope, self.shutdown = trio.CancelScope(), trio.Event()
        self.happened: list[tuple[float, Accident]] = []
        self.most_waiting = 0

    async def play(self):
        living = trio.lowlevel.current_statistics().tasks_living
        instruments = [
            OfTheBridge(each.await_, partial(self.come_true, each)) for each in self.plan.accidents
        ]
        for each in instruments:
            trio.lowlevel.add_instrument(each)
        with trio.fail_after(LONGEST):
            async with trio.open_nursery() as self.nursery:
                self.nursery.start_soon(self.bridge_it)
                with suppress(CallerError):
                    async with self.client:
                        await self.converse()
                self.left_at = trio.current_time()
                with trio.fail_after(OVER_WITHIN):
                    await self.over.wait()
                self.nursery.cancel_scope.cancel()
        for each in instruments:
            trio.lowlevel.remove_instrument(each)
        left = trio.lowlevel.current_statistics().tasks_living - living
        assert left == 0, f"{left} tasks are left"

    async def bridge_it(self):
        with self.scope:
            await self.run(None, AGENT, Limits(), self.shutdown)
        self.over_at = trio.current_time()
        self.over.set()

    async def converse(self):
        await self.client.initiate_call_flow()
        for act in self.plan.caller:
            match act:
                case Speaks(ms):
                    await self.line.say_all(speech(90, ms))
                case Presses(keys):
                    for key in keys:
                        await self.client.send_dtmf(key)
                case Waits(seconds):
                    await trio.sleep(seconds)
                case Listens(seconds):
                    with trio.move_on_after(PATIENCE):
                        await self.line.bell.wait_until(lambda: -inf if self.line.queued_ms else inf)
                    await trio.sleep(seconds)

    def watch(self, leg, way, event, now):
        super().watch(leg, way, event, now)
        waiting = self.bridge.wire._outbox._waiting
        self.most_waiting = max(self.most_waiting, waiting)

    # ------------------------------------------------ accidents

    def come_true(self, accident):
        self.happened.append((trio.current_time(), accident))
        match accident.kind:
            case Kind.CANCEL:
                self.scope.cancel()
            case Kind.SHUTDOWN:
                self.shutdown.set()
            case Kind.CALLER_HANGS_UP:
                self.nursery.start_soon(self.leave, self.client.hangup)
            case Kind.PHONE_DROPS:
                self.nursery.start_soon(self.leave, self.client.drop)
            case Kind.MODEL_CLOSES:
                self.end_session(1000)
            case Kind.MODEL_VANISHES:
                self.end_session(1006)
            case _:
                self.nursery.start_soon(self.hold_up, accident)

    async def leave(self, how):
        with suppress(RuntimeError, CallerError):  # not connected yet
            await how()

    async def hold_up(self, accident):
        end = {
            Kind.PHONE_STALLS: self.phone,
            Kind.PHONE_IS_LATE: self.bridge,
            Kind.MODEL_IS_LATE: self.to_model,
            Kind.MODEL_STALLS: self.model,
        }[accident.kind]
        end.stop_reading()
        await trio.sleep(accident.seconds)
        end.read_on()


def happen(plan: Plan) -> FaultyCall:
    """Lets the call happen, in a time of its own."""
    scheduler._r.seed(plan.schedule)
    return trio.run(_happen, plan, clock=MockClock(autojump_threshold=0))


async def _happen(plan):
    call = FaultyCall(plan)
    await call.play()
    return call
