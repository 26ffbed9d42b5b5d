"""C4: does sound arrive as it was sent, both ways?"""

import trio

from twiliobridge.audio import FRAME_BYTES, RATE, SILENCE
from twiliobridge.realtime import events as model
from twiliobridge.validate.check import check
from twiliobridge.validate.checks.model import PCMU, formats_of
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.measure import clipped_ratio
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Level
from twiliobridge.validate.spectrum import compare, describe, is_noise
from twiliobridge.validate.waiting import until

GREETING_WITHIN = 8.0
QUIET_AFTER = 30.0
"Seconds in which the agent must have come to an end."
UNDER_WAY_MS = 60.0
"A frame, and what is under way."
UNDER_WAY, LOOK_EVERY = 3.0, 0.25
"Seconds in which what is under way arrives, on a busy machine."
CLIPPED = 0.02
"Share of samples at full scale: speech that was not forced there has next to none."
FORMAT = "Twilio docs, Voice > Media Streams > WebSocket Messages, media: audio/x-mulaw, 8000 Hz"

TO_MODEL = Law(
    "C4.1",
    "What the model receives is what the caller said: the same sound, of the same length within a frame.",
    FORMAT,
    "With audio/pcmu in the session, pass payloads on as they are; keep what comes before the session is up.",
)
TO_CALLER = Law(
    "C4.2",
    "What the caller hears is what the model said, from the first byte to the last.",
    FORMAT,
    "Pass every delta on, in order: base64 in, base64 out.",
)
TELEPHONE = Law(
    "C4.3",
    "What is heard sounds like speech in mu-law at 8 kHz.",
    FORMAT,
    "Ask the model for audio/pcmu. 24 kHz PCM must be resampled and encoded: as it is, it is loud noise.",
)
UNBROKEN = Law(
    "C4.4",
    "The agent is heard without gaps: the playback buffer does not run empty within its speech.",
    "Twilio docs, Voice > Media Streams > WebSocket Messages, media: Twilio buffers what it is sent",
    "Send deltas as they come: Twilio's buffer paces them. What is held back to be paced arrives late.",
    Level.SHOULD,
)
CLEAN = Law(
    "C4.5",
    f"Less than {CLIPPED:.0%} of what is heard is at full scale.",
    "ITU-T G.711",
    "Lower the gain before encoding.",
    Level.SHOULD,
)


@check(
    "C4",
    "Audio flow",
    "Sound arrives as it was sent: the caller's at the model, and the model's at the caller.",
    TO_MODEL,
    TO_CALLER,
    TELEPHONE,
    UNBROKEN,
    CLEAN,
    source=FORMAT,
    seconds=60,
)
async def audio_flow(exam: Examination) -> None:
    async with exam.call("sound") as call:
        if not await call.heard_for(200, GREETING_WITHIN):
            await call.say(exam.material.turns[0].audio)
            await call.heard_for(200, GREETING_WITHIN)
        await until(lambda: _quiet(call), QUIET_AFTER)
        _judge_heard(exam, call)
        _judge_caller_heard(exam, call)
        if call.up:
            await call.say(exam.material.interruption.audio)
        said = exam.material.interruption.audio
        await until(lambda: _whole(call, said) and _missing_ms(call) <= UNDER_WAY_MS, UNDER_WAY, LOOK_EVERY)
        _judge_model_heard(exam, call, said)


def _quiet(call: ProbeCall) -> bool:
    """For half a second, with something heard before."""
    now = trio.current_time()
    idle = not call.client.line.queued_ms and call.heard_ms(now - 0.5, now) == 0
    return not call.up or (idle and call.first_heard_s is not None)


def _judge_heard(exam: Examination, call: ProbeCall) -> None:
    heard = call.heard
    if not heard:
        for law in (TELEPHONE, UNBROKEN, CLEAN):
            exam.not_applicable(law.id, "nothing was heard")
        return
    sent = _spoken(call)
    if sent and _passes_mulaw(call):
        exam.found(
            TELEPHONE.id, holds=compare(heard, sent) == "", seen=compare(heard, sent) or describe(heard)
        )
    else:
        exam.found(TELEPHONE.id, holds=not is_noise(heard), seen=is_noise(heard) or describe(heard))
    gaps = call.client.statistics().gaps_heard_ms
    seen = f"{len(gaps)} gaps, the longest {max(gaps):.0f} ms" if gaps else "no gaps"
    exam.found(UNBROKEN.id, holds=not gaps, seen=seen)
    clipped = clipped_ratio(heard)
    exam.found(CLEAN.id, holds=clipped < CLIPPED, seen=f"{clipped:.1%} at full scale")


def _passes_mulaw(call: ProbeCall) -> bool:
    session = call.session
    updated = session.events(model.SessionUpdated) if session else []
    return bool(updated) and set(formats_of(updated[-1][1])) == {PCMU}


def _spoken(call: ProbeCall) -> bytes:
    session = call.session
    return b"".join(audio for _, _, audio in session.spoken()) if session else b""


def _judge_model_heard(exam: Examination, call: ProbeCall, said: bytes) -> None:
    session = call.session
    if session is None or not _passes_mulaw(call):
        why = call.why_no_session if session is None else "the session is not in mu-law (see C2.2)"
        exam.not_applicable(TO_MODEL.id, why)
        return
    missing_ms, whole = _missing_ms(call), _whole(call, said)
    if whole and abs(missing_ms) <= UNDER_WAY_MS:
        exam.found(TO_MODEL.id, holds=True, seen=f"{len(said) * 1000 // RATE} ms arrived as they were said")
        return
    seen = f"{missing_ms:.0f} ms of the call are missing" if whole else _difference(said, session.appended)
    exam.found(TO_MODEL.id, holds=False, seen=seen)


def _whole(call: ProbeCall, said: bytes) -> bool:
    """Whether the model has received all of it, in one piece."""
    return any(said in session.appended for session in call.sessions)


def _missing_ms(call: ProbeCall) -> float:
    """What the caller has sent, less what the model has received."""
    arrived = len(call.session.appended) if call.session else 0
    return (len(call.trunk.frames_left) * FRAME_BYTES - arrived) * 1000 / RATE


def _judge_caller_heard(exam: Examination, call: ProbeCall) -> None:
    session = call.session
    if session is None or not _passes_mulaw(call):
        why = call.why_no_session if session is None else "the session is not in mu-law (see C2.2)"
        exam.not_applicable(TO_CALLER.id, why)
        return
    heard, sent = (each.rstrip(bytes([SILENCE])) for each in (call.heard, _spoken(call)))
    if not sent:
        exam.not_applicable(TO_CALLER.id, "the model said nothing")
        return
    seen = f"{len(heard) * 1000 // RATE} ms heard as they were said"
    exam.found(TO_CALLER.id, holds=heard == sent, seen=seen if heard == sent else _difference(sent, heard))


def _difference(sent: bytes, arrived: bytes) -> str:
    """How what arrived differs from what was sent, in words."""
    if not arrived:
        return "nothing arrived"
    for probe in (sent[len(sent) // 2 :], sent[: len(sent) // 2]):
        place = arrived.find(probe[:1600])
        if place >= 0:
            offset = place - sent.find(probe[:1600])
            ms = abs(len(sent) - len(arrived)) * 1000 / RATE
            return (
                f"only a part arrived as it was sent (a shift of {offset / 8:.0f} ms, {ms:.0f} ms of length)"
            )
    kind = compare(arrived, sent) or "alike to the ear, and not the same bytes"
    return f"it arrived as something else: {kind}"
