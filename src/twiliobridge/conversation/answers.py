"""No turn stays unanswered: what follows when an answer that is owed is not heard. See `remedies`."""

from twiliobridge.conversation import farewell
from twiliobridge.conversation.commands import Command, Note
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.owed import Measure
from twiliobridge.conversation.remedies import REMEDIES, Cause, cause_of, told_wait
from twiliobridge.realtime.events import Response, ResponseFault, ResponseParams

GO_ON = (
    "Your last answer was cut off by a fault after its last words above. "
    "Go on from there. Do not repeat what you have said, and do not mention the fault."
)

ALOUD = 'Say this answer aloud, in the same words: "{}"'


def unheard(mind: Mind, response: Response, written: str, now: float) -> list[Command]:
    """A response is done of which there was nothing to hear. `written` is what it had of text."""
    cause = cause_of(response)
    if cause is Cause.EMPTY and written:
        cause = Cause.TEXT
    if cause is Cause.EMPTY and mind.of_beta == response.id:
        cause = Cause.BETA
    if cause is Cause.TEXT:
        aloud = mind.wish(ALOUD.format(written))
        if response.id == mind.greeting.response_id:
            mind.greeting.owe(aloud)
        mind.responses.owe(aloud)
    return failed(mind, cause, error_of(response), now)


def broken_off(mind: Mind, response: Response, now: float) -> list[Command]:
    """A response was broken off after the caller had begun to hear it."""
    mind.responses.owe(mind.wish(GO_ON))
    return failed(mind, cause_of(response), error_of(response), now)


def spoken_over(mind: Mind, now: float) -> list[Command]:
    """A response is complete during which the caller spoke. The service may not answer that by itself.

    Source: OpenAI API reference, Realtime > turn_detection.create_response: with `interrupt_response` off it
    "may fail to create a response if the model is already responding".
    """
    mind.owed.begin_anew(now)
    mind.responses.owe()
    mind.responses.turn_ended(now)
    return mind.ask_for_response(now)


def stalled(mind: Mind, now: float) -> list[Command]:
    """Nothing comes of a response any more. Once it is gone, it is asked for again, or its rest is."""
    active = mind.responses.active
    assert active is not None  # it is more to come
    mind.playout.ended(active)
    if mind.voiced == active:
        mind.responses.owe(mind.wish(GO_ON))
    mind.response_over(active)
    return [*mind.call_back(active, now), *failed(mind, Cause.STALLED, None, now)]


def error_of(response: Response) -> ResponseFault | None:
    details = response.status_details
    return details.error if details else None


def failed(mind: Mind, cause: Cause, error: ResponseFault | None, now: float) -> list[Command]:
    """Asks again, or for the apology, or gives up: by the table of remedies."""
    told = f"{cause.value} ({error.code}: {error.message})" if error else cause.value
    measure = mind.owed.failed(cause, now)
    note = Note(f"{told}; {measure.value}")
    if measure is Measure.GIVE_UP:
        reason = f"{error.code}: {error.message}" if error else cause.value
        return [note, *farewell.model_gone(mind, Ending.MODEL_LOST, reason, now)]
    if measure is Measure.APOLOGISE:
        mind.responses.owe(apology(mind.agent.apology))
    elif not mind.responses.owed:
        mind.responses.owe_again()
    wait = told_wait(error) or (REMEDIES[cause].wait if error else 0.0)
    mind.responses.wait_until(now + min(wait, mind.limits.retry_wait_at_most))
    return [note, *mind.ask_for_response(now)]


def apology(words: str) -> ResponseParams:
    """Words alone, without the conversation that came to nothing."""
    return ResponseParams(
        instructions=f'Say only these words: "{words}"',
        output_modalities=("audio",),
        tool_choice="none",
        input=(),
    )
