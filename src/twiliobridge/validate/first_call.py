"""The call before all checks: is there a bridge, and does it say anything? Else each check would ask that."""

from dataclasses import dataclass
from enum import Enum

import trio

from twiliobridge.caller import NotConnected
from twiliobridge.validate.examination import Examination, Silent
from twiliobridge.validate.material import Material
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.target import Target

GREETING_WITHIN = 8.0
ANSWER_WITHIN = 15.0
"Seconds, from the start and from the end of the caller's words: as the checks wait, C5 and C6."
REFUSED_WITHIN = 3.0
"Seconds. A refusal that comes so soon can be asked for again; one that is waited for cannot, three times."
HEARD_MS = 20.0

NEEDS_NO_CALL = frozenset({"C1"})
NEEDS_NO_ANSWER = frozenset({"C1", "C2"})
"C2 sees whether a session with the model is opened: often why nothing is said."


class Outcome(Enum):
    ANSWERS = "the agent was heard"
    UNREACHED = "nobody took the connection"
    REFUSES = "a server took it, and no call came about"
    MUTE = "the call came about, and nothing was heard"


@dataclass(frozen=True)
class Hindrance:
    """What keeps checks from being carried out: told once, by the first of them, and not by each."""

    cause: str
    spares: frozenset[str] = frozenset()
    "Ids of the checks that can be carried out all the same."


@dataclass(frozen=True)
class FirstCall:
    outcome: Outcome
    why: str = ""
    "What was seen, in one line; empty if the agent was heard."
    seconds: float = 0.0
    "How long it took to know that there is no call."

    @property
    def hindrance(self) -> Hindrance | None:
        if self.outcome is Outcome.ANSWERS:
            return None
        if self.outcome is Outcome.MUTE:
            return Hindrance(self.why, NEEDS_NO_ANSWER)
        return Hindrance(self.why, NEEDS_NO_CALL if self.seconds <= REFUSED_WITHIN else frozenset())


async def first_call(target: Target, material: Material) -> FirstCall:
    """Half a minute at most. The caller speaks if the agent does not."""
    exam = Examination("C0", (), target, material, Silent(), lambda _: None, [])
    began = trio.current_time()
    try:
        async with exam.call("first") as call:
            return await _listen(call, exam)
    except NotConnected as failure:
        outcome = Outcome.REFUSES if failure.reached else Outcome.UNREACHED
        return FirstCall(outcome, str(failure), trio.current_time() - began)


async def _listen(call: ProbeCall, exam: Examination) -> FirstCall:
    if exam.target.greets and await call.heard_for(HEARD_MS, GREETING_WITHIN):
        return FirstCall(Outcome.ANSWERS)
    if call.up:
        await call.say(exam.material.interruption.audio)
    if call.up and await call.heard_for(HEARD_MS, ANSWER_WITHIN):
        return FirstCall(Outcome.ANSWERS)
    return FirstCall(Outcome.MUTE, _silence(call))


def _silence(call: ProbeCall) -> str:
    ending = call.client.line.ending
    if ending is not None:
        after = trio.current_time() - call.began
        return f"the agent was not heard: within {after:.1f} s of start, {ending.text}"
    waited = f"within {GREETING_WITHIN:g} s of start, nor within {ANSWER_WITHIN:g} s of the caller's words"
    return f"the agent was not heard, neither {waited}"
