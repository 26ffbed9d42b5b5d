"""Whether an agent is there: it greets the caller, or answers when spoken to."""

import trio

from twiliobridge.validate.examination import Examination
from twiliobridge.validate.phases import ANSWER_WITHIN, GREETING_WITHIN
from twiliobridge.validate.probe_call import ProbeCall

HEARD_MS = 20.0


async def speaks_first(
    call: ProbeCall, exam: Examination, ms: float = HEARD_MS, within: float = GREETING_WITHIN
) -> bool:
    """Whether `ms` of the agent of a call that has just begun are heard before the caller speaks."""
    return exam.target.greets and await call.heard_for(ms, within)


async def silence_of(call: ProbeCall, exam: Examination) -> str:
    """What was heard in place of an agent that has not greeted; empty if it answers. In the words of C2, if
    the model has refused the bridge: that is why.
    """
    if call.up:
        await call.say(exam.material.interruption.audio)
    if call.up and await call.heard_for(HEARD_MS, ANSWER_WITHIN):
        return ""
    if call.refused_by_model:
        return call.why_no_session
    ending = call.client.line.ending
    if ending is not None:
        after = trio.current_time() - call.began
        return f"the agent was not heard: within {after:.1f} s of start, {ending.text}"
    answer = f"within {ANSWER_WITHIN:g} s of the caller's words"
    greeting = f"neither within {GREETING_WITHIN:g} s of start nor {answer}"
    return f"the agent was not heard, {greeting if exam.target.greets else answer}"
