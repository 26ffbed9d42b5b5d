"""What of a session is settled, so that no update may change it any more.

Source: OpenAI API reference, Realtime > session.update: all but `model`, and `voice` once the model was
heard, may be changed at any time; `tracing` not once it is on.
"""

from msgspec import UNSET

from twiliobridge.offline import refusals
from twiliobridge.realtime.agreement import transcription
from twiliobridge.realtime.audio_settings import WITHOUT_TURNS
from twiliobridge.realtime.events import ResponseParams
from twiliobridge.realtime.generations import generation
from twiliobridge.realtime.merge import merged
from twiliobridge.realtime.session import Session, SessionUpdate, leaf


def check_update(session: Session, update: SessionUpdate, *, heard: bool) -> Session:
    """The session after the update. Raises RemoteProtocolError where the update may not be.

    `heard`: whether there is audio of the model's in the conversation.
    """
    _check_kind(session, update)
    after = merged(session, update)
    if heard and after.voice != session.voice:
        raise refusals.voice_in_use()
    if session.tracing is not None and after.tracing != session.tracing:
        raise refusals.tracing_is_on()
    return after


def _check_kind(session: Session, update: SessionUpdate) -> None:
    if update.type != session.type:
        raise refusals.of_another_kind(update.type, session.type)
    if session.type == "transcription":
        _check_turns(session, update)
        return
    if update.model not in {UNSET, session.model}:
        raise refusals.model_is_settled()
    if update.reasoning is not UNSET:
        check_reasoning(session, "session.reasoning")


def _check_turns(session: Session, update: SessionUpdate) -> None:
    said = transcription(update)
    model = said.model if said else leaf(session.audio, "input", "transcription", "model")
    heard = update.audio.input if update.audio is not UNSET else UNSET
    if model in WITHOUT_TURNS and heard is not UNSET and heard.turn_detection not in {UNSET, None}:
        raise refusals.no_turns()


def check_response(session: Session, params: ResponseParams) -> None:
    """Raises RemoteProtocolError for a wish that the session's model cannot fulfil."""
    if params.reasoning is not None:
        check_reasoning(session, "response.reasoning")


def check_reasoning(session: Session, param: str) -> None:
    if not generation(session.model).reasons:
        raise refusals.not_with_this_model(param)
