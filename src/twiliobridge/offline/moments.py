"""Where a conversation is, told by what goes out, and by the time."""

import math

from twiliobridge.offline.incidents import Moment
from twiliobridge.offline.jobs import Action
from twiliobridge.realtime.events import (
    AudioCommitted,
    ItemAdded,
    OutputAudioDelta,
    OutputTextDelta,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
)

SILENCE_SECONDS = 0.5
"From the last word heard until it is silent."


class Moments:
    """Each moment is reached once in a response, or in a turn."""

    def __init__(self) -> None:
        self._addressed = False
        "Whether anybody has said anything: what the model says is an answer from then on."
        self._heard: str | None = None
        "The response of which something was heard last."
        self._silent_at = math.inf

    def reached(self, action: Action) -> Moment | None:
        """The moment that `action`, going out, is the beginning of."""
        match action:
            case OutputAudioDelta() | OutputTextDelta() if action.response_id != self._heard:
                self._heard = action.response_id
                return Moment.ANSWER if self._addressed else Moment.GREETING
            case ResponseDone() if any(item.type == "function_call" for item in action.response.output):
                return Moment.TOOL
            case SpeechStarted():
                self._silent_at = math.inf
                return Moment.CALLER
            case ResponseCreated():
                self._silent_at = math.inf
            case AudioCommitted():
                self._addressed = True
            case ItemAdded() if action.item.role == "user" or action.item.type == "function_call_output":
                self._addressed = True
        return None

    def heard_out(self, at: float) -> None:
        """A listener will have heard it all at that moment, and nothing is owed then."""
        self._silent_at = at + SILENCE_SECONDS

    def deadline(self) -> float | None:
        """When SILENCE is reached, unless somebody speaks before."""
        return None if math.isinf(self._silent_at) else self._silent_at

    def wake(self, now: float) -> Moment | None:
        if now < self._silent_at:
            return None
        self._silent_at = math.inf
        return Moment.SILENCE
