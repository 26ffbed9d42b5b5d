"""C4: does sound arrive as it was sent, both ways?"""

import trio

from twiliobridge.audio import FRAME_MS, RATE
from twiliobridge.validate.check import check
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.law import Law
from twiliobridge.validate.listening import speaks_first
from twiliobridge.validate.measure import clipped_ratio
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Level
from twiliobridge.validate.spectrum import compare, describe, is_noise
from twiliobridge.validate.tracing import Trace, trace_words
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
    "Pass every payload on, as it is or resampled; keep what comes before the session is up.",
    done="The caller says a sentence in a quiet moment. What the model received is compared with what the"
    " phone sent.",
)
TO_CALLER = Law(
    "C4.2",
    "The caller hears all that the model said, as it was said, from the first sound to the last.",
    FORMAT,
    "Pass every delta on, in order, as it is or resampled to mu-law at 8 kHz.",
    done="The agent's first words are heard to their end, and compared with what the model said.",
)
TELEPHONE = Law(
    "C4.3",
    "What the caller hears sounds like speech in mu-law at 8 kHz.",
    FORMAT,
    "Ask the model for audio/pcmu. 24 kHz PCM must be resampled and encoded: as it is, it is loud noise.",
    done="The agent's first words are heard. Their spectrum and level are measured, and compared with those"
    " of the model's words where these are visible.",
    core=True,
)
UNBROKEN = Law(
    "C4.4",
    "The agent is heard without gaps: the playback buffer does not run empty within its speech.",
    "Twilio docs, Voice > Media Streams > WebSocket Messages, media: Twilio buffers what it is sent",
    "Send deltas as they come: Twilio's buffer paces them. What is held back to be paced arrives late.",
    Level.SHOULD,
    done="The agent's first words are heard. The playback buffer is watched meanwhile.",
)
CLEAN = Law(
    "C4.5",
    f"Less than {CLIPPED:.0%} of what the caller hears is at full scale.",
    "ITU-T G.711",
    "Lower the gain before encoding.",
    Level.SHOULD,
    done="The agent's first words are heard. The samples at full scale are counted.",
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
        if not await speaks_first(call, exam, 200):
            await call.say(exam.material.turns[0].audio)
            await call.heard_for(200, GREETING_WITHIN)
        await until(lambda: _quiet(call), QUIET_AFTER)
        _judge_heard(exam, call)
        _judge_caller_heard(exam, call)
        if call.up:
            await call.say(exam.material.interruption.audio)
        said = exam.material.interruption.audio
        await until(lambda: _missing_ms(call) <= UNDER_WAY_MS, UNDER_WAY, LOOK_EVERY)
        _judge_model_heard(exam, call, said)


def _quiet(call: ProbeCall) -> bool:
    """For half a second, with something heard before."""
    now = trio.current_time()
    idle = not call.client.line.queued_ms and call.heard_ms(now - 0.5, now) == 0
    return not call.up or (idle and call.first_heard_s is not None)


def _judge_heard(exam: Examination, call: ProbeCall) -> None:
    heard = call.heard
    if call.first_heard_s is None:
        why = "the caller heard nothing but silence" if heard else "the caller heard nothing"
        for law in (TELEPHONE, UNBROKEN, CLEAN):
            exam.not_applicable(law.id, why)
        return
    fault = _unlike_speech(call, heard)
    exam.found(TELEPHONE.id, holds=not fault, seen=fault or describe(heard))
    gaps = call.client.statistics().gaps_heard_ms
    seen = (
        f"the agent's speech had {len(gaps)} gaps, the longest {max(gaps):.0f} ms"
        if gaps
        else "the agent was heard without gaps"
    )
    exam.found(UNBROKEN.id, holds=not gaps, seen=seen)
    clipped = clipped_ratio(heard)
    exam.found(
        CLEAN.id, holds=clipped < CLIPPED, seen=f"{clipped:.1%} of what the caller heard is at full scale"
    )


def _unlike_speech(call: ProbeCall, heard: bytes) -> str:
    """What is found in what the model said has its rate; what is not may have another one."""
    trace = call.traced()
    if noise := is_noise(heard):
        return noise
    return "" if trace.pieces or not trace.said else compare(heard, trace.said)


def _judge_model_heard(exam: Examination, call: ProbeCall, said: bytes) -> None:
    if call.session is None:
        exam.not_applicable(TO_MODEL.id, call.why_no_session)
        return
    traces = [trace_words(said, each.appended, each.input_format) for each in call.sessions]
    best = min(traces, key=Trace.missing_ms)
    length, lost, missing_ms = len(said) * 1000 / RATE, best.missing_ms(), _missing_ms(call)
    words = f"{length:.0f} ms of the caller's words"
    seen = f"{words} reached the model as they were said{best.within}"
    if lost > UNDER_WAY_MS:
        seen = f"of {words} {lost:.0f} ms did not reach the model as they were said"
    elif abs(missing_ms) > UNDER_WAY_MS:
        seen = f"{missing_ms:.0f} ms of the call did not reach the model"
    exam.found(TO_MODEL.id, holds=lost <= UNDER_WAY_MS and abs(missing_ms) <= UNDER_WAY_MS, seen=seen)


def _missing_ms(call: ProbeCall) -> float:
    """What the caller has sent, less what the model has received."""
    session = call.session
    arrived = session.input_format.duration_ms(session.appended_bytes) if session else 0.0
    return len(call.trunk.frames_left) * FRAME_MS - arrived


def _judge_caller_heard(exam: Examination, call: ProbeCall) -> None:
    if call.session is None:
        exam.not_applicable(TO_CALLER.id, call.why_no_session)
        return
    trace = call.traced()
    if not trace.items:
        exam.not_applicable(TO_CALLER.id, "the model said nothing")
        return
    cut = sum(each.end - each.begin for each in call.cuts) * 1000 / RATE
    length, lost = len(trace.said) * 1000 / RATE, trace.missing_ms() + cut
    holds = lost <= (UNDER_WAY_MS if trace.precision_ms else 0)
    if holds:
        seen = f"{length:.0f} ms of the model's words were heard as they were said{trace.within}"
    elif trace.pieces:
        seen = f"of {length:.0f} ms of the model's words, {lost:.0f} ms were not heard as they were said"
    else:
        kind = compare(call.heard, trace.said) or "the caller heard other sounds"
        seen = f"of {length:.0f} ms of the model's words none were heard as they were said: {kind}"
    exam.found(TO_CALLER.id, holds=holds, seen=seen)
