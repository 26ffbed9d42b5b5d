"""What a relay knows of its call: the parts, and the phase in which it is."""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

import msgspec

from twiliobridge.conversation.agent import Agent
from twiliobridge.conversation.commands import Command, HangUp, ToModel
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.inbound import Inbound
from twiliobridge.conversation.keypad import Keypad
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.playout import Playout
from twiliobridge.conversation.responses import Responses
from twiliobridge.conversation.tool_calls import ToolCalls
from twiliobridge.conversation.transcript import Transcript
from twiliobridge.mediastream.events import Start
from twiliobridge.realtime.events import ClientEvent, CreateItem, Item


class Phase(Enum):
    WAITING = "waiting"
    "For the phone's `start`, the model's session, or both."
    TALKING = "talking"
    CLOSING = "closing"
    "What is queued is still being heard; then the line closes."
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Goodbye:
    """`end_call` was called and waits for its goodbye."""

    call_id: str
    response_id: str
    answered: bool = False
    "The model was asked for the words, because the call came without any."


@dataclass(frozen=True, slots=True)
class Closing:
    ending: Ending
    detail: str
    deadline: float


@dataclass
class Mind:
    agent: Agent
    limits: Limits
    began: float
    transcript: Transcript
    keypad: Keypad
    phase: Phase = Phase.WAITING
    start: Start | None = None
    session_open: bool = False
    "`session.created` was seen."
    caller_speaking: bool = False
    "Between the model's `speech_started` and `speech_stopped`."
    goodbye: Goodbye | None = None
    closing: Closing | None = None
    model_heard: float = 0.0
    "When the model last said anything."
    probed: bool = False
    "It was then asked whether it is still there."
    voiced: str | None = None
    "The response whose audio was last sent to the phone."
    items_made: int = 0
    playout: Playout = field(default_factory=Playout)
    inbound: Inbound = field(default_factory=Inbound)
    responses: Responses = field(default_factory=Responses)
    tool_calls: ToolCalls = field(default_factory=ToolCalls)
    early: deque[str] = field(default_factory=deque)
    "The caller's audio from before the model was ready, as base64."

    @classmethod
    def at_birth(cls, agent: Agent, limits: Limits, now: float) -> "Mind":
        return cls(agent, limits, now, Transcript(now), Keypad(limits), model_heard=now)

    def hang_up(self, ending: Ending, detail: str = "") -> list[Command]:
        self.phase = Phase.ENDED
        return [HangUp(ending, detail)]

    def ask_for_response(self, now: float) -> list[Command]:
        """Asks for the response that is owed, unless the caller speaks, one runs, or the call is closing."""
        if self.phase is not Phase.TALKING or self.caller_speaking:
            return []
        request = self.responses.ask(now)
        if request is None:
            return []
        self.model_heard = now  # its silence is counted from the question
        return [ToModel(request)]

    def send_item(self, item: Item) -> list[Command]:
        """Adds an item to the conversation, under an id of ours, so that its arrival can be told."""
        self.items_made += 1
        item = msgspec.structs.replace(item, id=f"bridge_item_{self.items_made}")
        self.responses.item_sent(str(item.id))
        return [ToModel(CreateItem(item=item))]

    def answer(self, call_id: str, output: str) -> list[Command]:
        """Answers a function call of the model."""
        return self.send_item(Item(type="function_call_output", call_id=call_id, output=output))


def to_model(*events: ClientEvent) -> list[Command]:
    return [ToModel(event) for event in events]
