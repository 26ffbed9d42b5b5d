"""How much a model of the newer generation thinks before it speaks; the client sees what that costs."""

from collections.abc import Sequence

from twiliobridge.offline.brain import CallTool, Reply, Say, Write
from twiliobridge.realtime.items import Item
from twiliobridge.realtime.session import as_text, leaf

TOKENS = {"minimal": 0, "low": 16, "medium": 64, "high": 256, "xhigh": 1024}
"By effort. That of an unspecified effort is as recorded, the others are a guess."
DEFAULT_EFFORT = "low"
TOKENS_PER_SECOND = 160
"Of thought; a guess. More effort takes longer."


def effort(*settings: object) -> str:
    """The first that names one: the response's, then the session's."""
    said = (as_text(leaf(setting, "effort")) for setting in settings)
    return next((name for name in said if name in TOKENS), DEFAULT_EFFORT)


def reasoning_tokens(effort: str, memory: Sequence[Item], reply: Reply) -> int:
    """As recorded: there is thought where the caller's words are answered at once, and with words alone.

    What is said on the way to a tool call stands in for it, and a tool's answer is passed on without.
    """
    asked = bool(memory) and memory[-1].role == "user"
    calls = any(isinstance(part, CallTool) for part in reply)
    answers = any(isinstance(part, Say | Write) for part in reply)
    return TOKENS[effort] if asked and answers and not calls else 0


def thinking_seconds(thought: int) -> float:
    """What so many tokens of thought take, beyond the latency of the default effort."""
    return max(0, thought - TOKENS[DEFAULT_EFFORT]) / TOKENS_PER_SECOND
