"""Everything in a call that happens because nothing else did: when it is due, and what is done then."""

from collections.abc import Callable
from dataclasses import dataclass

from twiliobridge.conversation import farewell, phone_side
from twiliobridge.conversation.commands import Command
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind, Phase, to_model
from twiliobridge.realtime.events import AppendAudio, UpdateSession
from twiliobridge.realtime.session import SessionUpdate


@dataclass(frozen=True, slots=True)
class Timer:
    phase: Phase
    due: Callable[[Mind], float | None]
    act: Callable[[Mind, float], list[Command]]


def deadline(mind: Mind) -> float | None:
    times = (timer.due(mind) for timer in TIMERS if timer.phase is mind.phase)
    return min((time for time in times if time is not None), default=None)


def wake(mind: Mind, now: float) -> list[Command]:
    commands: list[Command] = []
    for timer in TIMERS:
        due = timer.due(mind) if timer.phase is mind.phase else None
        if due is not None and due <= now:
            commands += timer.act(mind, now)
    return commands


# ---------------------------------------------------------------- when


def _start(mind: Mind) -> float | None:
    return mind.began + mind.limits.start_within if mind.start is None else None


def _session(mind: Mind) -> float:
    return mind.began + mind.limits.model_ready_within


def _longest(mind: Mind) -> float:
    return mind.began + mind.limits.longest_call


def _owed(mind: Mind) -> float | None:
    return None if mind.caller_has_floor else mind.responses.deadline()


def _silence(mind: Mind) -> float:
    return mind.model_heard + mind.limits.model_silence


def _closing(mind: Mind) -> float | None:
    return farewell.deadline(mind)


# ---------------------------------------------------------------- what


def _no_start(mind: Mind, now: float) -> list[Command]:
    return mind.hang_up(Ending.PHONE_SILENT, f"no `start` within {mind.limits.start_within:g} s")


def _no_session(mind: Mind, now: float) -> list[Command]:
    within = mind.limits.model_ready_within
    return mind.hang_up(Ending.MODEL_UNREACHABLE, f"no `session.updated` within {within:g} s")


def _too_long(mind: Mind, now: float) -> list[Command]:
    detail = f"longer than {mind.limits.longest_call:g} s"
    return farewell.close_when_heard(mind, Ending.TOO_LONG, detail, now)


def _keys(mind: Mind, now: float) -> list[Command]:
    digits = mind.keypad.wake(now)
    return phone_side.keyed(mind, digits, now) if digits else []


def _gap(mind: Mind, now: float) -> list[Command]:
    return to_model(*(AppendAudio(audio=payload) for payload in mind.inbound.wake(now)))


def _ask(mind: Mind, now: float) -> list[Command]:
    return mind.ask_for_response(now)


def _nothing_heard(mind: Mind, now: float) -> list[Command]:
    """A model that owes an answer is lost; one that does not is asked for a sign of life.

    An update without changes is answered by `session.updated`, and by any error just as well.
    """
    if mind.responses.awaited or mind.probed:
        detail = f"nothing heard for {mind.limits.model_silence:g} s"
        return farewell.model_gone(mind, Ending.MODEL_SILENT, detail, now)
    mind.probed, mind.model_heard = True, now
    return to_model(UpdateSession(session=SessionUpdate(type="realtime")))


def _heard_out(mind: Mind, now: float) -> list[Command]:
    assert mind.closing is not None
    return mind.hang_up(mind.closing.ending, mind.closing.detail)


TIMERS = (
    Timer(Phase.WAITING, _start, _no_start),
    Timer(Phase.WAITING, _session, _no_session),
    Timer(Phase.TALKING, _longest, _too_long),
    Timer(Phase.TALKING, lambda mind: mind.keypad.deadline(), _keys),
    Timer(Phase.TALKING, lambda mind: mind.inbound.deadline(), _gap),
    Timer(Phase.TALKING, _owed, _ask),
    Timer(Phase.TALKING, _silence, _nothing_heard),
    Timer(Phase.CLOSING, _closing, _heard_out),
)
