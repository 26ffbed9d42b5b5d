"""Clean calls: what they look like, what the first of them show, and whether a later one still works."""

from collections.abc import Callable
from dataclasses import replace
from statistics import median

from twiliobridge.fuzz.endpoint import Unusable
from twiliobridge.fuzz.incidents import vanished
from twiliobridge.fuzz.performance import Manners, Trace
from twiliobridge.fuzz.phone import STOP, Phone
from twiliobridge.fuzz.scenario import Listen, Steps

Play = Callable[[Steps, Manners], Trace]

TRIES = ((0, 1.0), (1, 1.0), (25, 4.0))
"Frames of speech, and how many seconds an answer to them may take: a greeting, an echo, an answer to speech."

AFTER_SPEECH = 50
"Frames of silence after it: a second, so that a turn is over. None after a single frame."

CALLS = 7
"Clean calls for one measurement; odd, for the median."

LEAST_PATIENCE, PATIENCE = 0.5, 8
"Seconds, and times the slowest of the first clean calls: what a busy machine adds is less."

LEAST_QUIET, MOST_QUIET, QUIET = 0.02, 0.25, 5
"Seconds, and times the median handshake: an endpoint says what it has to say in a few turns of its loop."


def clean_call(speech: int | None) -> Steps:
    """A call such as Twilio's, all that is said at once."""
    phone = Phone()
    phone.open()
    for _ in range(speech or 0):
        phone.speak()
    for _ in range(AFTER_SPEECH if (speech or 0) > 1 else 0):
        phone.keep_silent()
    return (*phone.said(), Listen(), *phone.say(STOP))


def measure(play: Play) -> tuple[Manners, list[Trace]]:
    """And the calls that showed it. Unusable if no clean call comes about, or they are not alike."""
    manners = _try(play)
    traces = [play(clean_call(manners.speech), manners) for _ in range(CALLS)]
    for trace in traces:
        if fault := failure(trace, manners):
            raise Unusable(f"clean calls are not all alike, so there is nothing to compare with: {fault}")
    slowest = max(seconds(trace, manners) for trace in traces)
    shown = replace(
        manners,
        answer=median(seconds(trace, manners) for trace in traces),
        patience=max(LEAST_PATIENCE, PATIENCE * slowest),
        quiet=min(max(LEAST_QUIET, QUIET * median(trace.opened for trace in traces)), MOST_QUIET),
        vanishes=any(vanished(trace) and trace.stopped for trace in traces),
        tidy=all(_is_tidy(trace) for trace in traces),
    )
    return shown, traces


def _try(play: Play) -> Manners:
    """The least that is answered."""
    for speech, patience in TRIES:
        manners = Manners(speech=speech, answer=patience, patience=patience, quiet=0.1, tidy=False)
        trace = play(clean_call(speech), manners)
        if trace.refused is not None:
            raise Unusable(trace.refused)
        if trace.answers:
            return manners
        if trace.hung_up and not _said_stop(trace, speech):
            raise Unusable(f"a clean call does not work: {trace.ending}")
    return Manners(speech=None, answer=1.0, patience=1.0, quiet=0.1, tidy=False)


def _said_stop(trace: Trace, speech: int) -> bool:
    return trace.said >= len(clean_call(speech)) - 1


def failure(trace: Trace, manners: Manners) -> str | None:
    """Why a clean call did not work; None if it did."""
    if trace.refused is not None:
        return trace.refused
    if manners.speech is not None and not trace.answers:
        was = f"clean calls were answered after {manners.answer * 1000:.0f} ms"
        if trace.hung_up:
            return f"{trace.ending}, without an answer; {was}"
        return f"no answer within {manners.patience:.1f} s; {was}"
    if manners.tidy and not _is_tidy(trace):
        return trace.faults[0] if trace.faults else trace.ending
    return _broken_off(trace, manners)


def _broken_off(trace: Trace, manners: Manners) -> str | None:
    """How a clean call ended before its end: without an answer, or without a goodbye."""
    silent = manners.speech is None and trace.hung_up and not _said_stop(trace, 0)
    if silent or (vanished(trace) and not trace.stopped):
        return f"{trace.ending} in the middle of the call"
    return None


def _is_tidy(trace: Trace) -> bool:
    return not trace.faults and trace.close_code != 1011


def speed(play: Play, manners: Manners) -> float:
    """Median seconds from dialling to the answer; a call that fails counts with all of the patience."""
    traces = [play(clean_call(manners.speech), manners) for _ in range(CALLS)]
    return median(min(seconds(trace, manners), manners.patience) for trace in traces)


def seconds(trace: Trace, manners: Manners) -> float:
    return trace.opened if manners.speech is None else trace.answered
