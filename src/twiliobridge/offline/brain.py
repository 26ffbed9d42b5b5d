"""The seam between a session and whatever decides what the model says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from twiliobridge.realtime.items import Item

Phase = Literal["commentary", "final_answer"]
"What a message is for, in models that reason: said on the way to an answer, or the answer. Seen live."


@dataclass(frozen=True)
class Say:
    """One spoken (or, in a text session, written) message."""

    text: str
    phase: Phase | None = None
    "None: commentary before a tool call of the same response, otherwise the final answer."


@dataclass(frozen=True)
class Write:
    """A message as text, in a session that speaks too: nothing of it is heard."""

    text: str
    phase: Phase | None = None
    "As in `Say`."


@dataclass(frozen=True)
class CallTool:
    """One function call."""

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)
    "Must survive JSON. A text is sent as it is, whether or not it is JSON."
    invented: bool = False
    "Called although it may not be on offer, as models do now and then."


@dataclass(frozen=True)
class Fail:
    """The response ends here, with the status `failed` and this error."""

    code: str | None = None
    "The service names none for a server_error, as seen live."
    type: str = "server_error"
    message: str = "The server had an error while processing your request."


@dataclass(frozen=True)
class Cut:
    """The response ends here: as `incomplete`, or by `turn_detected` as `cancelled`."""

    reason: Literal["content_filter", "max_output_tokens", "turn_detected"] = "content_filter"
    after_ms: float = 0.0
    "Of audio of the response. The message before it is cut there, a call in the midst of its arguments."


@dataclass(frozen=True)
class Stall:
    """Nothing comes any more, and the response does not end until it is cancelled."""

    after_ms: float = 0.0
    "As in `Cut`."


Part = Say | Write | CallTool | Fail | Cut | Stall

Reply = tuple[Part, ...]
"The output items of one response, in order; empty is lawful and leaves the caller in silence."


@dataclass(frozen=True)
class Offer:
    """A function that the model may call."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    "JSON Schema of the arguments."
    server: str = ""
    "The label of the MCP server that has it: the session calls it then. Empty for the client's functions."
    asks_first: bool = False
    "The client must approve of each call."


@dataclass(frozen=True)
class Request:
    """What one response was asked for: the session, with the overrides of `response.create` laid over it."""

    instructions: str = ""
    "Those in force: the response's own, or else the session's."
    wish: str = ""
    "The response's own instructions; empty where it has none."
    standing: str = ""
    "The session's instructions, also where the response has its own."
    offers: tuple[Offer, ...] = ()
    "A call of anything else is left out of the reply."
    tool_choice: str = "auto"
    "`auto`, `required`, or the name of the function that must be called. With `none`, nothing is on offer."
    parallel: bool = True
    "Whether one response may make several calls."
    described: bool = False
    "The client has given the session instructions or tools of its own."
    written: bool = False
    "The reply is text: nobody hears it."

    def offer(self, name: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.name == name), None)

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
