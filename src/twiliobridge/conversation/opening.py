"""From two open sockets to the first words: both sides must have said who they are.

The session is described to the model only when Twilio's `start` is in, because it names the call's
parameters; the greeting goes out only when the model has confirmed the session, because a refused one would
speak another codec.
"""

from twiliobridge.audio.format import AudioFormat
from twiliobridge.conversation.commands import Command, ToModel
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind, Phase, to_model
from twiliobridge.realtime.events import AppendAudio, ResponseParams, SessionUpdated, UpdateSession


def begin(mind: Mind) -> list[Command]:
    """Describes the session, once both `start` and `session.created` are in."""
    if mind.start is None or not mind.session_open or mind.phase is not Phase.WAITING:
        return []
    return to_model(UpdateSession(session=mind.agent.session(mind.start.custom_parameters)))


def confirmed(mind: Mind, event: SessionUpdated, now: float) -> list[Command]:
    """The session stands: send what the caller has said meanwhile, and let the agent greet."""
    if mind.phase is not Phase.WAITING or mind.start is None:
        return []
    formats = event.session.input_format, event.session.output_format
    if formats != (AudioFormat.PCMU.value, AudioFormat.PCMU.value):
        return mind.hang_up(Ending.MODEL_REFUSED, f"the session speaks {formats}, not audio/pcmu both ways")
    mind.phase = Phase.TALKING
    said = [ToModel(AppendAudio(audio=payload)) for payload in mind.early.take()]
    if mind.agent.greeting:
        mind.responses.owe(greeting(mind, mind.agent.greeting))
    return [*said, *mind.ask_for_response(now)]


def greeting(mind: Mind, words: str) -> ResponseParams:
    # Instructions of a response replace the session's, so these are repeated.
    opening = f'Open the call with these words: "{words}"'
    return ResponseParams(instructions=f"{mind.agent.instructions}\n\n{opening}")
