"""C1: is there a server?"""

import msgspec
import trio

from twiliobridge.caller import NotConnected
from twiliobridge.validate.check import check
from twiliobridge.validate.checks import strangers, twiml
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.listening import silence_of, speaks_first
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Level, Mode
from twiliobridge.validate.target import HttpAnswer
from twiliobridge.wires import Unreachable

WITHIN = 5.0
"Seconds. Twilio waits 15 for a webhook; health is asked for by load balancers, which wait 5."
ANSWERED_WITHIN = 5.0
"Seconds. How long Twilio waits is not documented; for the connection of a webhook it is five."
MODEL_ANSWERS_AFTER = 6.0
"Seconds: whoever waits for the model is found out, and within the ten that the phone waits."
PRECEDENT = "precedent: load balancers and Kubernetes probe over HTTP"

HEALTH = Law(
    "C1.1",
    "GET /health answers 200.",
    PRECEDENT,
    "Answer /health with 200 as soon as calls can be taken; load balancers send none before that.",
    done="GET /health is asked for once.",
)
STATUS = Law(
    "C1.2",
    "GET /status answers 200 with a JSON object.",
    PRECEDENT,
    "Answer /status with JSON.",
    Level.SHOULD,
    done="GET /status is asked for once.",
)
UPGRADE = Law(
    "C1.3",
    "The stream's URL answers Twilio's handshake with a plain 101.",
    "Twilio docs, Voice > Media Streams; Error and Warning Dictionary 31920",
    "Accept the WebSocket at the URL in <Stream>, without subprotocol and extensions.",
    done="A call is placed: Twilio's handshake, `connected` and `start`.",
    core=True,
)
AGENT = Law(
    "C1.10",
    "An agent is on the stream: it is heard as a greeting, or in answer to the caller.",
    "Twilio docs, Voice > Media Streams > WebSocket Messages, media",
    "Look at what comes after `start`: is a model dialled, does it answer, do its deltas reach Twilio?",
    done="The caller waits 8 s for a greeting; if none is heard, the caller speaks, and waits 15 s.",
    core=True,
)
PROMPT = Law(
    "C1.4",
    f"The handshake is answered within {ANSWERED_WITHIN:g} s, however late the model answers its own.",
    "Twilio Error and Warning Dictionary 31901; Twilio docs, Webhooks > Connection overrides: 5 s to connect",
    "Accept the WebSocket first, and dial the model then.",
    done="A call is placed while the model answers each handshake 6 s late. The time to the 101 is measured.",
)


@check(
    "C1",
    "Server startup",
    "The server is up: it is healthy, tells its status, takes a media stream, and an agent is on it.",
    HEALTH,
    STATUS,
    UPGRADE,
    PROMPT,
    *strangers.LAWS,
    *twiml.LAWS,
    AGENT,
    source=UPGRADE.source,
    seconds=80,
)
async def startup(exam: Examination) -> None:
    await _ask(exam, HEALTH, "/health")
    await _ask(exam, STATUS, "/status")
    door = None
    try:
        async with exam.call("upgrade") as call:
            exam.found(UPGRADE.id, holds=True, seen="the handshake was answered with 101")
            door = call.trunk.door
            await _listen(exam, call)
    except NotConnected as error:
        exam.found(UPGRADE.id, holds=False, seen=str(error))
        exam.not_applicable(PROMPT.id, "no handshake was answered (see C1.3)")
    else:
        await _hold_model(exam)
    await strangers.judge_strangers(exam, door)
    await twiml.judge_twiml(exam)


async def _listen(exam: Examination, call: ProbeCall) -> None:
    """Where the model refuses the bridge, that is C2's affair."""
    silence = "" if await speaks_first(call, exam) else await silence_of(call, exam)
    if silence and call.refused_by_model:
        exam.not_applicable(AGENT.id, silence)
    else:
        exam.found(AGENT.id, holds=not silence, seen=silence or "the agent was heard")


async def _hold_model(exam: Examination) -> None:
    """A call during which the model is slow to answer."""
    tap = exam.target.tap
    if tap is None:
        exam.not_applicable(PROMPT.id, "the model is not visible: see --listen-model")
        return
    try:
        with tap.holding(MODEL_ANSWERS_AFTER):
            async with exam.call("far-model") as call:
                took = call.trunk.handshake_s or 0.0
        exam.found(
            PROMPT.id, holds=took <= ANSWERED_WITHIN, seen=f"the handshake was answered after {took:.2f} s"
        )
    except NotConnected as error:
        exam.found(PROMPT.id, holds=False, seen=str(error))


async def _ask(exam: Examination, law: Law, path: str) -> None:
    try:
        with trio.fail_after(WITHIN):
            answer = await exam.target.get(path)
    except (Unreachable, trio.TooSlowError) as error:
        exam.found(law.id, holds=False, seen=str(error) or f"{path} was not answered within {WITHIN:g} s")
        return
    if exam.target.mode is Mode.BLACK_BOX and answer.status in {404, 405, 426}:
        exam.not_applicable(law.id, f"this server has no {path}: HTTP {answer.status}")
    else:
        good = answer.status == 200 and (law is HEALTH or _is_json(answer))
        exam.found(
            law.id, holds=good, seen=f"GET {path} was answered with HTTP {answer.status}{_brief(answer)}"
        )


def _is_json(answer: HttpAnswer) -> bool:
    try:
        return isinstance(msgspec.json.decode(answer.body), dict)
    except msgspec.DecodeError:
        return False


def _brief(answer: HttpAnswer) -> str:
    text = " ".join(answer.body.split())[:60]
    return f", {text}" if text else ""
