"""The stand-in as a brain: each decision replays the conversation, so there is no other memory than that."""

from collections.abc import Callable, Sequence

from twiliobridge.offline.brain import Offer, Reply, Request, Say
from twiliobridge.offline.replay import opening, replay
from twiliobridge.offline.stand_in import sentences
from twiliobridge.offline.stand_in.talk import Service, StandInTalk
from twiliobridge.realtime.items import Item


def _anything(text: str) -> bool:
    return bool(text)


class StandIn:
    """Greets, repeats what it understood, calls what is on offer, and says goodbye; a `brain.Brain`. Pure.

    It knows the agent by what each `Request` says of it. `can_say` is the voice's: what that cannot say is
    replaced by what it can, in a session that speaks.
    """

    def __init__(self, can_say: Callable[[str], bool] = _anything) -> None:
        self._can_say = can_say
        self._offers: tuple[Offer, ...] = ()
        self._service = Service(())

    def decide(self, memory: Sequence[Item], request: Request) -> Reply:
        if request.offers != self._offers:
            self._offers, self._service = request.offers, Service(request.offers)
        talk = StandInTalk(self._service)
        reply = replay(talk, memory)
        if reply is None:
            words = opening(request.instructions)
            reply = talk.greet(words) if words else talk.again()
        return tuple(
            self._speakable(part, request) if isinstance(part, Say) else part
            for part in reply or talk.again()
        )

    def expects(self, memory: Sequence[Item]) -> str:
        """Nothing: who has no ears hears nothing."""
        return ""

    def _speakable(self, say: Say, request: Request) -> Say:
        if request.written or self._can_say(say.text):
            return say
        return Say(sentences.recorded(say.text, opening(request.instructions)))
