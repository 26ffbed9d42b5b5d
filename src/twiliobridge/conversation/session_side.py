"""What a session that opens, is confirmed or refuses something makes the bridge do."""

from twiliobridge.conversation import answers, farewell, opening, resuming
from twiliobridge.conversation.commands import Command
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.remedies import Cause, cause_of_error
from twiliobridge.conversation.sessions import Move, Stage
from twiliobridge.realtime import events as model
from twiliobridge.realtime.errors import is_benign, is_fatal

ALREADY_ACTIVE = "conversation_already_has_active_response"
EXPIRED = "session_expired"


def on_session_created(mind: Mind, event: model.SessionCreated, now: float) -> list[Command]:
    if mind.sessions.stage is not Stage.DIALLING:
        return []
    mind.sessions.move(Move.CREATED)
    return opening.begin(mind)


def on_error(mind: Mind, event: model.Error, now: float) -> list[Command]:
    error = event.error
    if error.code == EXPIRED:
        return resuming.lost(mind, Ending.MODEL_LOST, reason_of(error), now)
    if not mind.sessions.ready:
        return resuming.lost(mind, Ending.MODEL_REFUSED, reason_of(error), now, transient=passes(error))
    if is_fatal(error):
        return farewell.model_gone(mind, Ending.MODEL_LOST, reason_of(error), now)
    if error.event_id is not None:
        mind.responses.item_arrived(error.event_id)
    refused = mind.responses.refused(error.event_id, now) if concerns_request(mind, error) else None
    if refused is not None and error.code == ALREADY_ACTIVE:
        return crossed(mind, refused, now)
    if refused is None and refuses_its_own(mind, error):
        mind.responses.owe()
    elif refused is None:
        return mind.ask_for_response(now)
    return answers.failed(mind, cause_of_error(error, Cause.REFUSED), error, now)


def passes(error: model.ErrorDetail) -> bool:
    """Whether another attempt at a session may fare better."""
    return not is_fatal(error) and error.type != "invalid_request_error"


def concerns_request(mind: Mind, error: model.ErrorDetail) -> bool:
    """Whether an error may be about our last `response.create`: not every service says what it refuses."""
    if error.event_id is not None or error.code == ALREADY_ACTIVE:
        return True  # only a request can find a response active
    ours = error.type != "invalid_request_error" or (error.param or "response").startswith("response")
    return mind.responses.asked and ours and not is_benign(error)


def refuses_its_own(mind: Mind, error: model.ErrorDetail) -> bool:
    """Whether the service, which was to answer the caller's turn by itself, has reached a limit instead."""
    waits = mind.owed.since is not None and not mind.responses.awaited
    return waits and error.event_id is None and cause_of_error(error, Cause.REFUSED) is Cause.LIMITED


def crossed(mind: Mind, refused: model.ResponseParams, now: float) -> list[Command]:
    """The service had begun a response by itself. If ours was to be the greeting, it still is."""
    greeting, active = mind.greeting, mind.responses.active
    if not greeting.pending or refused != greeting.params:
        return mind.ask_for_response(now)
    greeting.owe_again()
    mind.responses.owe(greeting.params)
    if active is not None and mind.voiced != active and greeting.insists():
        return mind.call_back(active, now)
    return mind.ask_for_response(now)


def reason_of(error: model.ErrorDetail | None) -> str:
    return f"{error.code}: {error.message}" if error else "response failed without a reason"
