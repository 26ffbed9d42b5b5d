"""One response, from `response.created` to `response.done`: its items, one by one, paced, or cut short."""

import math
from enum import Enum
from typing import Any

from twiliobridge.offline.brain import CallTool, Cut, Fail, Reply, Say, Stall, Write
from twiliobridge.offline.items import Conversation
from twiliobridge.offline.jobs import Action, McpOutcome, Speak
from twiliobridge.offline.mcp.calls import mcp_part
from twiliobridge.offline.order import Order
from twiliobridge.offline.output import Output
from twiliobridge.offline.pacing import Pace
from twiliobridge.offline.parts import Events, OutputPart, Place
from twiliobridge.offline.reasoning import thinking_seconds
from twiliobridge.offline.spoken_part import SpokenPart
from twiliobridge.offline.usage import Prompt, Read, Tokens, read_entry, total, usage
from twiliobridge.offline.written_parts import CallPart, WrittenPart
from twiliobridge.realtime.events import (
    Response,
    ResponseCreated,
    ResponseDone,
    ResponseFault,
    ResponseStatus,
    StatusDetails,
)
from twiliobridge.realtime.ids import Ids

MOST_THOUGHT = 0.5
"Of `max_output_tokens`: something is left to be said. The live service may think until nothing is."
TOO_LONG = StatusDetails(type="incomplete", reason="max_output_tokens")


class Phase(Enum):
    COMPOSING = "composing"
    "What to say is not decided: the caller's words are still being recognised."
    SPEAKING = "speaking"
    OVER = "over"


class OutputResponse:
    """Pure: time comes in as `now`, and the next moment to call `wake` is published by `deadline`."""

    def __init__(self, order: Order, pace: Pace, ids: Ids, conversation: Conversation) -> None:
        self.order = order
        self.phase = Phase.COMPOSING
        self.status: ResponseStatus = "in_progress"
        self._pace = pace
        self._ids = ids
        self._conversation = conversation
        self._output = Output(interleaved=pace.interleaved)
        self._ending: Fail | Cut | Stall | None = None
        "None: it is completed."
        self._prompt = Prompt()
        self._thought = 0
        self._due = self._began = math.inf

    def created(self) -> list[Action]:
        return [ResponseCreated(response=self._described())]

    def compose(self, reply: Reply, prompt: Prompt, thought: int, now: float) -> list[Action]:
        """Opens the first item and asks for all the speech; the first delta follows after the latency.

        The cost follows from what the model went by, and the tokens that it thought.
        """
        self.phase = Phase.SPEAKING
        self._prompt, self._thought = prompt, int(min(thought, self._budget * MOST_THOUGHT))
        speeches: list[Action] = []
        for index, part in enumerate(reply):
            if isinstance(part, Fail | Cut | Stall):
                self._ending = part
                break
            place = self._place(index, _phase(reply, index) if self.order.effort else None)
            self._output.add(self._made(part, place))
            if isinstance(part, Say) and not self.order.written:
                speeches.append(Speak(place.item_id, part.text, self.order.format, self.order.speed))
        self._due = self._began = now + self._pace.latency + thinking_seconds(self._thought)
        return [*self._open_next(), *speeches]

    def _made(self, part: Say | Write | CallTool, place: Place) -> OutputPart:
        if isinstance(part, CallTool):
            compact = self.order.effort is not None
            offer = self.order.request.offer(part.name)
            if offer is not None and offer.server:
                return mcp_part(place, part, offer, self._pace, compact=compact)
            return CallPart(place, part, self._ids.new("call"), self._pace, compact=compact)
        if isinstance(part, Write) or self.order.written:
            return WrittenPart(place, part.text, self._pace)
        return SpokenPart(place, part.text, self.order.format, self._pace)

    def _open_next(self) -> Events:
        """The next item, told beforehand where it is cut."""
        events = self._output.open_next()
        if isinstance(self._ending, Cut | Stall) and self._output.current:
            left = self._ending.after_ms - self._output.audio_ms
            self._output.current.cut_at(left, last=self._output.on_the_last)
        return events

    def _place(self, index: int, phase: str | None) -> Place:
        return Place(
            response_id=self.order.response_id,
            item_id=self._ids.new("item"),
            output_index=index,
            conversation=self._conversation,
            in_band=self.order.in_band,
            phase=phase,
        )

    def awaits(self, item_id: str) -> bool:
        """Whether speech for that item is still wanted."""
        return self._output.listener(item_id) is not None

    def spoken(self, item_id: str, audio: bytes, *, last: bool, now: float) -> list[Action]:
        starved = self._output.starved
        if (part := self._output.listener(item_id)) is not None:
            part.feed(audio, last=last)
        if starved and not self._output.starved:
            self._due = max(self._due, now)
        return self.wake(now)

    def called(self, item_id: str, outcome: McpOutcome, now: float) -> list[Action]:
        """The answer of an MCP server, which the response has waited for."""
        if (part := self._output.caller(item_id)) is not None:
            part.answered(outcome)
            self._due = max(self._due, now)
        return self.wake(now)

    def deadline(self) -> float | None:
        waits = self.phase is not Phase.SPEAKING or self._output.starved or math.isinf(self._due)
        return None if waits else self._due

    def wake(self, now: float) -> list[Action]:
        """All that is due: deltas, the end of an item and the beginning of the next, `response.done`."""
        actions: list[Action] = []
        while (due := self.deadline()) is not None and due <= now:
            actions += self._step()
        return actions

    def _step(self) -> list[Action]:
        part = self._output.current
        if part is None or part.finished:
            over = self._output.on_the_last or (part is not None and not part.whole)
            return self._conclude() if over else [*self._open_next()]
        events, seconds = part.grow(self._budget - self._thought - self._output.tokens)
        self._due += seconds
        return [*events, *(self._end("incomplete", TOO_LONG) if part.overdrawn else [])]

    @property
    def _budget(self) -> float:
        most = self.order.max_output_tokens
        return most if isinstance(most, int) else math.inf

    def _conclude(self) -> list[Action]:
        """All that it says has been said."""
        match self._ending:
            case None:
                return self._end("completed")
            case Fail():
                return self.fail(self._ending)
            case Cut(reason="turn_detected"):
                return self.cancel("turn_detected")
            case Cut():
                details = StatusDetails(type="incomplete", reason=self._ending.reason)
                return self._end("incomplete", details)
            case Stall():
                self._due = math.inf
                return []

    def cancel(self, reason: str, stragglers: int = 0) -> list[Action]:
        """Cuts it short, whatever is open: `turn_detected` or `client_cancelled`.

        Up to `stragglers` audio deltas that were under way still come first, as they do live.
        """
        late = self._output.straggle(stragglers)
        return [*late, *self._end("cancelled", StatusDetails(type="cancelled", reason=reason))]

    def fail(self, failure: Fail) -> list[Action]:
        error = ResponseFault(type=failure.type, code=failure.code, message=failure.message)
        return self._end("failed", StatusDetails(type="failed", error=error))

    def _end(self, status: ResponseStatus, details: StatusDetails | None = None) -> list[Action]:
        closing = self._output.end()
        self.phase = Phase.OVER
        self.status = status
        return [*closing, ResponseDone(response=self._described(details))]

    @property
    def heard_until(self) -> float:
        """The moment at which a listener who plays it at once has heard it all."""
        return self._began + self._output.audio_ms / 1000

    @property
    def calls(self) -> bool:
        """Whether it calls a function: then the client has something to say."""
        return any(item.type == "function_call" for item in self._output.items)

    @property
    def tokens(self) -> int:
        """What it cost."""
        return int(self._usage()["total_tokens"])

    @property
    def reads(self) -> tuple[Read, ...]:
        """All that a later response reads again: what this one went by, and what it said."""
        return (*self._prompt.reads, *map(read_entry, self._output.entries))

    def _usage(self) -> dict[str, Any]:
        said = total(map(read_entry, self._output.entries))
        return usage(self._prompt, Tokens(said.text + self._thought, said.audio), self._thought)

    def _described(self, details: StatusDetails | None = None) -> Response:
        over = self.phase is Phase.OVER
        return Response(
            id=self.order.response_id,
            status=self.status,
            status_details=details,
            output=self._output.items if over else (),
            conversation_id=self.order.conversation_id,
            output_modalities=("text",) if self.order.written else ("audio",),
            max_output_tokens=self.order.max_output_tokens,
            audio=self.order.audio,
            metadata=self.order.metadata,
            usage=self._usage() if over else None,
        )


def _phase(reply: Reply, index: int) -> str:
    """What is said before a tool call is on the way to the answer."""
    part = reply[index]
    calls_later = any(isinstance(later, CallTool) for later in reply[index + 1 :])
    return getattr(part, "phase", None) or ("commentary" if calls_later else "final_answer")
