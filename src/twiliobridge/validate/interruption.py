"""The caller speaks while the agent is heard: what came of it."""

from dataclasses import dataclass

import trio

from twiliobridge.audio import FRAME_MS
from twiliobridge.caller import Cleared
from twiliobridge.validate.probe_call import ProbeCall, Spoken

SETTLE = 0.3
"Seconds after the caller's words, for what is under way."
FRAME = FRAME_MS / 1000


@dataclass(frozen=True)
class Interruption:
    """Times in seconds."""

    said: Spoken
    was_heard: bool
    "The agent, when the caller began."
    cleared_at: float | None
    "The first `clear` after that."
    cut_ms: float
    "What it flushed."
    silent_at: float | None
    "When the agent fell silent; None if it talked on to the end of the caller's words."
    zombie_ms: float
    "Of the agent, heard after the `clear` and a packet, and before the caller had ended."

    @property
    def to_silence_ms(self) -> float | None:
        return None if self.silent_at is None else max(0.0, (self.silent_at - self.said.began) * 1000)


async def interrupt(call: ProbeCall, audio: bytes) -> Interruption:
    """Says `audio` while the agent speaks, and waits a moment."""
    was_heard, placed = call.agent_is_heard, trio.current_time()
    said = await call.say(audio)
    await trio.sleep(SETTLE)
    clears = [(at, note) for at, note in call.notes if isinstance(note, Cleared) and at >= placed]
    cleared_at = clears[0][0] if clears else None
    return Interruption(
        said,
        was_heard,
        cleared_at,
        sum(note.cut_ms for _, note in clears),
        _silent_at(call, said, cleared_at),
        0.0 if cleared_at is None else call.heard_ms(cleared_at + FRAME, said.ended),
    )


def _silent_at(call: ProbeCall, said: Spoken, cleared_at: float | None) -> float | None:
    """The end of what was heard when the caller began, or was cleared."""
    until = said.ended if cleared_at is None else min(cleared_at + FRAME, said.ended)
    stretches = [each for each in call.client.line.heard.stretches if each.began < until]
    ended = max((each.ended for each in stretches), default=said.began)
    if cleared_at is None and ended >= said.ended:
        return None
    return ended
