"""C7: keys, nonsense and broken lines."""

import msgspec
import trio

from twiliobridge.caller import KeyPressed
from twiliobridge.realtime import events as model
from twiliobridge.validate.check import check
from twiliobridge.validate.checks import odd_answers
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Level
from twiliobridge.validate.waiting import until

KEYS = "4271#"
BETWEEN_KEYS = 0.1
EFFECT_WITHIN = 10.0
"Seconds: a pause that ends the digits, and an answer."
GREETING_WITHIN = 8.0
QUIET = 0.6
SURVIVES = 2.0
"Seconds in which a bridge that dies of a message has died; its session, which is far away, may close first."
ANSWER_WITHIN = 12.0
OVERSIZED = 1 << 20
"Bytes; real messages have some 330."
MESSAGES = "Twilio docs, Voice > Media Streams > WebSocket Messages, from Twilio"

DTMF = Law(
    "C7.1",
    "Keys have an effect: the agent answers, or the model is told.",
    f"{MESSAGES}, dtmf",
    "Collect the digits of `dtmf`, tell the model as a user's item, and ask for a response.",
    Level.INFO,
    done="The keys 4271# are pressed in a quiet moment, 0.1 s apart.",
)
JSON = Law(
    "C7.2",
    "Text that is no JSON costs that message, and not the call.",
    MESSAGES,
    "Catch the decoder's error around each message, not around the loop.",
    done="A message is sent that ends in the midst of its JSON.",
)
UNKNOWN = Law(
    "C7.3",
    "An unknown event is ignored.",
    f"{MESSAGES}; Twilio adds events",
    "Let the branch for other events do nothing.",
    done="A message with the event `weather` is sent.",
)
BASE64 = Law(
    "C7.4",
    "A payload that is no base64 costs that message, and not the call.",
    f"{MESSAGES}, media",
    "Pass payloads on without decoding, or catch the decoder's error around each message.",
    done="A `media` message is sent whose payload is no base64.",
)
GOES_ON = Law(
    "C7.5",
    "After malformed messages the caller is still answered.",
    MESSAGES,
    "Look for the task that ended: a receive loop that is dead leaves a socket that is open.",
    done="The caller speaks after the malformed messages that the call has borne.",
    core=True,
)
NEXT_CLEAN = Law(
    "C7.6",
    "After an oversized message and a dropped connection, the next call is as good as the first.",
    "Twilio docs, Voice > Media Streams",
    "Catch what one connection raises at that connection, and keep no state of it.",
    done="One caller sends a message of 1 MiB, and the connection of another one breaks. Then a call is"
    " placed.",
    core=True,
)
NONSENSE = {
    JSON.id: '{"event":"media","media":{"payload":',
    UNKNOWN.id: '{"event":"weather","streamSid":"SID","weather":{"sky":"clear"}}',
    BASE64.id: '{"event":"media","streamSid":"SID","media":{"track":"inbound","chunk":"1","timestamp":"1",'
    '"payload":"@@not base64@@"}}',
}


@check(
    "C7",
    "Error handling",
    "Keys are heard; what is malformed, oversized or cut off harms neither the call nor the next one.",
    DTMF,
    JSON,
    UNKNOWN,
    BASE64,
    GOES_ON,
    NEXT_CLEAN,
    *odd_answers.LAWS,
    source=MESSAGES,
    seconds=110,
)
async def error_handling(exam: Examination) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(odd_answers.judge_odd_answers, exam)
        await _judge_phone(exam)


async def _judge_phone(exam: Examination) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_nonsense, exam)
        usual = await _keys(exam)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_oversized, exam)
        nursery.start_soon(_dropped, exam)
    await _next(exam, greeted=usual)


async def _keys(exam: Examination) -> bool:
    """Whether the agent greeted this caller."""
    async with exam.call("keys") as call:
        greeted = await _wait_quiet(call, _patience(exam))
        if not exam.target.keys:
            exam.not_applicable(DTMF.id, "keys are said to have no effect on this agent")
            return greeted
        session = call.session
        for digit in KEYS:
            if call.up:
                await call.client.send_dtmf(digit)
                await trio.sleep(BETWEEN_KEYS)
        pressed = [at for at, note in call.notes if isinstance(note, KeyPressed)]
        since = pressed[0] if pressed else trio.current_time()
        effect = await until(lambda: bool(_effect(call, since)), EFFECT_WITHIN)
        seen = _effect(call, since) if effect else f"keys had no effect within {EFFECT_WITHIN:g} s"
        exam.found(DTMF.id, holds=effect, seen=seen + ("" if session else " (the model is not visible)"))
        return greeted


async def _wait_quiet(call: ProbeCall, within: float = GREETING_WITHIN) -> bool:
    """Waits for the greeting and its end. A gap in it is not its end."""
    greeted = await call.heard_for(20, within)
    await trio.sleep(QUIET)
    await until(lambda: _is_quiet(call), GREETING_WITHIN)
    return greeted


def _is_quiet(call: ProbeCall) -> bool:
    now = trio.current_time()
    return not call.agent_is_heard and call.heard_ms(now - QUIET, now) == 0


def _patience(exam: Examination) -> float:
    """Seconds in which an agent greets; one that does not is given a moment."""
    return GREETING_WITHIN if exam.target.greets else QUIET


def _effect(call: ProbeCall, since: float) -> str:
    """What has changed since; empty if nothing has."""
    if call.heard_ms(since + 0.05, trio.current_time()) > 0:
        return "the agent answered"
    for session in call.sessions:
        for at, event in session.told:
            if at >= since and isinstance(event, model.CreateItem):
                return "the model was told"
    return "" if call.up else "the line went down"


async def _nonsense(exam: Examination) -> None:
    """One call bears all of it. Where a message ends the call, the next one has a call of its own."""
    left, borne = list(NONSENSE), list[str]()
    while left:
        name = "nonsense" if len(left) == len(NONSENSE) else f"nonsense-{len(NONSENSE) - len(left) + 1}"
        async with exam.call(name) as call:
            await call.heard_for(20, _patience(exam))
            borne += await _bear(exam, call, left)
            if not left and call.up:
                await _wait_quiet(call, _patience(exam))
                await _still_there(exam, call)
                return
    await _after(exam, borne)


async def _bear(exam: Examination, call: ProbeCall, left: list[str]) -> list[str]:
    """Says what is `left`, and takes it from there, until nothing is or the call ends; what was borne."""
    if not call.up:
        exam.not_applicable(left.pop(0), "the line was down before the message was sent")
    borne = []
    while left and call.up:
        law_id = left.pop(0)
        _say(call, law_id)
        died = await until(lambda: not call.up, SURVIVES)
        if exam.found(
            law_id, holds=not died, seen=f"the line {'went down' if died else 'stayed up'} after the message"
        ):
            borne.append(law_id)
    return borne


async def _after(exam: Examination, borne: list[str]) -> None:
    """A call of what others have borne, for what comes after it."""
    if not borne:
        exam.not_applicable(GOES_ON.id, "each malformed message ended its call: none was left to be answered")
        return
    async with exam.call("after-nonsense") as call:
        await call.heard_for(20, _patience(exam))
        for law_id in borne:
            _say(call, law_id)
        await until(lambda: not call.up, SURVIVES)
        await _wait_quiet(call, _patience(exam))
        await _still_there(exam, call)


def _say(call: ProbeCall, law_id: str) -> None:
    if call.up:
        call.trunk.inject(NONSENSE[law_id].replace("SID", call.client.identity.stream_sid))


async def _still_there(exam: Examination, call: ProbeCall) -> None:
    """The caller speaks: does it reach the model, or is it answered?"""
    if not call.up:
        exam.found(GOES_ON.id, holds=False, seen="the line went down after the malformed messages")
        return
    said = await call.say(exam.material.interruption.audio)
    answered = await call.heard_for(20, ANSWER_WITHIN)
    heard = [
        each
        for session in call.sessions
        for at, each in session.events(model.SpeechStarted)
        if at > said.began
    ]
    unanswered = f"heard nothing for {ANSWER_WITHIN:g} s"
    if not answered and heard:
        exam.found(
            GOES_ON.id,
            holds=True,
            seen="the model heard the caller after the malformed messages; whether it answers is C6's affair",
        )
    else:
        exam.found(
            GOES_ON.id,
            holds=answered,
            seen=f"after the malformed messages the caller {'was answered' if answered else unanswered}",
        )


async def _oversized(exam: Examination) -> None:
    async with exam.call("oversized") as call:
        await call.heard_for(20, _patience(exam))
        if call.up:
            call.trunk.inject(msgspec.json.encode({"event": "noise", "noise": "x" * OVERSIZED}).decode())
            await trio.sleep(SURVIVES)


async def _dropped(exam: Examination) -> None:
    async with exam.call("dropped") as call:
        await call.heard_for(200, _patience(exam))
        await call.client.drop()


async def _next(exam: Examination, *, greeted: bool) -> None:
    async with exam.call("next") as call:
        if not greeted and call.up:
            await call.say(exam.material.interruption.audio)
        heard = await call.heard_for(200, GREETING_WITHIN if greeted else ANSWER_WITHIN)
        done = "heard" if heard else "not heard"
        what = "as a greeting" if greeted else "in answer to the caller"
        warned = [str(each.code.value) for each in call.client.warnings]
        seen = f"the agent was {done} {what}" + (f", with warnings {', '.join(warned)}" if warned else "")
        exam.found(NEXT_CLEAN.id, holds=heard and call.up, seen=seen)
