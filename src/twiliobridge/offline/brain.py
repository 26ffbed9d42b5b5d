"""The seam between a session and whatever decides what the model says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from twiliobridge.realtime.items import Item


@dataclass(frozen=True)
class Say:
    """One spoken (or, in a text session, written) message."""

    text: str


@dataclass(frozen=True)
class CallTool:
    """One function call."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    "Must survive JSON."


Reply = tuple[Say | CallTool, ...]
"The output items of one response, in order; empty is lawful and leaves the caller in silence."


@dataclass(frozen=True)
class Request:
    """What one response was asked for: the session, with the overrides of `response.create` laid over it."""

    instructions: str = ""
    tools: tuple[str, ...] = ()
    "Names of the functions on offer. A call of anything else is left out of the reply."


class Brain(Protocol):
    """Decides replies. Called on the session's own thread: it must not block.

    One brain serves one session, so it may remember.
    """

    def decide(self, memory: Sequence[Item], request: Request) -> Reply:
        """The reply to the conversation as the model remembers it, oldest item first.

        `Content.words` of a user's item is what was typed or heard. An assistant's audio item that was cut
        short has no words: the caller did not hear all of it, and the service keeps no partial transcript.
        """
        ...

    def expects(self, memory: Sequence[Item]) -> str:
        """What the caller has most likely just said, where no recogniser listens. Asked once a turn."""
        ...
