"""What became of a call from the shell: turn by turn, as lines and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import msgspec

from twiliobridge.caller import CallEnded, MockTwilioClient, TooSlow
from twiliobridge.commands.call_narration import CallNarration

GREETING_SECONDS = 10.0
"For the agent to speak first; one that waits for the caller is no failure if it answers then."
BETWEEN_KEYS = 0.15


@dataclass(frozen=True)
class Step:
    """Something that the caller says or keys, and that is to be answered."""

    name: str
    "The file, or the keys."
    audio: bytes | None = None
    "mu-law; None for keys."


@dataclass(frozen=True)
class Outcome:
    """What became of a step."""

    said: str
    answered: bool
    latency_ms: float | None = None
    answer_ms: int = 0
    talked_over_ms: float = 0.0
    error: str | None = None


@dataclass
class CallReport:
    """Filled while the call goes on."""

    phone: MockTwilioClient
    url: str
    narration: CallNarration
    connected: bool = False
    greeting_ms: int | None = None
    greeting_latency_ms: float | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    planned: int = 0
    error: str | None = None
    "Why it ended before its time."
    files: Sequence[Path] = ()

    @property
    def success(self) -> bool:
        """Every step was answered; without any, the agent was heard."""
        if self.error or not self.connected:
            return False
        answered = sum(each.answered for each in self.outcomes)
        return answered == self.planned and (self.planned > 0 or self.greeting_ms is not None)

    def summary(self) -> dict[str, Any]:
        phone = self.phone
        return {
            "success": self.success,
            "url": self.url,
            "call_sid": phone.identity.call_sid,
            "stream_sid": phone.identity.stream_sid,
            "greeting_ms": self.greeting_ms,
            "greeting_latency_ms": self.greeting_latency_ms,
            "turns": [vars(each) for each in self.outcomes],
            "statistics": dict(phone.statistics()) if self.connected else None,
            "ended": self._ended,
            "error": self.error,
            "warnings": [
                {"code": each.code, "meaning": each.meaning, "text": each.text, "message": each.message}
                for each in phone.warnings
            ],
            "verbs": [
                {
                    "verb": type(each.verb).__name__,
                    "followed": each.followed,
                    **msgspec.to_builtins(each.verb),
                }
                for each in phone.verbs
            ],
            "files": [str(each) for each in self.files],
        }

    def lines(self) -> Iterator[str]:
        """For people: what failed, and where the recordings are."""
        answered = sum(each.answered for each in self.outcomes)
        if self.planned:
            yield f"{answered} of {self.planned} turns answered"
        elif self.connected:
            yield "the agent was heard" if self.greeting_ms is not None else "the agent was not heard"
        if self.error:
            yield self.error
        if self.files:
            yield f"{len(self.files)} recordings: {self.files[0].parent}"

    @property
    def _ended(self) -> str | None:
        ending = self.phone.line.ending if self.connected else None
        return ending.text if ending else None


async def converse(
    phone: MockTwilioClient,
    report: CallReport,
    steps: Sequence[Step],
    timeout: float,  # noqa: ASYNC109 -- the user's
) -> None:
    """Waits for the greeting, then goes through the steps; a line that goes down ends it."""
    report.planned = len(steps)
    await _greeting(phone, report, timeout if not steps else min(timeout, GREETING_SECONDS))
    for step in steps:
        if phone.line.ending is not None:
            report.error = f"{phone.line.ending.text}, after {len(report.outcomes)} turns"
            return
        report.outcomes.append(await _turn(phone, report.narration, step, timeout))


async def _greeting(phone: MockTwilioClient, report: CallReport, timeout: float) -> None:  # noqa: ASYNC109
    try:
        greeting = await phone.wait_for_ai_greeting(timeout)
    except TooSlow:
        report.narration.said("agent", f"says nothing for {timeout:g} s")
        return
    except CallEnded as ended:
        report.error = str(ended)
        return
    report.greeting_ms, report.greeting_latency_ms = greeting.duration_ms, greeting.latency_ms
    report.narration.answered(greeting)


async def _turn(phone: MockTwilioClient, narration: CallNarration, step: Step, timeout: float) -> Outcome:  # noqa: ASYNC109
    try:
        await _say(phone, narration, step)
        answer = await phone.wait_for_ai_response(timeout)
    except (TooSlow, CallEnded) as failure:
        narration.said("agent", f"does not answer: {failure}")
        return Outcome(step.name, answered=False, error=str(failure))
    narration.answered(answer)
    over_ms = round(answer.talked_over_ms, 1)
    return Outcome(step.name, True, round(answer.latency_ms, 1), answer.duration_ms, over_ms)


async def _say(phone: MockTwilioClient, narration: CallNarration, step: Step) -> None:
    if step.audio is not None:
        narration.said("caller", f"says {step.name}")
        await phone.line.say_all(step.audio)
        return
    for digit in step.name:
        await phone.send_dtmf(digit)
        await anyio.sleep(BETWEEN_KEYS)
