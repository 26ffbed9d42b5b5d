"""How a call ends without cutting a word: what is queued is heard first, within a bound."""

from twiliobridge.conversation.commands import Command, ToPhone
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Closing, Goodbye, Mind, Phase
from twiliobridge.mediastream.events import Mark

SAY_GOODBYE = "Say goodbye in one short sentence. The line closes once it has been heard."
CALLED_OFF = "The caller spoke before the goodbye was heard. The call goes on."


def close_when_heard(mind: Mind, ending: Ending, detail: str, now: float) -> list[Command]:
    """Hangs up once the last queued word was heard; at the latest some slack after it should have been."""
    if mind.phase is Phase.WAITING or (mind.playout.drained and not mind.responses.active):
        return mind.hang_up(ending, detail)
    mind.phase = Phase.CLOSING
    deadline = now + mind.playout.queued_ms(now) / 1000.0 + mind.limits.goodbye_slack
    mind.closing = Closing(ending, detail, deadline)
    return [ToPhone(Mark(name=mind.playout.mark()))] if mind.playout.unmarked else []


def closed_if_heard(mind: Mind) -> list[Command]:
    """After a mark came back, or a response ended: is that the end?"""
    if mind.closing is None or not mind.playout.drained or mind.responses.active:
        return []
    return mind.hang_up(mind.closing.ending, mind.closing.detail)


def goodbye_called(mind: Mind, call_id: str, response_id: str) -> list[Command]:
    """The model called `end_call`; whether it has said its goodbye shows when the response is done."""
    mind.goodbye = Goodbye(call_id, response_id)
    return []


def response_done(mind: Mind, response_id: str, now: float) -> list[Command]:
    """The response with `end_call`, or the goodbye that was asked for, is complete."""
    goodbye = mind.goodbye
    if goodbye is None or (response_id != goodbye.response_id and not goodbye.answered):
        return []
    said = mind.voiced == response_id or not mind.playout.drained
    if said or goodbye.answered:
        return close_when_heard(mind, Ending.AGENT_HUNG_UP, "", now)
    mind.goodbye = Goodbye(goodbye.call_id, goodbye.response_id, answered=True)
    mind.responses.owe()
    return mind.answer(goodbye.call_id, SAY_GOODBYE)


def call_off(mind: Mind) -> list[Command]:
    """The caller interrupted the goodbye: the agent does not hang up on somebody who is talking."""
    goodbye, mind.goodbye = mind.goodbye, None
    if mind.closing is not None and mind.closing.ending is Ending.AGENT_HUNG_UP:
        mind.closing, mind.phase = None, Phase.TALKING
    if goodbye is None or goodbye.answered:
        return []
    return mind.answer(goodbye.call_id, CALLED_OFF)
