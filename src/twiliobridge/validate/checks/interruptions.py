"""What an interruption must lead to: silence, nothing old after it, a model that knows what was heard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from twiliobridge.audio import RATE
from twiliobridge.realtime import events as model
from twiliobridge.realtime import is_benign
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.interruption import Interruption
from twiliobridge.validate.law import Law
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.tracing import Trace
from twiliobridge.validate.trial import Trial

SILENT_WITHIN_MS = 1000.0
"From the caller's first sound: the model needs some 300 ms to be sure that it is speech."
ZOMBIE_MS = 40.0
"A packet that had left, and one more."
TRUNCATE_MS = 100.0
"A packet, a frame, and the way of a mark. By more than that a word begins or ends."
AT_ONCE_MS = 1500.0
NOT_SPEAKING = "the agent was not speaking, so it could not be interrupted"

SILENCED_AFTER = "the agent was silent after {} ms at most"
ZOMBIES_HEARD = "after `clear` {} ms of the interrupted speech were heard at most"
TOLD_OFF = "the model was told at most {} ms off what was heard"


@dataclass(frozen=True)
class Interrupted:
    """A call in which the caller has interrupted the agent."""

    exam: Examination
    call: ProbeCall
    phase: str
    "As a finding says it: during the greeting."
    interruption: Interruption

    def trial(self, law: Law) -> Trial:
        """Of a law, before anything was seen."""
        trial = Trial(law.id, "interrupted", self.phase, self.call.name)
        return trial if self.interruption.was_heard else replace(trial, missed=NOT_SPEAKING)

    # ------------------------------------------------ what was heard

    def silenced(self, law: Law) -> Trial:
        trial, took = self.trial(law), self.interruption.to_silence_ms
        if trial.missed:
            return trial
        if took is None:
            return trial.failed("the agent talked on to the end of the caller's words")
        self.exam.measured.add("barge-in to silence", took)
        return _within(trial, took, SILENT_WITHIN_MS, f"the agent was silent after {took:.0f} ms")

    def without_zombies(self, law: Law) -> Trial:
        trial = self.trial(law)
        if trial.missed or self.interruption.cleared_at is None:
            return replace(trial, missed=trial.missed or "no `clear` was sent")
        heard = self.interruption.zombie_ms
        self.exam.measured.add("zombie audio", heard)
        return _within(
            trial, heard, ZOMBIE_MS, f"after `clear` {heard:.0f} ms of the interrupted speech were heard"
        )

    # ------------------------------------------------ what the model was told

    def told(self, law: Law) -> Trial:
        """The position told against what was heard, for each item that the interruption cut."""
        trial, cleared_at = self.trial(law), self.interruption.cleared_at
        if trial.missed or self.exam.target.tap is None or cleared_at is None or not self.interruption.cut_ms:
            return replace(trial, missed=trial.missed or "nothing was cut that the suite can see")
        said = list(_told_about(self.call, cleared_at))
        if not said:
            return trial.failed(
                f"{self.interruption.cut_ms:.0f} ms of its speech were cut, and the model was not told"
            )
        if refused := _refused(self.call, self.interruption.said.began):
            return trial.failed(f"the model refused the truncation: {refused[0]}")
        traced = self.call.traced()
        if not any(traced.knows(each.item_id) for each in said):
            why = "what was heard cannot be traced to the model's words (see C4.2)"
            return replace(trial, missed=why)
        return self._judged(trial, traced, said, self.call.received_until(cleared_at))

    def _judged(
        self,
        trial: Trial,
        traced: Trace,
        said: Sequence[model.TruncateItem | model.DeleteItem],
        received: int,
    ) -> Trial:
        ends = {
            each.item_id: each.audio_end_ms if isinstance(each, model.TruncateItem) else 0 for each in said
        }
        for place, item_id in enumerate(self._cut_items(traced, received), 1):
            if item_id not in ends:
                return trial.failed(
                    f"{_ORDINALS.get(place, 'a later')} item was cut, and the model was not told"
                )
        errors = [end - traced.heard_ms(self.call.cuts, item_id, received) for item_id, end in ends.items()]
        for error in errors:
            self.exam.measured.add("truncate error", error)
        worst = max(errors, key=abs)
        bound = TRUNCATE_MS + traced.precision_ms
        return _within(
            trial, abs(worst), bound, f"the model was told {worst:+.0f} ms off what was heard{traced.within}"
        )

    def _cut_items(self, traced: Trace, received: int) -> list[str]:
        """Items of which this interruption left something unheard, in the order in which they came."""
        began, least = self.interruption.said.began, LEAST_CUT_MS + traced.precision_ms
        cuts = [cut for cut in self.call.cuts if cut.at >= began and cut.begin < received]
        cut = (
            piece.item_id
            for piece in traced.pieces
            for each in cuts
            if min(piece.end, each.end) - max(piece.begin, each.begin) > least * RATE / 1000
        )
        return list(dict.fromkeys(cut))


LEAST_CUT_MS = 50.0
"What is less may be a matter of a packet."
_ORDINALS = {1: "the first", 2: "the second"}


def _within(trial: Trial, value: float, bound: float, seen: str) -> Trial:
    measured = replace(trial, value=value)
    return measured if value <= bound else measured.failed(seen)


def _told_about(call: ProbeCall, at: float) -> Iterator[model.TruncateItem | model.DeleteItem]:
    """What the bridge told the model about items, close to that moment."""
    for session in call.sessions:
        for when, event in session.told:
            if (
                isinstance(event, model.TruncateItem | model.DeleteItem)
                and abs(when - at) * 1000 <= AT_ONCE_MS
            ):
                yield event


def _refused(call: ProbeCall, since: float) -> list[str]:
    errors = [event.error for each in call.sessions for at, event in each.events(model.Error) if at >= since]
    return [each.message for each in errors if not is_benign(each) and "truncat" in each.message]
