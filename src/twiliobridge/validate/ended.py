"""Calls that are ended in some phase, and what became of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import trio

from twiliobridge.caller import CallerError, NotConnected, ServerClosed
from twiliobridge.validate.endings import QUEUED_WITHIN, Ending, Over, lose_model
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.model_session import ModelSession
from twiliobridge.validate.phases import NO_SESSION, Phase, reach
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.scenes import LATE_MS, too_busy
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.target import Census
from twiliobridge.validate.trial import Trial
from twiliobridge.validate.waiting import until

VANISHED = 1006
"In place of a close code, where there was none (RFC 6455, 7.1.5)."
GONE_WITHIN = 5.0
"Seconds."
DIALLED_WITHIN = 3.0
"Seconds from the stream's start. Who dials later dials for what the caller says."
HELD = 4.0
"Seconds for which the model does not answer the handshake, if the call has not ended before."
UNDER_WAY = 0.2
"Seconds after which a handshake is under way at both ends, or at its end."
NOTICED = 0.5
"Seconds in which a bridge notices that a call is over."


async def end_call(
    exam: Examination, law_id: str, ending: Ending, phase: Phase, vanished: list[Trial], name: str = ""
) -> Trial:
    """A call that is brought into `phase` and ended there. If the bridge closed the stream then, `vanished`
    gets a trial of how.
    """
    trial = Trial(law_id, ending.done, phase.value, "")
    try:
        async with exam.call(f"{ending.slug}-{phase.slug}{name}") as call:
            trial = replace(trial, call=call.name)
            missed = await reach(exam, call, phase) or ("" if call.sessions else NO_SESSION)
            if missed:
                return replace(trial, missed=missed)
            over = await ending.end(call, exam.material.interruption.audio)
            trial = await _gone(call, call.sessions, over, trial)
            vanished += _closed_by_bridge(call, trial)
            return trial
    except NotConnected as error:
        return replace(trial, missed=str(error), unplaced=True)
    except CallerError as error:
        return replace(trial, missed=str(error))


def _closed_by_bridge(call: ProbeCall, ended: Trial) -> list[Trial]:
    """None if the caller did."""
    codes = [note.code for _, note in call.notes if isinstance(note, ServerClosed)]
    trial = replace(ended, law_id="", fault="", value=None)
    return [trial.failed("the stream broke off (31903)") if code == VANISHED else trial for code in codes]


async def end_dialling(exam: Examination, law_id: str, ending: Ending, name: str = "") -> Trial:
    """A call that ends before the model has answered the handshake. No other call may be up."""
    phase = Phase.DIALLING
    trial = Trial(law_id, ending.done, phase.value, "")
    tap = exam.target.tap
    assert tap is not None  # the check has seen to it
    first, knocks = len(tap.sessions), len(tap.knocks)
    try:
        with tap.holding(HELD) as answer:
            async with exam.call(f"{ending.slug}-{phase.slug}{name}") as call:
                trial = replace(trial, call=call.name)
                if not await until(lambda: len(tap.knocks) > knocks, DIALLED_WITHIN):
                    return replace(trial, missed=f"the model was not dialled within {DIALLED_WITHIN:g} s")
                if trio.current_time() - tap.knocks[knocks].at >= HELD:
                    return replace(trial, missed="the call begins only when the model has answered")
                await trio.sleep(UNDER_WAY)
                if ending.end is lose_model:
                    over = await _lose_handshake(tap, call, answer)
                else:
                    over = await ending.end(call, b"")
                    await trio.sleep(NOTICED)
                    answer()
                await trio.sleep(UNDER_WAY)  # a dial that nobody has given up comes to its end
                return await _gone(call, tap.sessions[first:], over, trial)
    except NotConnected as error:
        return replace(trial, missed=str(error), unplaced=True)
    except CallerError as error:
        return replace(trial, missed=str(error))


async def _lose_handshake(tap: ModelTap, call: ProbeCall, answer: Callable[[], None]) -> Over:
    """The model vanishes by not answering the handshake."""
    knocks = len(tap.knocks)
    tap.lose_next_handshake()
    answer()
    if not await until(lambda: not call.up or len(tap.knocks) > knocks, QUEUED_WITHIN):
        return Over(trio.current_time(), "the call went on without a model")
    over = trio.current_time()
    await call.client.hangup()
    return Over(over)


async def _gone(call: ProbeCall, sessions: Sequence[ModelSession], over: Over, trial: Trial) -> Trial:
    """Waits until the sessions are closed. A suite that was late itself waits longer: what is closed by then
    is not left open, but how soon it was closed cannot be told.
    """
    if over.fault:
        return trial.failed(over.fault)

    def closed() -> bool:
        return all(each.closed is not None for each in sessions)

    if await until(closed, GONE_WITHIN):
        last = max((each.closed or over.at for each in sessions), default=over.at)
        return replace(trial, value=max(0.0, (last - over.at) * 1000))
    worst = call.client.statistics().worst_lateness_ms
    if worst > LATE_MS and await until(closed, 2 * GONE_WITHIN):
        return replace(trial, missed=too_busy(worst), busy=True)
    return trial.failed(f"the model's session was still open after {GONE_WITHIN:g} s")


# ------------------------------------------------------------ the process


async def baseline(exam: Examination) -> Census | None:
    """What is in use when there is no call: the last that was seen in a second."""
    if exam.target.census is None:
        return None
    seen = []
    for _ in range(10):
        await trio.sleep(0.1)
        seen.append(exam.target.census())
    return seen[-1]


async def is_back(exam: Examination, before: Census) -> bool:
    """Whether no more is in use than before, soon enough."""
    census = exam.target.census
    return census is None or await until(lambda: census().within(before), GONE_WITHIN)
