"""C8: does a call leave nothing behind, however it ends, and in whatever phase?"""

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import trio

from twiliobridge.caller import NotConnected
from twiliobridge.validate.check import check
from twiliobridge.validate.ended import GONE_WITHIN, baseline, end_call, end_dialling, is_back
from twiliobridge.validate.endings import Ending, drop, expire, hang_up, lose_model, stop_only
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.phases import GREETING_WITHIN, Phase
from twiliobridge.validate.result import Level
from twiliobridge.validate.target import Census
from twiliobridge.validate.trial import Trial, judge

AT_ONCE = 13
"Calls: some more than two cores pace in time, but here nothing is measured to the millisecond."
LONGEST = (
    Phase.SECOND_ANSWER,
    Phase.GOODBYE,
    Phase.ANSWERING,
    Phase.QUIET,
    Phase.TOOL,
    Phase.GREETING,
)
HUNT = 60.0
"Seconds in which the call that left something behind is looked for."
STREAM = "Twilio docs, Voice > Media Streams > WebSocket Messages, stop"
SESSION = "OpenAI docs, Realtime > Session lifecycle: an open session is billed"

HUNG_UP = Law(
    "C8.1",
    f"{GONE_WITHIN:g} s after the caller hangs up, nothing of the call is left.",
    STREAM,
    "Close the model's socket and cancel every task of the call when `stop` comes or the socket closes.",
    done="The caller hangs up while the model is dialled, during the greeting, in a quiet moment, while the"
    " agent answers, after the call of a tool, during a second answer, and during the goodbye: in a call"
    " for each.",
    core=True,
)
STOPPED = Law(
    "C8.2",
    f"`stop` alone ends the call, within {GONE_WITHIN:g} s, also if the socket stays open.",
    STREAM,
    "Handle `stop`: it is the last message, and the close that should follow can be lost on the way.",
    done="`stop` is sent, and the socket stays open, in each phase that C8.1 names.",
)
DROPPED = Law(
    "C8.3",
    f"{GONE_WITHIN:g} s after the caller's connection broke, nothing of the call is left.",
    STREAM,
    "Treat a broken socket as an ending: in a `finally`, which is reached by every ending.",
    done="The TCP connection breaks without a closing handshake, in each phase that C8.1 names.",
)
MODEL_GONE = Law(
    "C8.4",
    "When the model vanishes, the call goes on with another session or ends, and nothing of it is left.",
    SESSION,
    "Open another session and tell it the conversation, or close Twilio's socket: TwiML then goes on.",
    done="The model's connection breaks in each phase that C8.1 names.",
)
SESSION_OVER = Law(
    "C8.5",
    "When the session's hour is over, the call ends, or another session answers the caller.",
    "OpenAI docs, Realtime > error, session_expired; a session lasts 60 minutes",
    "Take session_expired and close code 1001 as the end of a session, not of a call: open another.",
    done="The model says session_expired and closes with 1001, in a quiet moment, and while the agent"
    " answers.",
)
FAREWELL = Law(
    "C8.6",
    "Where the bridge ends a stream, it closes the socket with a closing handshake.",
    "Twilio Error and Warning Dictionary 31903: the peer has vanished; RFC 6455, 7.1.1",
    "Close the WebSocket with 1000 on every way out, also where an exception ends the call.",
    Level.SHOULD,
    done="The model vanishes or its session expires. How the bridge then closes the stream is looked at.",
)
ENDINGS: Mapping[str, Ending] = MappingProxyType(
    {
        HUNG_UP.id: Ending("hung up", "hangs-up", hang_up),
        STOPPED.id: Ending("`stop` alone", "stops", stop_only),
        DROPPED.id: Ending("the connection broke", "drops", drop),
        MODEL_GONE.id: Ending("the model vanished", "model-vanishes", lose_model),
        SESSION_OVER.id: Ending(
            "the session expired", "session-expires", expire, (Phase.QUIET, Phase.ANSWERING)
        ),
    }
)
"What is done for each law."
LAWS = (HUNG_UP, STOPPED, DROPPED, MODEL_GONE, SESSION_OVER, FAREWELL)


@check(
    "C8",
    "Resource cleanup",
    "Every ending frees everything, in every phase: the model's socket, tasks, threads and files.",
    *LAWS,
    source=SESSION,
    seconds=150,
)
async def resource_cleanup(exam: Examination) -> None:
    if exam.target.tap is None:
        for law in LAWS:
            exam.not_applicable(
                law.id, "neither the bridge's process nor the model is visible: see --listen-model"
            )
        return
    served = any(not each.refused for each in exam.target.tap.sessions)
    if not served and (why := await _warm_up(exam)):
        for law in LAWS:
            exam.not_applicable(law.id, why)
        return
    before = await baseline(exam)
    ended: list[Trial] = []
    closed: list[Trial] = []
    try:
        for law_id, ending in ENDINGS.items():
            if Phase.DIALLING in ending.phases:
                ended.append(await end_dialling(exam, law_id, ending))
        await _side_by_side(exam, ended, closed)
        await _census(exam, before, ended)
        await _look_for_the_bridge(exam, ended)
    finally:
        _judge(exam, ended)
        judge(
            exam,
            FAREWELL.id,
            _in_order([replace(each, law_id=FAREWELL.id) for each in closed]),
            "the bridge closed the stream in good order",
        )


async def _warm_up(exam: Examination) -> str:
    """The bridge's first call of all; why there is nothing to be freed, if there is not."""
    async with exam.call("warm-up") as call:
        await call.heard_for(20, GREETING_WITHIN)
        return "" if call.sessions else call.why_no_session


async def _look_for_the_bridge(exam: Examination, ended: list[Trial]) -> None:
    """Where no call comes about any more, the ending is to blame after which the first one did not."""
    try:
        async with exam.call("after"):
            return
    except NotConnected as error:
        survived = next((place for place, each in enumerate(ended) if each.unplaced), len(ended))
        last = max((place for place, each in enumerate(ended[:survived]) if each.tried), default=0)
        ended[last] = replace(ended[last], missed="").failed(f"the server took no call any more: {error}")


async def _side_by_side(exam: Examination, ended: list[Trial], closed: list[Trial]) -> None:
    """Every ending in every phase of a call that is up; the longest calls first."""
    cells = deque(_longest_first())

    async def work() -> None:
        while cells:
            ended.append(await end_call(exam, *cells.popleft(), closed))

    async with trio.open_nursery() as nursery:
        for _ in range(AT_ONCE):
            nursery.start_soon(work)


def _longest_first() -> list[tuple[str, Ending, Phase]]:
    """The calls that are up when they end; those that may go on, and those that are long before, first."""
    cells = [(law_id, ending, phase) for law_id, ending in ENDINGS.items() for phase in ending.phases]
    up = [each for each in cells if each[2] is not Phase.DIALLING]
    return sorted(up, key=lambda each: (each[1].end is not expire, LONGEST.index(each[2])))


async def _census(exam: Examination, before: Census | None, ended: list[Trial]) -> None:
    """Nothing of all these calls is left in the process. If something is, each is tried by itself, so that it
    is known whose it is. Where sessions are left open, they are what is left.
    """
    if before is None or any(each.fault for each in ended) or await is_back(exam, before):
        return
    left = _left(exam, before)
    alone: list[Trial] = []
    with trio.move_on_after(HUNT):
        for law_id, ending in ENDINGS.items():
            for phase in ending.phases:
                alone.append(await _alone(exam, law_id, phase))
                if alone[-1].fault:
                    break
    ended += alone
    if not any(each.fault for each in alone):
        ended.append(ended[0].failed(f"{left}, and no call that was placed by itself left it"))


async def _alone(exam: Examination, law_id: str, phase: Phase) -> Trial:
    before, ending = await baseline(exam), ENDINGS[law_id]
    if phase is Phase.DIALLING:
        trial = await end_dialling(exam, law_id, ending, "-alone")
    else:
        trial = await end_call(exam, law_id, ending, phase, [], "-alone")
    if before is None or await is_back(exam, before):
        return trial
    return trial.failed(_left(exam, before))


def _left(exam: Examination, before: Census) -> str:
    return f"something is left: {exam.target.census and exam.target.census()} against {before} before"


def _judge(exam: Examination, ended: list[Trial]) -> None:
    for law_id in ENDINGS:
        judge(exam, law_id, _in_order(ended), "the model's session was closed after {} ms at most")
    for each in ended:
        if each.value is not None and not each.fault:
            exam.measured.add("hang-up to resources gone", each.value)


def _in_order(trials: list[Trial]) -> list[Trial]:
    """By phase, as they follow each other in a call."""
    order = [each.value for each in Phase]
    return sorted(trials, key=lambda each: order.index(each.phase))
