"""What an interruption must lead to: silence, nothing old after it, a model that knows what was heard."""

from twiliobridge.realtime import events as model
from twiliobridge.validate.checks.model import refusals
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.interruption import Interruption
from twiliobridge.validate.law import Law
from twiliobridge.validate.probe_call import ProbeCall

SILENT_WITHIN_MS = 1000.0
"From the caller's first sound: the model needs some 300 ms to be sure that it is speech."
ZOMBIE_MS = 40.0
"A packet that had left, and one more."
TRUNCATE_MS = 100.0
"A packet, a frame, and the way of a mark. By more than that a word begins or ends."
AT_ONCE_MS = 1500.0
ATTEMPTS = 3
LATE_MS = 60.0
"A suite whose frames left so late heard late, too: it would blame the bridge for its own machine."


def too_late(exam: Examination, call: ProbeCall, attempt: int, *laws: Law) -> bool:
    """Whether the suite itself was too late in this call to judge it; the last attempt says so."""
    worst = call.client.statistics().worst_lateness_ms
    if worst <= LATE_MS:
        return False
    if attempt == ATTEMPTS:
        for law in laws:
            exam.inconclusive(law.id, f"this machine is too busy: the suite itself was {worst:.0f} ms late")
    return True


def judge_silence(exam: Examination, law: Law, interruption: Interruption) -> None:
    took = interruption.to_silence_ms
    if took is None:
        exam.found(law.id, holds=False, seen="the agent talked on to the end of the caller's words")
        return
    exam.measured.add("barge-in to silence", took)
    exam.found(law.id, holds=took <= SILENT_WITHIN_MS, seen=f"silent after {took:.0f} ms")


def judge_zombies(exam: Examination, law: Law, interruption: Interruption) -> None:
    if interruption.cleared_at is None:
        exam.not_applicable(law.id, "no `clear` was sent")
        return
    zombie_ms = interruption.zombie_ms
    exam.measured.add("zombie audio", zombie_ms)
    exam.found(law.id, holds=zombie_ms <= ZOMBIE_MS, seen=f"{zombie_ms:.0f} ms of it were heard")


def judge_truncation(exam: Examination, call: ProbeCall, law: Law, interruption: Interruption) -> None:
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
    if not any(traced.knows(each.item_id) for each in told):
        exam.not_applicable(law.id, "what was heard cannot be traced to the model's words (see C4.2)")
        return
    errors = [each.audio_end_ms - traced.heard_ms(call.cuts, each.item_id, received) for each in told]
    for error in errors:
        exam.measured.add("truncate error", error)
    worst = max(errors, key=abs)
    bound = TRUNCATE_MS + traced.precision_ms
    exam.found(
        law.id, holds=abs(worst) <= bound, seen=f"told {worst:+.0f} ms off what was heard{traced.within}"
    )
