"""C2: is the model there, and told what it must be told?"""

from collections.abc import Sequence
from itertools import takewhile

import trio

from twiliobridge.realtime import events as model
from twiliobridge.realtime import is_benign
from twiliobridge.validate.check import check
from twiliobridge.validate.checks.other_format import NO_NOISE, judge_other_format
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.model_session import ModelSession
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Level
from twiliobridge.validate.tap import BAD_KEY
from twiliobridge.validate.waiting import until

READY_WITHIN = 10.0
"Seconds from the stream's start: ten are the bridge's own bound, and longer than anybody stays."
REFUSED_WITHIN = 6.0
"Seconds of silence, at most, for a caller whose model refuses the key."
UPDATED_AFTER = 0.7
"Seconds for which session.updated is held back: what comes before it did not wait for it."
SESSION = "OpenAI docs, Realtime > session.update"
PCMU = "audio/pcmu"

CONFIRMED = Law(
    "C2.1",
    f"session.created and session.updated are seen within {READY_WITHIN:g} s of the stream's start.",
    SESSION,
    "Dial the model when the call comes, and send session.update as soon as session.created is in.",
    done="A call is placed, and session.updated is held back for 0.7 s.",
    core=True,
)
FORMATS = Law(
    "C2.2",
    "Both formats of the session are audio/pcmu.",
    SESSION,
    'Say {"type": "audio/pcmu"} for audio.input.format and audio.output.format: nothing is resampled then.',
    Level.SHOULD,
    done="A call is placed, and the formats in its session.updated are read.",
)
NOT_REFUSED = Law(
    "C2.3",
    "The model refuses nothing that the bridge says.",
    "OpenAI docs, Realtime > error",
    "Read the `error` events: each names the event and the field that it refuses.",
    done="A call is placed, and the `error` events of its session are read, but for those of two who speak"
    " at once.",
)
IN_ORDER = Law(
    "C2.4",
    "Nothing but the session's description goes to the model before session.updated.",
    SESSION,
    "Wait for session.updated: what goes before it is read in the default format, 24 kHz PCM.",
    Level.SHOULD,
    done="session.updated is held back for 0.7 s. What the bridge says before it is read.",
)
BAD_KEYS = Law(
    "C2.5",
    f"A refused key ends the call within {REFUSED_WITHIN:g} s, with the reason on record.",
    "OpenAI docs, Realtime > error, invalid_api_key",
    "Read `error` before the session is up, log its code, and close Twilio's socket: TwiML then goes on.",
    done="A call is placed while the model refuses every key with invalid_api_key. The time to its end is"
    " measured.",
)
LAWS = (CONFIRMED, FORMATS, NOT_REFUSED, IN_ORDER, BAD_KEYS, NO_NOISE)


@check(
    "C2",
    "OpenAI connection",
    "A session is opened and described for each call, and a refusal is reported as such.",
    *LAWS,
    source=SESSION,
    seconds=60,
)
async def openai_connection(exam: Examination) -> None:
    if exam.target.tap is None:
        for law in LAWS:
            exam.not_applicable(law.id, "the model is not visible: see --listen-model")
        return
    with exam.target.tap.holding_updated(UPDATED_AFTER):
        await _described(exam)
    with exam.target.tap.refusing_keys():
        await _refused(exam)
    await judge_other_format(exam, exam.target.tap)


async def _described(exam: Examination) -> None:
    async with exam.call("session") as call:
        await until(lambda: _confirmed(call) or not call.up, READY_WITHIN)
        await trio.sleep(0.5)
        _judge(exam, call)


async def _refused(exam: Examination) -> None:
    async with exam.call("bad-key") as call:
        began = trio.current_time()
        ended = await until(lambda: not call.up, REFUSED_WITHIN)
        took = trio.current_time() - began
    await until(lambda: _on_record(exam, call) is not False, 1.0)
    seen = (
        f"the call ended after {took:.1f} s"
        if ended
        else f"the caller heard nothing for {REFUSED_WITHIN:g} s after the model had refused the key"
    )
    told = _on_record(exam, call)
    if told is False:
        seen += f", and {BAD_KEY} is nowhere on record"
    exam.found(BAD_KEYS.id, holds=ended and told is not False, seen=seen)


def _confirmed(call: ProbeCall) -> bool:
    session = call.session
    return session is not None and bool(session.events(model.SessionUpdated))


def _judge(exam: Examination, call: ProbeCall) -> None:
    session = call.session
    if session is None:
        _judge_no_session(exam, call)
        return
    created, updated = session.events(model.SessionCreated), session.events(model.SessionUpdated)
    missing = [name for name, seen in (("created", created), ("updated", updated)) if not seen]
    if missing:
        seen = "; ".join([f"no session.{missing[0]} was seen", *_endings(exam, call)])
    else:
        seen = f"the session was confirmed after {updated[0][0] - call.began:.2f} s"
    exam.found(CONFIRMED.id, holds=not missing, seen=seen)
    errors = refusals([session])
    exam.found(
        NOT_REFUSED.id, holds=not errors, seen=errors[0] if errors else "the model sent no error event"
    )
    if not updated:
        return
    formats = formats_of(updated[-1][1])
    exam.found(
        FORMATS.id,
        holds=set(formats) == {PCMU},
        seen=f"the session has {formats[0]} as its input and {formats[1]} as its output",
    )
    before = takewhile(lambda each: not isinstance(each.event, model.SessionUpdated), session.log)
    said = [each.event for each in before if each.by_bridge]
    early = [type(event).__name__ for event in said if not isinstance(event, model.UpdateSession)]
    exam.found(
        IN_ORDER.id,
        holds=not early,
        seen=f"the bridge sent before session.updated: {', '.join(early[:3])}"
        if early
        else "the bridge waited for session.updated",
    )


def _judge_no_session(exam: Examination, call: ProbeCall) -> None:
    if call.unclear_sessions:
        exam.not_applicable(CONFIRMED.id, call.why_no_session)
        return
    remedy = call.turned_away[-1].remedy if call.turned_away else ""
    seen = "; ".join([call.why_no_session, *_endings(exam, call)])
    exam.found(CONFIRMED.id, holds=False, seen=seen, advice=remedy)


def formats_of(updated: model.SessionUpdated) -> tuple[str, str]:
    """Of input and output, by type; empty where the session does not say."""
    audio = updated.session.audio or {}
    sides = (audio.get("input") or {}, audio.get("output") or {})
    first, second = (str((side.get("format") or {}).get("type", "")) for side in sides)
    return first, second


def refusals(sessions: Sequence[ModelSession]) -> list[str]:
    """What the model refused, without what two say who spoke at once."""
    return [
        f"{each.error.code}: {each.error.message}"
        for session in sessions
        for _, each in session.events(model.Error)
        if not is_benign(each.error)
    ]


def _endings(exam: Examination, call: ProbeCall) -> list[str]:
    """What the bridge's own record of the call says of its end, if there is one."""
    kept = [each for each in exam.target.summaries if each.call_sid in {call.client.identity.call_sid, ""}]
    return [f"{each.ending.value}: {each.detail}" for each in kept]


def _on_record(exam: Examination, call: ProbeCall) -> bool | None:
    """Whether the bridge's own record of the call has the reason; None if there is no record to be seen."""
    if exam.target.census is None:
        return None
    sid = call.client.identity.call_sid
    return any(BAD_KEY in each.detail for each in exam.target.summaries if each.call_sid in {sid, ""})
