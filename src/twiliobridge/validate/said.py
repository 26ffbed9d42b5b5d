"""What both sides of a call said, in words, where the model is visible."""

from collections.abc import Callable, Iterable, Iterator

from twiliobridge.audio import RATE
from twiliobridge.realtime import events as model
from twiliobridge.validate.model_session import ModelSession, decoded
from twiliobridge.validate.result import Moment, MomentKind


def words_of(sessions: Iterable[ModelSession], seconds: Callable[[float], float]) -> Iterator[Moment]:
    """A moment for each turn of the caller that was transcribed, and for each item that was spoken.

    `seconds` puts a time on the call's clock.
    """
    for session in sessions:
        yield from _of_caller(session, seconds)
        yield from _of_agent(session, seconds)


def _of_caller(session: ModelSession, seconds: Callable[[float], float]) -> Iterator[Moment]:
    began = {event.item_id: at for at, event in session.events(model.SpeechStarted)}
    ended = {event.item_id: at for at, event in session.events(model.SpeechStopped)}
    for at, event in session.events(model.InputTranscriptCompleted):
        first = began.get(event.item_id, at)
        length = ended.get(event.item_id, first) - first
        yield _moment(MomentKind.CALLER_SAYS, event.transcript, seconds(first), length)


def _of_agent(session: ModelSession, seconds: Callable[[float], float]) -> Iterator[Moment]:
    began: dict[str, float] = {}
    length: dict[str, float] = {}
    for at, event in session.events(model.OutputAudioDelta):
        began.setdefault(event.item_id, at)
        length[event.item_id] = length.get(event.item_id, 0.0) + len(decoded(event.delta)) / RATE
    for at, said in session.events(model.OutputTranscriptDone):
        first = began.get(said.item_id, at)
        yield _moment(MomentKind.AGENT_SAYS, said.transcript, seconds(first), length.get(said.item_id, 0.0))


def _moment(kind: MomentKind, words: str, time_s: float, length: float) -> Moment:
    return Moment(time_s=time_s, kind=kind, text=words, duration_s=length or None)
