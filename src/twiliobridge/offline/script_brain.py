"""A script as a brain: each decision replays the conversation, so there is no other memory than that."""

import re
from collections.abc import Callable, Sequence

from twiliobridge.offline.brain import Reply, Request
from twiliobridge.offline.dialogue import Dialogue
from twiliobridge.offline.script import Script
from twiliobridge.realtime.items import Item

_OPENING = re.compile(r'with these words: "(.+)"', re.DOTALL)
"""The words in which the bridge asks for a greeting."""
_LONGEST_REPLAY = 200
"""Items: about 20 ms. What was said before them is forgotten, as by a model whose context is full."""


def _anything(text: str) -> bool:
    return bool(text)


class ScriptBrain:
    """Decides by `script`, for any number of conversations; a `brain.Brain`. Pure.

    What an item no longer holds was not said: a truncated reply asked no question. `can_say` is the voice's.
    """

    def __init__(self, script: Script, can_say: Callable[[str], bool] = _anything) -> None:
        self._script = script
        self._can_say = can_say

    def decide(self, memory: Sequence[Item], request: Request) -> Reply:
        """The reply that is due; if none is, the greeting that was asked for, or the latest reply."""
        dialogue, reply = self._replayed(memory, request.tools)
        if reply is not None:
            return reply
        opening = _OPENING.search(request.instructions)
        return dialogue.greet(opening[1]) if opening else dialogue.again()

    def expects(self, memory: Sequence[Item]) -> str:
        """What the caller of the demo says next; nothing where the keys of the telephone are awaited."""
        dialogue, _ = self._replayed(memory, ())
        spoken = sum(_is_caller(item) and _is_sound(item) and bool(_words(item)) for item in memory)
        return (
            "" if dialogue.waits_for_keys or spoken >= len(self._script.turns) else self._script.turns[spoken]
        )

    def _replayed(self, memory: Sequence[Item], tools: Sequence[str]) -> tuple[Dialogue, Reply | None]:
        """The conversation so far, and the reply that its last items are still owed."""
        dialogue = Dialogue(self._script, tools, self._can_say)
        called: dict[str | None, str] = {}
        reply: Reply | None = None
        for item in memory[-_LONGEST_REPLAY:]:
            if _is_caller(item):
                reply = dialogue.heard(_words(item))
            elif item.type == "function_call_output":
                reply = (*(reply or ()), *dialogue.answered(called.get(item.call_id, ""), item.output or ""))
            elif item.role == "assistant":
                reply = None
                dialogue.said(_words(item))
            elif item.type == "function_call":
                reply = None
                called[item.call_id] = item.name or ""
        return dialogue, reply


def _is_caller(item: Item) -> bool:
    return item.type == "message" and item.role == "user"


def _is_sound(item: Item) -> bool:
    return any(part.type == "input_audio" for part in item.content or ())


def _words(item: Item) -> str:
    return " ".join(part.words for part in item.content or () if part.words)
