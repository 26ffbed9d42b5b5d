"""A silent caller is asked whether they are there, and then told goodbye, if the agent is set up so."""

from twiliobridge.conversation.commands import Command
from twiliobridge.conversation.mind import Goodbye, Mind
from twiliobridge.conversation.patience import Patience

ASK = "The caller has been silent for a while. Ask in one short sentence whether they are still there."
LEAVE = "The caller is still silent. Say goodbye in one short sentence. The line closes once it was heard."


def due(mind: Mind) -> float | None:
    """When something is done about it, if nobody says anything before."""
    policy, ready = mind.agent.silence, mind.sessions.ready_at
    busy = mind.owed.since is not None or mind.responses.awaited or mind.tool_calls.running
    if policy is None or ready is None or busy or mind.caller_has_floor:
        return None
    quiet = max(mind.caller_silence.since, mind.playout.ends, ready)
    match mind.caller_silence.patience:
        case Patience.WHOLE:
            return quiet + policy.ask_after
        case Patience.ASKED:
            return quiet + policy.hang_up_after
        case Patience.OVER:
            return None


def act(mind: Mind, now: float) -> list[Command]:
    if mind.caller_silence.patience is Patience.WHOLE:
        mind.caller_silence.patience = Patience.ASKED
        mind.responses.owe(mind.wish(ASK))
    else:
        mind.caller_silence.patience = Patience.OVER
        mind.goodbye = Goodbye((), "", answered=True)
        mind.responses.owe(mind.wish(LEAVE))
    return mind.ask_for_response(now)
