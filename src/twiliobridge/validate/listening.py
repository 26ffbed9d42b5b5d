"""Whether an agent is there: it greets the caller, or answers when spoken to."""

import trio

from twiliobridge.validate.examination import Examination
from twiliobridge.validate.probe_call import ProbeCall

GREETING_WITHIN = 8.0
ANSWER_WITHIN = 15.0
"Seconds, from the start and from the end of the caller's words: as the checks wait, C5 and C6."
HEARD_MS = 20.0


async def greeted(call: ProbeCall, exam: Examination) -> bool:
    """Whether the agent of a call that has just begun speaks first."""
    return exam.target.greets and await call.heard_for(HEARD_MS, GREETING_WITHIN)


async def silence_of(call: ProbeCall, exam: Examination) -> str:
    """What was heard in place of an agent that has not greeted; empty if it answers. In the words of C2, if
    the model has refused the bridge: that is why.
    """
    if call.up:
        await call.say(exam.material.interruption.audio)
    if call.up and await call.heard_for(HEARD_MS, ANSWER_WITHIN):
        return ""
    if call.turned_away and call.session is None:
        return call.why_no_session
    ending = call.client.line.ending
    if ending is not None:
        after = trio.current_time() - call.began
        return f"the agent was not heard: within {after:.1f} s of start, {ending.text}"
    answer = f"within {ANSWER_WITHIN:g} s of the caller's words"
    greeting = f"neither within {GREETING_WITHIN:g} s of start nor {answer}"
    return f"the agent was not heard, {greeting if exam.target.greets else answer}"
