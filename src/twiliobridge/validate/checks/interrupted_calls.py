"""Calls in which the caller interrupts the agent, in each phase in which there is something to interrupt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import trio

from twiliobridge.caller import LineConditions
from twiliobridge.realtime.events import CreateResponse, ResponseDone, ResponseParams
from twiliobridge.validate.checks.interruptions import Interrupted
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.interruption import interrupt
from twiliobridge.validate.law import Law
from twiliobridge.validate.model_session import ModelSession
from twiliobridge.validate.phases import ANSWER_WITHIN, NO_SESSION, Phase, greeted, heard_since, reach
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.scenes import Judged, Scene
from twiliobridge.validate.trial import Trial
from twiliobridge.validate.waiting import until

DONE = "interrupted"
PHASES = (Phase.SECOND_ANSWER, Phase.AFTER_PAUSE, Phase.AFTER_TOOL)
"Beside the greeting, which a call of its own is about."
HEARD_MS = 700.0
"Of the greeting: several marks have come back."
MORE_S = 0.3
"Besides what `reach` waits for: marks have come back, and some have not."
SAID_WITHIN = 10.0
QUEUED_MS = 600.0
"Of the first of two items: the second has come by then."
FIRST = (
    "We have served families and small businesses since eighteen ninety-two, with forty branches, and"
    " friendly people who answer the telephone day and night."
)
SECOND = "We are open from nine to five, Monday to Saturday."
"What the model is asked to say: its built-in voice knows both."


@dataclass(frozen=True)
class Rules:
    """Laws about an interruption."""

    silence: Law
    zombies: Law
    told: Law

    @property
    def laws(self) -> tuple[Law, ...]:
        return (self.silence, self.zombies, self.told)

    def judged(self, interrupted: Interrupted) -> list[Trial]:
        return [
            interrupted.silenced(self.silence),
            interrupted.without_zombies(self.zombies),
            interrupted.told(self.told),
        ]


def in_phase(phase: Phase, rules: Rules) -> Scene:
    """The caller interrupts what is said in `phase`."""

    async def play(exam: Examination, call: ProbeCall) -> Judged:
        if missed := await reach(exam, call, phase):
            return lambda: not_tried(rules.laws, phase.value, call, missed)
        await trio.sleep(MORE_S)
        interruption = await interrupt(call, exam.material.interruption.audio)
        return lambda: rules.judged(Interrupted(exam, call, phase.value, interruption))

    return Scene(f"interrupts-{phase.slug}", DONE, phase.value, rules.laws, play)


def on_mobile(law: Law) -> Scene:
    """The same on a line that sends nothing while the caller is silent; the position told, alone."""

    async def play(exam: Examination, call: ProbeCall) -> Judged:
        phase = Phase.GREETING if exam.target.greets else Phase.ANSWERING
        if missed := await reach(exam, call, phase):
            return lambda: not_tried((law,), phase.value, call, missed)
        await call.heard_for(HEARD_MS, ANSWER_WITHIN)
        interruption = await interrupt(call, exam.material.interruption.audio)
        return lambda: [Interrupted(exam, call, phase.value, interruption).told(law)]

    conditions = LineConditions(silence_suppressed=True)
    return Scene("mobile", DONE, Phase.GREETING.value, (law,), play, conditions)


def two_items(law: Law) -> Scene:
    """Two responses, one behind the other, of which the second waits at Twilio when the caller begins."""
    phase = "with two items queued"

    async def play(exam: Examination, call: ProbeCall) -> Judged:
        await greeted(exam, call)
        if missed := await _queue_two(call):
            return lambda: not_tried((law,), phase, call, missed)
        interruption = await interrupt(call, exam.material.interruption.audio)
        return lambda: [Interrupted(exam, call, phase, interruption).told(law)]

    return Scene("two-items", DONE, phase, (law,), play)


async def _queue_two(call: ProbeCall) -> str:
    session = call.session
    if session is None:
        return NO_SESSION
    began = trio.current_time()
    for count, words in enumerate((FIRST, SECOND), 1):
        session.ask(CreateResponse(response=ResponseParams(instructions=f'Say "{words}"')))
        if not await until(partial(_has_said, session, began, count), SAID_WITHIN):
            return "the model did not say two things, one after the other"
    if not await heard_since(call, began, QUEUED_MS):
        return "the agent was not heard"
    return ""


def _has_said(session: ModelSession, since: float, count: int) -> bool:
    """Whether that many responses have ended."""
    return len([at for at, _ in session.events(ResponseDone) if at >= since]) >= count


def not_tried(laws: Sequence[Law], phase: str, call: ProbeCall, why: str) -> list[Trial]:
    trial = Trial("", DONE, phase, call.name, missed=why)
    return [replace(trial, law_id=law.id) for law in laws]
