"""C5: is the conversation in good hands, from the greeting through interruptions to the end?"""

import trio

from twiliobridge.caller import LineConditions
from twiliobridge.realtime import events as model
from twiliobridge.validate.check import check
from twiliobridge.validate.checks.model import refusals
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.interruption import Interruption, interrupt
from twiliobridge.validate.law import Law
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.tracing import heard_ms
from twiliobridge.validate.waiting import until

GREETING_WITHIN = 5.0
"Seconds from `start`: somebody who hears nothing for longer hangs up."
ANSWER_WITHIN = 15.0
INTERRUPT_AFTER_MS = 700
SILENT_WITHIN_MS = 1000.0
"From the caller's first sound: the model needs some 300 ms to be sure that it is speech."
ZOMBIE_MS = 40.0
"A packet that had left, and one more."
TRUNCATE_MS = 100.0
"A packet, a frame, and the way of a mark. By more than that a word begins or ends."
AT_ONCE_MS = 500.0
BARGE_IN = "OpenAI docs, Realtime > Interruption and truncation over WebSocket"
CLEAR = "Twilio docs, Voice > Media Streams > WebSocket Messages, clear"

GREETED = Law(
    "C5.1",
    f"The greeting is heard within {GREETING_WITHIN:g} s of `start`.",
    "precedent: callers hang up on silence",
    "Dial the model while `start` is awaited, and ask for the greeting when session.updated is in.",
)
SETTINGS = Law(
    "C5.2",
    "The session has turn detection, audio as its output, and instructions.",
    "OpenAI docs, Realtime > session.update, audio.input.turn_detection",
    'Say turn_detection in full, never null; output_modalities is ["audio"].',
)
SILENCED = Law(
    "C5.3",
    f"A caller who interrupts silences the agent within {SILENT_WITHIN_MS:.0f} ms.",
    f"{CLEAR}; {BARGE_IN}",
    "Send `clear` when speech_started comes, whether or not the model is still generating.",
)
NO_ZOMBIES = Law(
    "C5.4",
    "After `clear` nothing of the old speech is heard.",
    f"{CLEAR}; {BARGE_IN}",
    "Remember the interrupted response's id, and drop the deltas of it that still come.",
)
TOLD = Law(
    "C5.5",
    f"The model is told what was heard of its words, within {TRUNCATE_MS:.0f} ms.",
    "OpenAI docs, Realtime > conversation.item.truncate",
    "Count what was played by the marks that come back, and nothing by those that `clear` flushes.",
)
TOLD_ON_MOBILE = Law(
    "C5.6",
    "So it is on a line that sends nothing while the caller is silent.",
    "OpenAI docs, Realtime > conversation.item.truncate; Twilio docs, media.timestamp",
    "media.timestamp is the caller's clock and stands still in silence: it does not tell what was played.",
)
AGAIN = Law(
    "C5.7",
    "A second interruption is as good as the first.",
    f"{CLEAR}; {BARGE_IN}",
    "Forget the pending marks before `clear` is sent, and number marks: flushed ones come back late.",
)
KEPT = Law(
    "C5.8",
    "One session with the model serves the call, from its beginning to its end.",
    "OpenAI docs, Realtime > Session lifecycle",
    "Open the session with the call and close it with the call: a new one has forgotten everything.",
)
APART = Law(
    "C5.9",
    "Two calls at once share nothing: each has a session of its own, which hears its own caller only.",
    "OpenAI docs, Realtime > Session lifecycle",
    "Keep all state per call; module-level variables are shared by every caller.",
)
INSIDE = (SETTINGS, TOLD, TOLD_ON_MOBILE, KEPT, APART)


@check(
    "C5",
    "Session management",
    "The agent greets in time, can be interrupted, knows what was heard, and keeps the call's state.",
    GREETED,
    SETTINGS,
    SILENCED,
    NO_ZOMBIES,
    TOLD,
    TOLD_ON_MOBILE,
    AGAIN,
    KEPT,
    APART,
    source=BARGE_IN,
    seconds=90,
)
async def session_management(exam: Examination) -> None:
    if exam.target.tap is None:
        for law in INSIDE:
            exam.not_applicable(law.id, "the model is not visible: see --listen-model")
    async with exam.call("interrupted") as call:
        await _greeting(exam, call)
        first = await _interrupt(exam, call, exam.material.long_question.audio)
        second = None
        if first is not None and await call.heard_for(INTERRUPT_AFTER_MS, ANSWER_WITHIN):
            second = await interrupt(call, exam.material.interruption.audio)
        _judge_interruptions(exam, call, first, second)
        _judge_session(exam, call)
    if exam.target.tap is not None:
        await _on_mobile(exam)
        await _two_at_once(exam)


async def _greeting(exam: Examination, call: ProbeCall) -> None:
    if not exam.target.greets:
        exam.not_applicable(GREETED.id, "the agent is not expected to greet")
        await call.say(exam.material.long_question.audio)
        await call.heard_for(INTERRUPT_AFTER_MS, ANSWER_WITHIN)
        return
    await call.heard_for(INTERRUPT_AFTER_MS, GREETING_WITHIN + INTERRUPT_AFTER_MS / 1000)
    first = call.first_heard_s
    seen = f"nothing within {GREETING_WITHIN:g} s" if first is None else f"heard after {first:.2f} s"
    exam.found(GREETED.id, holds=first is not None and first <= GREETING_WITHIN, seen=seen)


async def _interrupt(exam: Examination, call: ProbeCall, audio: bytes) -> Interruption | None:
    """None if the agent was silent when the caller began: there was nothing to interrupt."""
    interruption = await interrupt(call, audio)
    return interruption if interruption.was_heard else None


def _judge_interruptions(
    exam: Examination, call: ProbeCall, first: Interruption | None, second: Interruption | None
) -> None:
    if first is None:
        for law in (SILENCED, NO_ZOMBIES, TOLD, AGAIN):
            exam.not_applicable(law.id, "the agent was not speaking, so it could not be interrupted")
        return
    _judge_silence(exam, SILENCED, first)
    _judge_zombies(exam, first)
    _judge_truncation(exam, call, TOLD, first)
    if second is None or not second.was_heard:
        exam.not_applicable(AGAIN.id, "no answer was heard that could be interrupted")
        return
    _judge_silence(exam, AGAIN, second)
    _judge_zombies(exam, second)
    _judge_truncation(exam, call, AGAIN, second)


def _judge_silence(exam: Examination, law: Law, interruption: Interruption) -> None:
    took = interruption.to_silence_ms
    if took is None:
        exam.found(law.id, holds=False, seen="the agent talked on to the end of the caller's words")
        return
    exam.measured.add("barge-in to silence", took)
    exam.found(law.id, holds=took <= SILENT_WITHIN_MS, seen=f"silent after {took:.0f} ms")


def _judge_zombies(exam: Examination, interruption: Interruption) -> None:
    if interruption.cleared_at is None:
        exam.not_applicable(NO_ZOMBIES.id, "no `clear` was sent")
        return
    zombie_ms = interruption.zombie_ms
    exam.measured.add("zombie audio", zombie_ms)
    exam.found(NO_ZOMBIES.id, holds=zombie_ms <= ZOMBIE_MS, seen=f"{zombie_ms:.0f} ms of it were heard")


def _judge_truncation(exam: Examination, call: ProbeCall, law: Law, interruption: Interruption) -> None:
    """The position told against what was heard, for each item that the interruption cut."""
    if exam.target.tap is None or interruption.cleared_at is None or not interruption.cut_ms:
        exam.not_applicable(law.id, "nothing was cut that the suite can see")
        return
    at = interruption.cleared_at
    told = [
        event
        for session in call.sessions
        for when, event in session.events(model.TruncateItem)
        if abs(when - at) * 1000 <= AT_ONCE_MS
    ]
    if not told:
        exam.found(
            law.id, holds=False, seen=f"{interruption.cut_ms:.0f} ms were cut, and the model was not told"
        )
        return
    refused = [each for each in refusals(call.sessions) if "shorter" in each or "truncat" in each]
    if refused:
        exam.found(law.id, holds=False, seen=f"the truncation was refused: {refused[0]}")
        return
    _judge_positions(exam, call, law, told, call.received_until(at))


def _judge_positions(
    exam: Examination, call: ProbeCall, law: Law, told: list[model.TruncateItem], received: int
) -> None:
    traced = call.traced()
    known = {each.item_id for each in traced}
    if not any(each.item_id in known for each in told):
        exam.not_applicable(law.id, "what was heard cannot be traced to the model's words (see C4.2)")
        return
    errors = [each.audio_end_ms - heard_ms(traced, call.cuts, each.item_id, received) for each in told]
    for error in errors:
        exam.measured.add("truncate error", error)
    worst = max(errors, key=abs)
    exam.found(law.id, holds=abs(worst) <= TRUNCATE_MS, seen=f"told {worst:+.0f} ms off what was heard")


def _judge_session(exam: Examination, call: ProbeCall) -> None:
    session = call.session
    if session is None:
        return
    if updated := session.events(model.SessionUpdated):
        settings = updated[-1][1].session
        detection = ((settings.audio or {}).get("input") or {}).get("turn_detection")
        faults = [
            *(["turn_detection is null"] if not detection else []),
            *(["output is no audio"] if list(settings.output_modalities or ()) != ["audio"] else []),
            *(["there are no instructions"] if not settings.instructions else []),
        ]
        exam.found(SETTINGS.id, holds=not faults, seen="; ".join(faults) or "all of them")
    if not call.up:
        exam.not_applicable(KEPT.id, "the call had ended (see C3.1)")
        return
    lost = [each for each in call.sessions if each.closed is not None]
    many = len(call.sessions) != 1
    seen = f"{len(call.sessions)} sessions, {len(lost)} of them closed before the call was over"
    exam.found(KEPT.id, holds=not many and not lost, seen=seen if many or lost else "one session, still open")


async def _on_mobile(exam: Examination) -> None:
    async with exam.call("mobile", LineConditions(silence_suppressed=True)) as call:
        await call.heard_for(INTERRUPT_AFTER_MS, GREETING_WITHIN)
        interruption = await _interrupt(exam, call, exam.material.interruption.audio)
        if interruption is None:
            exam.not_applicable(
                TOLD_ON_MOBILE.id, "the agent was not speaking, so it could not be interrupted"
            )
        else:
            _judge_truncation(exam, call, TOLD_ON_MOBILE, interruption)


async def _two_at_once(exam: Examination) -> None:
    said = exam.material.interruption.audio
    async with exam.call("one-of-two") as one, exam.call("other-of-two") as other:
        await until(lambda: all(each.first_heard_s is not None for each in (one, other)), GREETING_WITHIN)
        await one.say(said)
        await trio.sleep(0.3)
        sessions = one.sessions
        hearing = sum(said[:1600] in each.appended for each in sessions)
    if len(sessions) != 2:
        exam.found(APART.id, holds=False, seen=f"two calls had {len(sessions)} sessions")
        return
    heard = [each.first_heard_s is not None for each in (one, other)]
    seen = f"{hearing} of 2 sessions heard the one caller; {sum(heard)} of 2 callers were greeted"
    # Whether anything arrives as it was said is C4's affair.
    exam.found(APART.id, holds=hearing <= 1, seen=seen)
