"""Everything in a call that happens because nothing else did: when it is due, and what is done then."""

from collections.abc import Callable
from dataclasses import dataclass

from twiliobridge.conversation import answers, farewell, opening, phone_side, resuming, silence, waiting
from twiliobridge.conversation.commands import Command, Note
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind, to_model
from twiliobridge.conversation.phase import Phase
from twiliobridge.conversation.remedies import Cause
from twiliobridge.conversation.sessions import Stage
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
    waits = mind.caller_has_floor or not mind.sessions.ready
    return None if waits else mind.responses.deadline()


def _silence(mind: Mind) -> float | None:
    if not mind.sessions.ready:
        return None
    limits, tools = mind.limits, mind.tool_calls.running
    owes = mind.responses.awaited or (mind.awaited_since is not None and not tools)
    if not owes:
        return mind.model_heard + limits.model_silence
    return mind.model_heard + (limits.sign_of_life_within if mind.probed else limits.sign_of_life_after)


def _unfinished(mind: Mind) -> float | None:
    """More is to come of an answer that has begun, or of a tool, and the line has fallen silent.

    Looked at before the first thing that is done about silence, and not with each pause of a steady answer.
    """
    pauses = mind.more_to_come and mind.voiced == mind.responses.active
    waits = (pauses or mind.tool_calls.running) and mind.owed.since is None and not mind.caller_has_floor
    return mind.silent_since + mind.limits.waiting_after if waits else None


def _unheeded(mind: Mind) -> float | None:
    """A request of which the service says nothing, be it a refusal."""
    since = mind.awaited_since
    if since is None or not mind.responses.asked or not mind.sessions.ready:
        return None
    return max(since, mind.begun_at) + mind.limits.created_within


def _stalled(mind: Mind) -> float | None:
    """A response of which nothing comes: after some silence, or in the end whatever fills the silence."""
    since, limits = mind.quiet_since, mind.limits
    if since is None or not mind.more_to_come or not mind.sessions.ready:
        return None
    return min(max(since, mind.begun_at) + limits.stalled_after, mind.begun_at + limits.answer_within)


def _called_back(mind: Mind) -> float | None:
    """A response that was called back, or cut, and does not end: nothing else can be asked for meanwhile."""
    since, active = mind.awaited_since, mind.responses.active
    if since is None or active not in mind.discarded or not mind.sessions.ready:
        return None
    return max(since, mind.called_back_at) + mind.limits.called_back_within


def _unanswered(mind: Mind) -> float | None:
    since, ready = mind.awaited_since, mind.sessions.ready_at
    busy = mind.responses.awaited or mind.responses.owed or mind.tool_calls.running
    if since is None or ready is None or busy:
        return None
    return max(since, ready) + mind.limits.unanswered_after


def _hold(mind: Mind) -> float | None:
    since = mind.quiet_since
    busy = mind.responses.awaited or mind.tool_calls.running
    if since is None or not busy or not mind.sessions.ready or mind.hold.asked_in == since:
        return None
    return since + mind.limits.hold_after


def _dead_air(mind: Mind) -> float | None:
    since = mind.quiet_since
    return None if since is None else min(since + mind.limits.dead_air, waiting.ends(mind))


def _redial(mind: Mind) -> float | None:
    return mind.sessions.redial_at if mind.sessions.stage is Stage.AWAY else None


def _attempt(mind: Mind) -> float | None:
    the_models_turn = mind.sessions.stage in {Stage.DIALLING, Stage.DESCRIBED}
    return mind.sessions.attempt_until(mind.limits) if the_models_turn else None


def _renewal(mind: Mind) -> float | None:
    """In the first quiet moment of a session's last minutes, or else before its last seconds.

    Half of its time it has, however short that is.
    """
    expires, ready, limits = mind.sessions.expires, mind.sessions.ready_at, mind.limits
    if expires is None or ready is None or expires < ready:
        return None
    half = (ready + expires) / 2
    latest = max(half, expires - limits.renew_latest)
    owes = mind.responses.awaited or mind.responses.owed or mind.tool_calls.running
    if owes or mind.caller_has_floor or mind.owed.since is not None:
        return latest
    return min(max(half, expires - limits.renew_before, mind.playout.ends), latest)


# ---------------------------------------------------------------- what


def _no_start(mind: Mind, now: float) -> list[Command]:
    return mind.end(Ending.PHONE_SILENT, f"no `start` within {mind.limits.start_within:g} s", now)


def _no_session(mind: Mind, now: float) -> list[Command]:
    within, while_ = mind.limits.model_ready_within, mind.sessions.stage.value
    why = mind.sessions.last_failure or f"while {while_}"
    return mind.end(Ending.MODEL_UNREACHABLE, f"no `session.updated` within {within:g} s: {why}", now)


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


def _owe_the_rest(mind: Mind, now: float) -> list[Command]:
    """Since the line fell silent, however late that is noticed."""
    mind.owed.begin(mind.silent_since)
    return []


def _ask_unanswered(mind: Mind, now: float) -> list[Command]:
    mind.responses.owe()
    return answers.failed(mind, Cause.UNANSWERED, None, now)


def _ask_to_hold(mind: Mind, now: float) -> list[Command]:
    since = mind.quiet_since
    assert since is not None  # this timer is due
    return mind.put(mind.hold.ask(mind.agent.hold_on, since))


def _give_up(mind: Mind, now: float) -> list[Command]:
    assert mind.owed.since is not None  # this timer is due
    detail = f"no answer was heard for {now - mind.owed.since:.0f} s"
    return [Note(detail), *farewell.model_gone(mind, Ending.MODEL_SILENT, detail, now)]


def _nothing_heard(mind: Mind, now: float) -> list[Command]:
    """The model is asked for a sign of life; one that gives none is lost.

    An update that changes nothing is answered by `session.updated`, and by any error just as well.
    """
    if mind.probed:
        return resuming.lost(mind, Ending.MODEL_SILENT, "it gave no sign of life", now)
    mind.probed, mind.model_heard = True, now
    again = SessionUpdate(type="realtime", tool_choice=mind.agent.tool_choice)
    return to_model(UpdateSession(session=again))


def _unheard_of(mind: Mind, now: float) -> list[Command]:
    return resuming.lost(mind, Ending.MODEL_SILENT, "it says nothing of a response that was asked for", now)


def _without_end(mind: Mind, now: float) -> list[Command]:
    return resuming.lost(mind, Ending.MODEL_SILENT, "it does not end a response that was called back", now)


def _attempt_failed(mind: Mind, now: float) -> list[Command]:
    detail = f"no session within {mind.limits.attempt_within:g} s, while {mind.sessions.stage.value}"
    return resuming.lost(mind, Ending.MODEL_UNREACHABLE, detail, now)


def _renew(mind: Mind, now: float) -> list[Command]:
    return resuming.lost(mind, Ending.MODEL_LOST, "its session is about to expire", now)


def _heard_out(mind: Mind, now: float) -> list[Command]:
    assert mind.closing is not None
    return mind.end(mind.closing.ending, mind.closing.detail, now)


TIMERS = (
    Timer(Phase.WAITING, _start, _no_start),
    Timer(Phase.WAITING, _session, _no_session),
    Timer(Phase.WAITING, _redial, resuming.redial),
    Timer(Phase.WAITING, _attempt, _attempt_failed),
    Timer(Phase.TALKING, _longest, _too_long),
    Timer(Phase.TALKING, lambda mind: mind.keypad.deadline(), _keys),
    Timer(Phase.TALKING, lambda mind: mind.inbound.deadline(), _gap),
    Timer(Phase.TALKING, opening.greeting_ends, opening.greeting_plays),
    Timer(Phase.TALKING, _owed, _ask),
    Timer(Phase.TALKING, _unfinished, _owe_the_rest),
    Timer(Phase.TALKING, _unanswered, _ask_unanswered),
    Timer(Phase.TALKING, _unheeded, _unheard_of),
    Timer(Phase.TALKING, _stalled, answers.stalled),
    Timer(Phase.TALKING, _called_back, _without_end),
    Timer(Phase.TALKING, waiting.due, waiting.play),
    Timer(Phase.TALKING, _hold, _ask_to_hold),
    Timer(Phase.TALKING, _dead_air, _give_up),
    Timer(Phase.TALKING, silence.due, silence.act),
    Timer(Phase.TALKING, _silence, _nothing_heard),
    Timer(Phase.TALKING, _redial, resuming.redial),
    Timer(Phase.TALKING, _attempt, _attempt_failed),
    Timer(Phase.TALKING, _renewal, _renew),
    Timer(Phase.CLOSING, farewell.deadline, _heard_out),
)
