"""C8: does a call leave nothing behind, however it ends?"""

from collections.abc import Awaitable, Callable

import trio

from twiliobridge.mediastream import MediaStream, Role
from twiliobridge.mediastream.events import Connected, Stop
from twiliobridge.validate.check import check
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.target import Census
from twiliobridge.validate.waiting import until

GONE_WITHIN = 5.0
"Seconds."
QUEUED_WITHIN = 12.0
"Seconds in which what was said before the model vanished may still be heard."
GREETING_WITHIN = 8.0
STREAM = "Twilio docs, Voice > Media Streams > WebSocket Messages, stop"
SESSION = "OpenAI docs, Realtime > Session lifecycle: an open session is billed"

HUNG_UP = Law(
    "C8.1",
    f"{GONE_WITHIN:g} s after the caller hangs up, nothing of the call is left.",
    STREAM,
    "Close the model's socket and cancel every task of the call when `stop` comes or the socket closes.",
)
STOPPED = Law(
    "C8.2",
    f"`stop` alone ends the call, within {GONE_WITHIN:g} s, also if the socket stays open.",
    STREAM,
    "Handle `stop`: it is the last message, and the close that should follow can be lost on the way.",
)
DROPPED = Law(
    "C8.3",
    f"{GONE_WITHIN:g} s after the caller's connection broke, nothing of the call is left.",
    STREAM,
    "Treat a broken socket as an ending: in a `finally`, which is reached by every ending.",
)
MODEL_GONE = Law(
    "C8.4",
    "When the model vanishes, the call goes on with another session or ends, and nothing of it is left.",
    SESSION,
    "Open another session and tell it the conversation, or close Twilio's socket: TwiML then goes on.",
)


@check(
    "C8",
    "Resource cleanup",
    "Every ending frees everything: the model's socket, tasks, threads and files.",
    HUNG_UP,
    STOPPED,
    DROPPED,
    MODEL_GONE,
    source=SESSION,
    seconds=80,
)
async def resource_cleanup(exam: Examination) -> None:
    if exam.target.tap is None:
        for law in (HUNG_UP, STOPPED, DROPPED, MODEL_GONE):
            exam.not_applicable(
                law.id, "neither the bridge's process nor the model is visible: see --listen-model"
            )
        return
    async with exam.call("warm-up") as call:
        await call.heard_for(20, GREETING_WITHIN)
    baseline = await _baseline(exam)
    for law, name, end in (
        (HUNG_UP, "hangs-up", _hang_up),
        (STOPPED, "stops", _stop_only),
        (DROPPED, "drops", _drop),
        (MODEL_GONE, "model-vanishes", _lose_model),
    ):
        await _end(exam, law, name, end, baseline)


async def _end(
    exam: Examination,
    law: Law,
    name: str,
    end: Callable[[ProbeCall], Awaitable[bool]],
    baseline: Census | None,
) -> None:
    async with exam.call(name) as call:
        await call.heard_for(100, GREETING_WITHIN)
        if not await end(call):
            exam.found(law.id, holds=False, seen="the call went on")
            return
        ended = trio.current_time()
        freed = await until(lambda: _model_freed(call), GONE_WITHIN)
    took = (trio.current_time() - ended) * 1000
    if not freed:
        exam.found(law.id, holds=False, seen=f"the model's session was still open after {GONE_WITHIN:g} s")
        return
    clean = await until(lambda: _back(exam, baseline), GONE_WITHIN)
    took = max(took, (trio.current_time() - ended) * 1000)
    exam.measured.add("hang-up to resources gone", took)
    left = "" if exam.target.census is None else f"; {exam.target.census()} against {baseline} before"
    exam.found(law.id, holds=clean, seen=f"gone after {took:.0f} ms" if clean else f"something is left{left}")


async def _hang_up(call: ProbeCall) -> bool:
    await call.client.hangup()
    return True


async def _drop(call: ProbeCall) -> bool:
    await call.client.drop()
    return True


async def _stop_only(call: ProbeCall) -> bool:
    """Says `stop` and nothing more, and keeps the socket open."""
    identity = call.client.identity
    twilio = MediaStream(Role.TWILIO)
    twilio.send(Connected())
    twilio.send(identity.start(("inbound",)))
    if call.up:
        call.trunk.mute = True
        call.trunk.inject(twilio.send(Stop(account_sid=identity.account_sid, call_sid=identity.call_sid)))
    return True


async def _lose_model(call: ProbeCall) -> bool:
    """Whether the bridge did something about it: ended the call, or opened another session."""
    lost = len(call.sessions)
    for session in call.sessions:
        session.drop()
    if not await until(lambda: not call.up or len(call.sessions) > lost, QUEUED_WITHIN):
        return False
    if call.up:
        await call.client.hangup()
    return True


def _model_freed(call: ProbeCall) -> bool:
    return all(each.closed is not None for each in call.sessions)


async def _baseline(exam: Examination) -> Census | None:
    """What is in use when there is no call: the least that was seen in a second."""
    if exam.target.census is None:
        return None
    seen = []
    for _ in range(20):
        await trio.sleep(0.1)
        seen.append(exam.target.census())
    return seen[-1]


def _back(exam: Examination, baseline: Census | None) -> bool:
    return baseline is None or exam.target.census is None or exam.target.census().within(baseline)
