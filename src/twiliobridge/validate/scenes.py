"""Calls whose verdicts rest on tens of milliseconds: placed again where the suite itself was late."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import trio

from twiliobridge.caller import CallerError, LineConditions
from twiliobridge.caller.line import GOOD_LINE
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.trial import Trial

AT_ONCE = (7, 2, 1)
"Calls, in the first attempt, the second and the last: a machine that was too slow for many may do for one."
LATE_MS = 60.0
"A suite whose frames left so late heard late, too: it would blame the bridge for its own machine."
HEAD_START = 1.5
"Seconds: by then the model is dialled, far away as it may be."

Judged = Callable[[], Sequence[Trial]]
"Asked for the trials only if the suite was on time."
Play = Callable[[Examination, ProbeCall], Awaitable[Judged]]


@dataclass(frozen=True)
class Scene:
    name: str
    "Of its calls."
    done: str
    phase: str
    "As in `Trial`, for all laws of which it has to say that they were not tried."
    laws: tuple[Law, ...]
    play: Play
    conditions: LineConditions = GOOD_LINE


async def played(exam: Examination, scenes: Sequence[Scene], trials: list[Trial]) -> None:
    """Scenes side by side, their trials added to `trials`; the first has a head start, so that it is known
    what it has dialled. What came out late is played again when the others are over. Raises CallerError where
    a call could not be placed.
    """
    for attempt, at_once in enumerate(AT_ONCE, 1):
        takes = [_Take(exam, scene, attempt) for scene in scenes]
        places = trio.Semaphore(at_once)
        async with trio.open_nursery() as nursery:
            for take in takes:
                await places.acquire()
                nursery.start_soon(take.play, places)
                await trio.sleep(HEAD_START if take is takes[0] else 0)
        trials += [trial for take in takes for trial in take.trials]
        if failures := [take.failure for take in takes if take.failure]:
            raise failures[0]
        scenes = [take.scene for take in takes if take.late]


class _Take:
    """One call of a scene."""

    def __init__(self, exam: Examination, scene: Scene, attempt: int) -> None:
        self.scene = scene
        self.trials: Sequence[Trial] = ()
        self.late = False
        "The suite was; another take may do better."
        self.failure: CallerError | None = None
        self._exam = exam
        self._attempt = attempt

    async def play(self, places: trio.Semaphore) -> None:
        """Gives back its place when it is over."""
        try:
            async with self._exam.call(f"{self.scene.name}-{self._attempt}", self.scene.conditions) as call:
                self._judge(call, await self.scene.play(self._exam, call))
        except CallerError as failure:
            self.failure = failure
        finally:
            places.release()

    def _judge(self, call: ProbeCall, judged: Judged) -> None:
        worst = call.client.statistics().worst_lateness_ms
        self.late = worst > LATE_MS and self._attempt < len(AT_ONCE)
        if worst <= LATE_MS:
            self.trials = judged()
        elif not self.late:
            self.trials = _too_late(self.scene, call.name, worst)


def _too_late(scene: Scene, call: str, worst_ms: float) -> list[Trial]:
    why = too_busy(worst_ms)
    return [Trial(law.id, scene.done, scene.phase, call, missed=why, busy=True) for law in scene.laws]


def too_busy(worst_ms: float) -> str:
    """Why it cannot be told."""
    return f"this machine is too busy: the suite itself was {worst_ms:.0f} ms late"
