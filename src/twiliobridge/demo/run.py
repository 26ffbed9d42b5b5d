"""The demo: bridge, offline model and caller in one process, on a real socket, in real time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import trio
from rich.console import Console

from twiliobridge.call import CallSummary, Dial, Leg
from twiliobridge.caller import CallerError, MockTwilioClient, Note
from twiliobridge.conversation import Agent
from twiliobridge.demo.event_log import EventLog
from twiliobridge.demo.evidence import Evidence, Finding
from twiliobridge.demo.minutes import transcript_text
from twiliobridge.demo.narration import Narration
from twiliobridge.demo.story import Caller, Said, Tell
from twiliobridge.server import serve
from twiliobridge.settings import Settings

WHOLE_DEMO = 120.0
"Seconds. It takes about 50; a demo that hangs is a demo that failed."


class Story(Protocol):
    """What the caller says and does, and what that has to show."""

    async def call(self, phone: MockTwilioClient, tell: Tell) -> None:
        """The whole call. CallerError when something is not heard in time."""
        ...

    def findings(self, evidence: Evidence) -> Sequence[Finding]: ...


@dataclass(frozen=True)
class BankStory:
    """The call to the example bank."""

    async def call(self, phone: MockTwilioClient, tell: Tell) -> None:
        await Caller(phone, tell).call()

    def findings(self, evidence: Evidence) -> Sequence[Finding]:
        return evidence.findings()


@dataclass
class Stage:
    """Everybody who is told what happens."""

    narration: Narration
    evidence: Evidence
    log: EventLog
    summary: CallSummary | None = None

    def said(self, line: Said) -> None:
        self.narration.said(line)
        self.evidence.said(line)

    def noted(self, now: float, note: Note) -> None:
        self.log.noted(now, note)
        self.narration.noted(now, note, self.evidence.noted(now, note))

    def passed(self, leg: Leg, direction: str, event: object, now: float) -> None:
        self.log.passed(leg, direction, event, now)
        self.evidence.passed(leg, direction, event, now)
        self.narration.passed(leg, direction, event, now)

    def ended(self, summary: CallSummary) -> None:
        self.summary = summary
        self.evidence.ending = summary.ending


Tale = Callable[[Evidence], Story]
"Makes the story of one call, which sees what has happened in it so far."


def bank(_evidence: Evidence) -> Story:
    return BankStory()


async def run_demo(
    agent: Agent, dial: Dial, output: Path, console: Console, story: Tale = bank
) -> Sequence[Finding]:
    """Places the call of `story`, writes what came of it under `output`, and returns what it showed.

    OSError if `output` cannot be written, LinesMissing if the caller has no voice.
    """
    stage = Stage(Narration(console), Evidence(), EventLog())
    told = story(stage.evidence)
    stop = trio.Event()
    settings = Settings(port=0)
    async with trio.open_nursery() as nursery:
        [url] = await nursery.start(_serve, settings, agent, dial, stage, stop)
        phone = MockTwilioClient(url.replace("http", "ws", 1) + "/twilio-agent", observe=stage.noted)
        trouble = await _call(phone, stage, told)
        stop.set()
    write(output, phone, stage)
    return [
        *told.findings(stage.evidence),
        Finding("nobody waited in vain", not trouble, trouble or "nobody"),
    ]


async def _serve(
    settings: Settings,
    agent: Agent,
    dial: Dial,
    stage: Stage,
    stop: trio.Event,
    task_status: trio.TaskStatus[list[str]],
) -> None:
    await serve(
        settings,
        agent,
        dial,
        stop=stop,
        watch=lambda: stage.passed,
        ended=stage.ended,
        task_status=task_status,
    )


async def _call(phone: MockTwilioClient, stage: Stage, story: Story) -> str:
    """The call; returns what went wrong, in one line."""
    try:
        with trio.fail_after(WHOLE_DEMO):
            async with phone:
                await story.call(phone, stage.said)
    except CallerError as error:
        return str(error)
    except trio.TooSlowError:
        return f"the call was not over within {WHOLE_DEMO:.0f} s"
    return ""


def write(output: Path, phone: MockTwilioClient, stage: Stage) -> None:
    phone.save_collected_audio(output)
    (output / "events.jsonl").write_bytes(stage.log.text())
    if stage.summary:
        (output / "transcript.txt").write_text(transcript_text(stage.summary.transcript), encoding="utf-8")
