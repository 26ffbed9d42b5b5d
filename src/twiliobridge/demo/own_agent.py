"""The demo's call to an agent of one's own: its tools are asked for, or recordings are said."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twiliobridge.audio import AudioFormat, speech_ms
from twiliobridge.caller import MockTwilioClient
from twiliobridge.caller.recordings import read_audio
from twiliobridge.conversation import Agent, Ending
from twiliobridge.demo.evidence import Evidence, Finding, interrupted
from twiliobridge.demo.story import PATIENCE, QUIET, Said, Tell
from twiliobridge.demo.wishes import wishes
from twiliobridge.offline import Voice
from twiliobridge.offline.model import encoded

WHAT_ELSE = "What can you do?"
"Its answer is interrupted."
CONFIRMING = "Yes, please."
FAREWELL = "Thank you, that's all I need."

HEARD_BEFORE_MS = 1000.0
"Of the answer that is interrupted."


@dataclass(frozen=True)
class Line:
    """Something that the caller says."""

    words: str
    audio: bytes
    "mu-law"


def recorded(files: Sequence[Path]) -> list[Line]:
    """Recordings, told by their names. AudioFileError if one cannot be read."""
    return [Line(f"({file.name})", read_audio(file)) for file in files]


@dataclass(frozen=True)
class Recited:
    """Says recordings, one after another, and hangs up when the last was answered; a `run.Story`."""

    agent: Agent
    lines: Sequence[Line]

    async def call(self, phone: MockTwilioClient, tell: Tell) -> None:
        await _begin(phone, self.agent)
        for line in self.lines:
            await _ask(phone, tell, line)

    def findings(self, evidence: Evidence) -> Sequence[Finding]:
        return (_answered(evidence, len(self.lines)), *_tools(evidence))


@dataclass(frozen=True)
class Asked:
    """Asks for the agent's tools, interrupts it, and says goodbye; a `run.Story`."""

    agent: Agent
    voice: Voice
    evidence: Evidence
    "What it has seen of the call so far: a tool that has not run wants to be told yes."

    async def call(self, phone: MockTwilioClient, tell: Tell) -> None:
        # Spoken beforehand: meanwhile neither end of a call in this process would be served.
        what_else, confirming, farewell, *asked = map(
            self._line, (WHAT_ELSE, CONFIRMING, FAREWELL, *wishes(self.agent))
        )
        await _begin(phone, self.agent)
        _say(phone, tell, what_else)
        await phone.wait_until_heard(HEARD_BEFORE_MS)
        for line, tool in zip(asked, self.agent.tools, strict=False):
            await _ask(phone, tell, line)
            if tool.name not in self.evidence.tools:
                await _ask(phone, tell, confirming)
        await self._leave(phone, tell, farewell)

    async def _leave(self, phone: MockTwilioClient, tell: Tell, farewell: Line) -> None:
        if self.agent.may_hang_up:
            _say(phone, tell, farewell)
            await phone.wait_for_hangup(PATIENCE)
        else:
            await _ask(phone, tell, farewell)

    def _line(self, words: str) -> Line:
        return Line(words, b"".join(encoded(self.voice, words, AudioFormat.PCMU)))

    def findings(self, evidence: Evidence) -> Sequence[Finding]:
        asked = len(wishes(self.agent))
        tools = _tools(evidence) or (Finding("tools ran", not asked, "none"),)
        ending = evidence.ending.value if evidence.ending else "no end"
        hung_up = Finding(
            "the agent hung up after its goodbye", evidence.ending is Ending.AGENT_HUNG_UP, ending
        )
        return (
            _answered(evidence, asked + 1),
            *interrupted(evidence),
            *tools,
            *((hung_up,) if self.agent.may_hang_up else ()),
        )


async def _begin(phone: MockTwilioClient, agent: Agent) -> None:
    await phone.initiate_call_flow()
    if agent.greeting:
        await phone.wait_for_ai_greeting(PATIENCE)


async def _ask(phone: MockTwilioClient, tell: Tell, line: Line) -> None:
    _say(phone, tell, line)
    await phone.wait_for_ai_response(PATIENCE, QUIET)


def _say(phone: MockTwilioClient, tell: Tell, line: Line) -> None:
    tell(Said(line.words, speech_ms(line.audio)[1]))
    phone.say(line.audio)


def _answered(evidence: Evidence, least: int) -> Finding:
    count = len(evidence.latencies)
    return Finding(f"{least} turns or more were answered", count >= least, f"{count} answers")


def _tools(evidence: Evidence) -> tuple[Finding, ...]:
    ran = "; ".join(f"{name}: {output}" for name, output in evidence.tools.items() if name)
    return (Finding("tools ran", holds=True, seen=ran),) if ran else ()
