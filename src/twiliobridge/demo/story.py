"""What the demo's caller says and does: a balance, keys, an interruption, a lost card, a goodbye."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anyio

from twiliobridge.audio import speech_ms
from twiliobridge.caller import MockTwilioClient
from twiliobridge.caller.recordings import read_audio

LINES = {
    "what_is_my_balance": "What is my balance?",
    "tell_me_about_your_bank": "Tell me about your bank.",
    "need_to_replace_card": "I need to replace my card.",
    "my_gold_card": "My gold card.",
    "i_lost_it": "I lost it.",
    "thanks_thats_all": "Thanks, that's all I need.",
}
"What the recordings say, by file name."

INTERRUPTED_AFTER_MS = 1800.0
BETWEEN_KEYS = 0.15
QUIET = 0.35
"Seconds of silence after which this caller takes a turn: an impatient one."

PATIENCE = 20.0
"Seconds in which each answer must be over; the longest takes about nine."


@dataclass(frozen=True)
class Said:
    """A line of the caller, as the narrator is told of it."""

    words: str
    speech_ms: float
    "Until the last frame that is speech: latency counts from there."


Tell = Callable[[Said], None]


class LinesMissing(Exception):  # noqa: N818 -- a state of the installation
    """The caller's recordings are not where they are installed."""


@dataclass(frozen=True)
class Caller:
    phone: MockTwilioClient
    tell: Tell

    async def call(self) -> None:
        """The whole call, until the agent hangs up. CallerError when something is not heard in time."""
        await self.phone.initiate_call_flow()
        await self.phone.wait_for_ai_greeting(PATIENCE)
        await self.ask("what_is_my_balance")
        await self.key("4271#")
        await self.phone.wait_for_ai_response(PATIENCE, QUIET)
        self.say("tell_me_about_your_bank")
        await self.phone.wait_until_heard(INTERRUPTED_AFTER_MS)
        for line in ("need_to_replace_card", "my_gold_card", "i_lost_it"):
            await self.ask(line)
        self.say("thanks_thats_all")
        await self.phone.wait_for_hangup(PATIENCE)

    async def ask(self, line: str) -> None:
        self.say(line)
        await self.phone.wait_for_ai_response(PATIENCE, QUIET)

    def say(self, line: str) -> None:
        audio = read_audio(recording(line))
        self.tell(Said(LINES[line], speech_ms(audio)[1]))
        self.phone.say(audio)

    async def key(self, digits: str) -> None:
        for digit in digits:
            await self.phone.send_dtmf(digit)
            await anyio.sleep(BETWEEN_KEYS)


def recording(line: str) -> Path:
    """The WAV file of a banking line: inside the installed package, or in the source tree."""
    package = Path(__file__).parent
    for folder in (package / "lines", package.parents[2] / "audio_samples" / "banking"):
        if (path := folder / f"{line}.wav").is_file():
            return path
    raise LinesMissing(f"the caller's recording {line}.wav is missing from {package / 'lines'}")
