"""From two open sockets to the first words: both sides must have said who they are.

The session is described to the model only when Twilio's `start` is in, because it names the call's
parameters; the greeting goes out only when the model has confirmed the session, because a refused one would
speak another codec.
"""

from twiliobridge.audio.format import AudioFormat
from twiliobridge.conversation import farewell, resuming
from twiliobridge.conversation.commands import Command, ToModel
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind, to_model
from twiliobridge.conversation.phase import Phase, Step
from twiliobridge.conversation.playout import MARKS_LOST_AFTER, Unheard
from twiliobridge.conversation.sessions import Move, Stage
from twiliobridge.realtime.events import AppendAudio, SessionUpdated, UpdateSession


def begin(mind: Mind) -> list[Command]:
    """Describes the session, once both `start` and `session.created` are in."""
    if mind.start is None or mind.sessions.stage is not Stage.OPENED:
        return []
    mind.sessions.move(Move.DESCRIBE)
    return to_model(UpdateSession(session=mind.agent.session(mind.start.custom_parameters)))


def confirmed(mind: Mind, event: SessionUpdated, now: float) -> list[Command]:
    """The session stands: send what the caller has said meanwhile, and let the agent greet, or go on."""
    if mind.sessions.stage is not Stage.DESCRIBED:
        return []
    formats = event.session.input_format, event.session.output_format
    if formats != (AudioFormat.PCMU.value, AudioFormat.PCMU.value):
        detail = f"the session speaks {formats}, not audio/pcmu both ways"
        return farewell.model_gone(mind, Ending.MODEL_REFUSED, detail, now)
    mind.sessions.confirmed(now)
    if mind.phase is not Phase.WAITING:
        return resuming.resume(mind, now) if mind.phase is Phase.TALKING else []
    mind.step(Step.OPEN)
    said = [ToModel(AppendAudio(audio=payload)) for payload in mind.recent.payloads]
    mind.recent.settle()
    return [*mind.tell_of_call(), *said, *greet(mind, now)]


def greet(mind: Mind, now: float) -> list[Command]:
    words = mind.agent.greeting
    if words:
        mind.greeting.owe(mind.wish(f'Open the call with these words: "{words}"'))
        mind.responses.owe(mind.greeting.params)
    return mind.ask_for_response(now)


# ---------------------------------------------------------------- how much of the greeting was heard


def greeting_plays(mind: Mind, now: float) -> list[Command]:
    """Time has passed, or a mark came back. Once all of it was heard, speech interrupts as the agent says."""
    greeting = mind.greeting
    if not greeting.sent_to_phone or greeting.response_id is None:
        return []
    protected = mind.greeting_protected
    generating = mind.responses.active == greeting.response_id
    over = not generating and not mind.playout.plays(greeting.response_id, now)
    if over or mind.playout.position(now) > 0:
        greeting.heard(to_its_end=over)
    released = protected and not mind.greeting_protected
    return to_model(UpdateSession(session=mind.agent.interruptible())) if released else []


def greeting_cut(mind: Mind, cut: tuple[Unheard, ...]) -> None:
    """The caller has interrupted: a greeting of which nothing was heard is owed again."""
    greeting = mind.greeting
    if not greeting.pending or greeting.response_id is None:
        return
    ours = [unheard for unheard in cut if unheard.part.response_id == greeting.response_id]
    unheard = all(each.heard_ms == 0 for each in ours) and (ours or not greeting.sent_to_phone)
    if not greeting.unheard or not unheard:
        greeting.heard(to_its_end=True)
        return
    greeting.owe_again()
    mind.responses.owe(greeting.params)


def greeting_ends(mind: Mind) -> float | None:
    """When `greeting_plays` should look again, if no mark comes before."""
    greeting = mind.greeting
    waits = greeting.sent_to_phone and mind.responses.active != greeting.response_id
    return mind.playout.ends + MARKS_LOST_AFTER if waits else None
