"""The agent's first words. While nothing of them was heard they are owed, whatever comes between."""

from enum import Enum

from twiliobridge.realtime.events import ResponseParams


class GreetingPhase(Enum):
    NONE = "there is none"
    OWED = "nothing of it was sent to the phone"
    SENT = "something of it was sent, nothing was heard"
    HEARD = "something of it was heard, and the rest is to come"
    OVER = "it was heard, or cut short"


NOTHING_TO_HEAR = GreetingPhase.NONE, GreetingPhase.OVER

MOST_REFUSALS = 3
"Responses that must give way to the greeting. A service that goes on making its own will not stop."


class Greeting:
    __slots__ = ("_refusals", "params", "phase", "response_id")

    def __init__(self) -> None:
        self.phase = GreetingPhase.NONE
        self.params = ResponseParams()
        self.response_id: str | None = None
        "The response that was asked for it."
        self._refusals = 0

    @property
    def unheard(self) -> bool:
        """Nothing of it was heard, so it is to be heard before all else."""
        return self.phase in {GreetingPhase.OWED, GreetingPhase.SENT}

    @property
    def sent_to_phone(self) -> bool:
        """Something of it was sent, and it is not over."""
        return self.phase in {GreetingPhase.SENT, GreetingPhase.HEARD}

    @property
    def pending(self) -> bool:
        """Something of it is still to be heard."""
        return self.phase not in NOTHING_TO_HEAR

    def owe(self, params: ResponseParams) -> None:
        self.phase, self.params, self.response_id = GreetingPhase.OWED, params, None

    def owe_again(self) -> None:
        """What was asked for it came to nothing."""
        self.owe(self.params)

    def insists(self) -> bool:
        """Whether a response that the service began by itself must give way to the greeting."""
        if not self.unheard or self._refusals >= MOST_REFUSALS:
            return False
        self._refusals += 1
        return True

    def created(self, response_id: str, params: ResponseParams) -> None:
        """A response was created that was asked for with these parameters."""
        if self.phase is GreetingPhase.OWED and params == self.params:
            self.response_id = response_id

    def sent(self, response_id: str) -> None:
        """Audio of a response was sent to the phone."""
        if self.phase is GreetingPhase.OWED and response_id == self.response_id:
            self.phase = GreetingPhase.SENT

    def heard(self, *, to_its_end: bool) -> None:
        if self.pending:
            self.phase = GreetingPhase.OVER if to_its_end else GreetingPhase.HEARD
