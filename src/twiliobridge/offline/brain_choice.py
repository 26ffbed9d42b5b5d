"""Who answers a session for which nobody chose a script: the script that ships, or the stand-in."""

from collections.abc import Iterable, Sequence

from twiliobridge.conversation import END_CALL
from twiliobridge.offline.brain import Brain, Reply, Request
from twiliobridge.offline.script import Script
from twiliobridge.realtime.items import Item


def is_agent_of(script: Script, tools: Iterable[str]) -> bool:
    """Whether an agent with these tools is the one that `script` was written for: it has one of its own."""
    own = {intent.call for intent in script.intents.values()} - {"", END_CALL}
    return not own.isdisjoint(tools)


class BrainByAgent:
    """The brain of one session, chosen by what the session says of its agent; a `brain.Brain`.

    The script's brain answers its own agent, and a client that says nothing of any; the stand-in all others.
    A response without functions is answered by whoever answered before.
    """

    def __init__(self, script: Script, scripted: Brain, stand_in: Brain) -> None:
        self._script = script
        self._scripted = scripted
        self._stand_in = stand_in
        self._chosen = scripted
        self._known = False
        "Functions were on offer before."

    def decide(self, memory: Sequence[Item], request: Request) -> Reply:
        if request.offers or not self._known:
            self._known = self._known or bool(request.offers)
            own = request.described and not is_agent_of(self._script, request.tools)
            self._chosen = self._stand_in if own else self._scripted
        return self._chosen.decide(memory, request)

    def expects(self, memory: Sequence[Item]) -> str:
        return self._chosen.expects(memory)
