"""How a call ends without cutting a word: what is queued is heard first, within a bound."""

from dataclasses import replace

from twiliobridge.conversation.commands import Command, ToPhone
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Closing, Goodbye, Mind
from twiliobridge.conversation.phase import Phase, Step
from twiliobridge.conversation.tool_calls import MOST_UNANSWERED
from twiliobridge.mediastream.events import Mark

SAY_GOODBYE = "Say goodbye in one short sentence. The line closes once it has been heard."
CALLED_OFF = "The caller spoke before the goodbye was heard. The call goes on."


# ---------------------------------------------------------------- closing


def close_when_heard(
    mind: Mind, ending: Ending, detail: str, now: float, *, revocable: bool = False
) -> list[Command]:
    """Hangs up once the last word was heard; at the latest some slack after it should have been."""
    if mind.phase is Phase.CLOSING:
        return closed_if_heard(mind, now)
    if mind.phase is Phase.WAITING or _nothing_to_come(mind):
        return mind.end(ending, detail, now)
    mind.step(Step.CLOSE)
    latest = max(now, mind.playout.ends) + mind.limits.last_words
    mind.closing = Closing(ending, detail, now, latest, revocable)
    return mark_tail(mind)


def mark_tail(mind: Mind) -> list[Command]:
    """The mark behind the last audio, which may be shorter than the distance of marks."""
    return [ToPhone(Mark(name=mind.playout.mark()))] if mind.playout.unmarked else []


def closed_if_heard(mind: Mind, now: float) -> list[Command]:
    """After a mark came back, or a response ended: is that the end?"""
    closing = mind.closing
    if closing is None or mind.phase is not Phase.CLOSING or not _nothing_to_come(mind):
        return []
    return mind.end(closing.ending, closing.detail, now)


def _nothing_to_come(mind: Mind) -> bool:
    """All was heard, and no tool is at work: what it has begun, it finishes within its own time."""
    return mind.playout.drained and not mind.more_to_come and not mind.tool_calls.running


def deadline(mind: Mind) -> float | None:
    """When the line closes although a mark, or the end of a response, is still missing."""
    closing = mind.closing
    if closing is None:
        return None
    heard = max(closing.since, mind.playout.ends)
    silent_for_long = max(mind.silent_since, mind.begun_at) + mind.limits.dead_air
    if mind.tool_calls.running:
        return None if closing.ending is Ending.AGENT_HUNG_UP else silent_for_long
    if mind.more_to_come:
        return min(closing.latest, silent_for_long)
    return min(heard + mind.limits.goodbye_slack, closing.latest)


def model_gone(mind: Mind, ending: Ending, detail: str, now: float) -> list[Command]:
    """What the caller is still hearing is heard, then the line closes; nothing can call that off."""
    mind.sessions.give_up(f"{ending.value}: {detail}", now)
    active = mind.responses.active
    if active is not None:
        mind.discard(active)
    mind.goodbye = None
    if mind.closing is not None:
        mind.closing = replace(mind.closing, revocable=False)
    return close_when_heard(mind, ending, detail, now)


# ---------------------------------------------------------------- end_call


def goodbye_called(mind: Mind, call_id: str, response_id: str, now: float) -> list[Command]:
    """The model called `end_call`; whether it has said its goodbye shows when the response is done."""
    earlier = mind.goodbye
    answered = earlier is not None and earlier.answered
    call_ids = earlier.call_ids if earlier is not None else ()
    mind.goodbye = Goodbye((*call_ids, call_id)[-MOST_UNANSWERED:], response_id, answered)
    return [] if mind.responses.active == response_id else response_done(mind, response_id, now)


def response_done(mind: Mind, response_id: str, now: float, *, failed: bool = False) -> list[Command]:
    """The response with `end_call`, or the goodbye that was asked for, is complete."""
    goodbye = mind.goodbye
    if goodbye is None or (response_id != goodbye.response_id and not goodbye.answered):
        return []
    if goodbye.answered and failed:
        return []  # it is asked for once more
    said = mind.voiced == response_id or not mind.playout.drained
    if said or goodbye.answered:
        return close_when_heard(mind, Ending.AGENT_HUNG_UP, "", now, revocable=True)
    mind.goodbye = Goodbye((), goodbye.response_id, answered=True)
    mind.responses.owe()
    return answer(mind, goodbye, SAY_GOODBYE)


def call_off(mind: Mind) -> list[Command]:
    """The caller interrupted the goodbye: the agent does not hang up on somebody who is talking."""
    goodbye, mind.goodbye = mind.goodbye, None
    if mind.closing is not None and mind.closing.revocable:
        mind.closing = None
        mind.step(Step.CALL_OFF)
    return [] if goodbye is None else answer(mind, goodbye, CALLED_OFF)


def answer(mind: Mind, goodbye: Goodbye, output: str) -> list[Command]:
    return [command for call_id in goodbye.call_ids for command in mind.answer(call_id, output)]
