"""The ways in which a call ends before its time, and what is tried with each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import trio

from twiliobridge.mediastream import MediaStream, Role
from twiliobridge.mediastream.events import Connected, Stop
from twiliobridge.validate.phases import ANSWER_WITHIN, Phase
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.waiting import until

ALL = (
    Phase.DIALLING,
    Phase.GREETING,
    Phase.QUIET,
    Phase.ANSWERING,
    Phase.TOOL,
    Phase.SECOND_ANSWER,
    Phase.GOODBYE,
)
QUEUED_WITHIN = 12.0
"Seconds in which what was said before the model vanished may still be heard."


@dataclass(frozen=True)
class Over:
    at: float
    "From when on, in seconds, nothing of the call may be needed."
    fault: str = ""
    "What was wrong with the end itself."


End = Callable[[ProbeCall, bytes], Awaitable[Over]]
"Ends a call. The audio is what a caller says who goes on."


@dataclass(frozen=True)
class Ending:
    done: str
    "As a finding says it, before the phase: hung up."
    slug: str
    "For the names of calls."
    end: End
    phases: tuple[Phase, ...] = ALL
    "In which it is tried."


async def hang_up(call: ProbeCall, _audio: bytes) -> Over:
    over = Over(trio.current_time())
    await call.client.hangup()
    return over


async def drop(call: ProbeCall, _audio: bytes) -> Over:
    over = Over(trio.current_time())
    await call.client.drop()
    return over


async def stop_only(call: ProbeCall, _audio: bytes) -> Over:
    """Says `stop` and nothing more, and keeps the socket open."""
    identity = call.client.identity
    twilio = MediaStream(Role.TWILIO)
    twilio.send(Connected())
    twilio.send(identity.start(("inbound",)))
    if call.up:
        call.trunk.mute = True
        call.trunk.inject(twilio.send(Stop(account_sid=identity.account_sid, call_sid=identity.call_sid)))
    return Over(trio.current_time())


async def lose_model(call: ProbeCall, audio: bytes) -> Over:
    """The bridge must do something about it: end the call, or open another session."""
    lost = len(call.sessions)
    for session in call.sessions:
        session.drop()
    return await _another(call, lost) or await hang_up(call, audio)


async def expire(call: ProbeCall, audio: bytes) -> Over:
    """The same, and the caller is answered by the other session."""
    lost = len(call.sessions)
    for session in call.sessions:
        session.expire()
    if unserved := await _another(call, lost):
        return unserved
    await until(lambda: not call.up or not call.agent_is_heard, QUEUED_WITHIN)
    if call.up:
        await call.say(audio)
        if not await call.heard_for(20, ANSWER_WITHIN) and call.up:
            silence = f"another session was opened, and the caller heard nothing for {ANSWER_WITHIN:g} s"
            return Over(trio.current_time(), silence)
    return await hang_up(call, audio)


async def _another(call: ProbeCall, lost: int) -> Over | None:
    """None if the call has ended, or has a session that is not among the `lost` first ones."""
    if await until(lambda: not call.up or len(call.sessions) > lost, QUEUED_WITHIN):
        return None
    return Over(trio.current_time(), "the call went on without a model")
