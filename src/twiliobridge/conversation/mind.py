"""What a relay knows of its call: the parts, and the phase in which it is."""

from dataclasses import dataclass, field
from enum import Enum

import msgspec

from twiliobridge.conversation.agent import Agent
from twiliobridge.conversation.commands import Command, HangUp, ToModel
from twiliobridge.conversation.discarded import Discarded
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.inbound import Early, Inbound
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

    call_ids: tuple[str, ...]
    "Its function calls that were not answered."
    response_id: str
    answered: bool = False
    "The model was asked for the words, because the call came without any."


@dataclass(frozen=True, slots=True)
class Closing:
    ending: Ending
    detail: str
    since: float
    latest: float
    "When the line closes whatever is still to be heard."
    revocable: bool = False
    "A caller who speaks now calls it off."


@dataclass(slots=True)
class Mind:
    agent: Agent
    limits: Limits
    began: float
    transcript: Transcript
    keypad: Keypad
    early: Early
    phase: Phase = Phase.WAITING
    start: Start | None = None
    session_open: bool = False
    "`session.created` was seen."
    speaking: str | None = None
    "The caller's item, between the model's `speech_started` and the end of that turn."
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
    discarded: Discarded = field(default_factory=Discarded)

    @classmethod
    def at_birth(cls, agent: Agent, limits: Limits, now: float) -> "Mind":
        early = Early(limits.early_audio_ms)
        return cls(agent, limits, now, Transcript(now), Keypad(limits), early, model_heard=now)

    @property
    def caller_has_floor(self) -> bool:
        """The caller speaks, or is in the middle of a turn of keys."""
        return self.speaking is not None or self.keypad.deadline() is not None

    @property
    def more_to_come(self) -> bool:
        """The model is generating what is to be heard."""
        active = self.responses.active
        return active is not None and active not in self.discarded

    def hang_up(self, ending: Ending, detail: str = "") -> list[Command]:
        self.phase = Phase.ENDED
        return [HangUp(ending, detail)]

    def ask_for_response(self, now: float) -> list[Command]:
        """Asks for the response that is owed, unless the caller has the floor or the call is closing."""
        if self.phase is not Phase.TALKING or self.caller_has_floor:
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
        return [ToModel(CreateItem(event_id=item.id, item=item))]

    def answer(self, call_id: str, output: str) -> list[Command]:
        """Answers a function call of the model."""
        return self.send_item(Item(type="function_call_output", call_id=call_id, output=output))


def to_model(*events: ClientEvent) -> list[Command]:
    return [ToModel(event) for event in events]
