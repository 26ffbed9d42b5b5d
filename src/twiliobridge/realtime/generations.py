"""What differs between the generations of the models: what a session starts from, and whether they reason.

Source: `session.created` and `response.done` in recorded sessions of gpt-realtime and gpt-realtime-2.1.
"""

import re
from dataclasses import dataclass

FIRST = re.compile(r"gpt-4o-.*|gpt-audio-.*|gpt-realtime(-1\.5|-mini.*|-2025-.*)?")
"Names of the models before gpt-realtime-2. Any other name, also that of a deployment, is of the newest."


@dataclass(frozen=True)
class Generation:
    silence_duration_ms: int
    "With which `server_vad` ends a turn, unless the client says otherwise."
    voice: str
    reasons: bool
    "Whether there are `reasoning_tokens`, and whether messages have a `phase`."


SPEAKING = Generation(silence_duration_ms=200, voice="alloy", reasons=False)
REASONING = Generation(silence_duration_ms=500, voice="marin", reasons=True)


def generation(model: str) -> Generation:
    return SPEAKING if FIRST.fullmatch(model) else REASONING
