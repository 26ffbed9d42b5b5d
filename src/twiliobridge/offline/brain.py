"""The seam between a session and whatever decides what the model says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from twiliobridge.realtime.items import Item


@dataclass(frozen=True)
class Say:
    """One spoken (or, in a text session, written) message."""

    text: str
    phase: Literal["commentary", "final_answer"] | None = None
    "None: commentary before a tool call of the same response, otherwise the final answer."


@dataclass(frozen=True)
class Write:
    """A message as text, in a session that speaks too: nothing of it is heard."""

    text: str


@dataclass(frozen=True)
class CallTool:
    """One function call."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    "Must survive JSON."


@dataclass(frozen=True)
class Fail:
    """The response ends here, with the status `failed` and this error."""

    code: str = "server_error"
    type: str = "server_error"
    message: str = "The server had an error while processing your request."


@dataclass(frozen=True)
class Cut:
    """The response ends as `incomplete`."""

    reason: Literal["content_filter", "max_output_tokens"] = "content_filter"
    after_ms: float = 0.0
    "Of audio of the response so far; the message before it is cut there."


Reply = tuple[Say | Write | CallTool | Fail | Cut, ...]
"The output items of one response, in order; empty is lawful and leaves the caller in silence."


@dataclass(frozen=True)
class Offer:
    """A function that the model may call."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    "JSON Schema of the arguments."


@dataclass(frozen=True)
class Request:
    """What one response was asked for: the session, with the overrides of `response.create` laid over it."""

    instructions: str = ""
    "Those in force: the response's own, or else the session's."
    wish: str = ""
    "The response's own instructions; empty where it has none."
    offers: tuple[Offer, ...] = ()
    "A call of anything else is left out of the reply."
    tool_choice: str = "auto"
    "`auto`, `required`, or the name of the function that must be called. With `none`, nothing is on offer."

    described: bool = False
    "The client has given the session instructions or tools of its own."
    written: bool = False
    "The reply is text: nobody hears it."

    @property
    def tools(self) -> tuple[str, ...]:
        return tuple(offer.name for offer in self.offers)


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
