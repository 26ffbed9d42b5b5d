"""A script as a brain: each decision replays the conversation, so there is no other memory than that."""

from collections.abc import Callable, Sequence

from twiliobridge.offline.brain import Reply, Request
from twiliobridge.offline.dialogue import Dialogue
from twiliobridge.offline.replay import is_caller, is_sound, opening, replay, words_of
from twiliobridge.offline.script import Script
from twiliobridge.realtime.items import Item


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
        dialogue = Dialogue(self._script, request.tools, self._can_say)
        reply = replay(dialogue, memory)
        if reply is not None:
            return reply
        words = opening(request.instructions)
        return dialogue.greet(words) if words else dialogue.again()

    def expects(self, memory: Sequence[Item]) -> str:
        """What the caller of the demo says next; nothing where the keys of the telephone are awaited."""
        dialogue = Dialogue(self._script, (), self._can_say)
        replay(dialogue, memory)
        spoken = sum(is_caller(item) and is_sound(item) and bool(words_of(item)) for item in memory)
        return (
            "" if dialogue.waits_for_keys or spoken >= len(self._script.turns) else self._script.turns[spoken]
        )
