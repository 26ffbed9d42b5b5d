"""The answer that the caller is owed: since when, and how far its remedies have been tried.

A turn, keys, a tool's output and the greeting are each answered by sound. Until there is some, the answer is
owed; the silence on the line is counted from when it was owed, or from the last sound.
"""

from enum import Enum

from twiliobridge.conversation.remedies import REMEDIES, Cause


class Measure(Enum):
    ASK_AGAIN = "the answer is asked for again"
    APOLOGISE = "the model is asked for the apology"
    GIVE_UP = "the call goes back to TwiML"


class Owed:
    __slots__ = ("_apologised", "_failures", "since", "spoken_over")

    def __init__(self) -> None:
        self.since: float | None = None
        "When the answer was due; None where none is owed."
        self.spoken_over: str | None = None
        "The response during which the caller spoke, without cutting it short: it is no answer to that."
        self._failures = 0
        self._apologised = False

    def begin(self, now: float) -> None:
        """An answer is owed; it may be already."""
        if self.since is None:
            self.since = now

    def begin_anew(self, now: float) -> None:
        """The caller has said something more: what failed before counts no longer."""
        self.settle()
        self.since = now

    def sounded(self, response_id: str) -> bool:
        """Whether the answer has begun to be heard with this response. It may still fail."""
        if self.since is None or response_id == self.spoken_over:
            return False
        self.since = None
        return True

    def settle(self) -> None:
        """The answer is complete, or the caller has taken the floor."""
        self.since = self.spoken_over = None
        self._failures = 0
        self._apologised = False

    def failed(self, cause: Cause, now: float) -> Measure:
        """An answer came to nothing. What is done about it."""
        self.begin(now)
        self._failures += 1
        if cause is Cause.FATAL or self._apologised:
            return Measure.GIVE_UP
        if self._failures <= REMEDIES[cause].attempts:
            return Measure.ASK_AGAIN
        self._apologised = True
        return Measure.APOLOGISE
