"""What a relay knows of its call: the parts, and the phase in which it is."""

from dataclasses import dataclass, field

import msgspec

from twiliobridge.conversation.agent import Agent
from twiliobridge.conversation.commands import Command, HangUp, ToModel
from twiliobridge.conversation.discarded import Discarded
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.greeting import Greeting
from twiliobridge.conversation.hold import Hold
from twiliobridge.conversation.inbound import Inbound, Recent
from twiliobridge.conversation.instructions import as_item, known, of_response
from twiliobridge.conversation.keypad import Keypad
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.owed import Owed
from twiliobridge.conversation.patience import CallerSilence
from twiliobridge.conversation.phase import TRANSITIONS, Phase, Step
from twiliobridge.conversation.playout import Playout
from twiliobridge.conversation.responses import Responses
from twiliobridge.conversation.retold import Retold
from twiliobridge.conversation.sessions import Sessions
from twiliobridge.conversation.tool_calls import ToolCalls
from twiliobridge.conversation.transcript import Transcript
from twiliobridge.mediastream.events import Start
from twiliobridge.realtime.events import (
    CancelResponse,
    ClientEvent,
    CreateItem,
    CreateResponse,
    DeleteItem,
    Item,
    ResponseParams,
)


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
    recent: Recent
    sessions: Sessions
    phase: Phase = Phase.WAITING
    "Changed by `step` alone."
    over: HangUp | None = None
    "How the call ended."
    start: Start | None = None
    speaking: str | None = None
    "The caller's item, between the model's `speech_started` and the end of that turn."
    goodbye: Goodbye | None = None
    closing: Closing | None = None
    model_heard: float = 0.0
    "When the model last said anything."
    probed: bool = False
    "It was then asked whether it is still there."
    begun_at: float = 0.0
    "When the response under way was created, or the one that is awaited was asked for."
    called_back_at: float = 0.0
    "When a response was last called back."
    voiced: str | None = None
    "The response whose audio was last sent to the phone."
    written: tuple[str, str] = ("", "")
    "The last response that had text without sound, and the text."
    of_beta: str | None = None
    "The last response whose sound came in an event of the API's beta."
    waiting_ms: float = 0.0
    "How much of the waiting sound was sent since the last word; 0 while it does not play."
    items_made: int = 0
    wished: str | None = None
    "The item with the wish for one response, while it stands; see `put`."
    playout: Playout = field(default_factory=Playout)
    inbound: Inbound = field(default_factory=Inbound)
    responses: Responses = field(default_factory=Responses)
    owed: Owed = field(default_factory=Owed)
    greeting: Greeting = field(default_factory=Greeting)
    hold: Hold = field(default_factory=Hold)
    caller_silence: CallerSilence = field(default_factory=CallerSilence)
    tool_calls: ToolCalls = field(default_factory=ToolCalls)
    discarded: Discarded = field(default_factory=Discarded)
    retold: Retold = field(default_factory=Retold)

    @classmethod
    def at_birth(cls, agent: Agent, limits: Limits, now: float) -> "Mind":
        return cls(
            agent,
            limits,
            now,
            Transcript(now),
            Keypad(limits),
            Recent(limits.early_audio_ms),
            Sessions(now),
            model_heard=now,
        )

    @property
    def caller_has_floor(self) -> bool:
        """The caller speaks, or is in the middle of a turn of keys."""
        return self.speaking is not None or self.keypad.deadline() is not None

    @property
    def more_to_come(self) -> bool:
        """The model is generating what is to be heard."""
        active = self.responses.active
        return active is not None and active not in self.discarded

    @property
    def awaited_since(self) -> float | None:
        """Since when the caller waits for an answer; None while they have the floor, or wait for none."""
        return None if self.caller_has_floor else self.owed.since

    @property
    def quiet_since(self) -> float | None:
        """Since when they have heard nothing meanwhile. It may be in the future."""
        since = self.awaited_since
        return None if since is None else max(since, self.playout.ends)

    @property
    def silent_since(self) -> float:
        """When the last sound of either side was, or will be, over."""
        return max(self.playout.ends, self.caller_silence.since)

    @property
    def greeting_protected(self) -> bool:
        """The greeting is being said, and must be heard to its end."""
        return self.greeting.pending and not self.agent.greeting_interruptible

    @property
    def speech_interrupts(self) -> bool:
        """Whether a caller who speaks cuts the agent short."""
        detection = self.agent.turn_detection
        return (detection is None or detection.interrupts) and not self.greeting_protected

    def step(self, step: Step) -> None:
        self.phase = TRANSITIONS[self.phase][step]

    def end(self, ending: Ending, detail: str, now: float) -> list[Command]:
        """The one way out of a call. The transcript is told what was heard of the agent's last words."""
        for unheard in self.playout.interrupt(now):
            self.transcript.agent_cut(unheard.part.item_id, unheard.heard_ms, now)
        self.step(Step.END)
        self.over = HangUp(ending, detail)
        return [self.over]

    def caller_stopped(self) -> None:
        """Speaking, or was never heard to speak."""
        self.speaking = None
        self.inbound.speech_stopped()

    def response_over(self, response_id: str) -> None:
        """No more calls of it follow: if all were answered, the model must speak next."""
        if self.tool_calls.response_done(response_id):
            self.responses.owe()

    def discard(self, response_id: str) -> None:
        """What was sent of a response is heard, and no more."""
        self.discarded.add(response_id, self.playout.parts_of(response_id))

    def call_back(self, response_id: str, now: float) -> list[Command]:
        """Nothing more of a response is to be heard, or made."""
        self.discard(response_id)
        self.called_back_at = now
        return [ToModel(CancelResponse(response_id=response_id))]

    def ask_for_response(self, now: float) -> list[Command]:
        """Asks for the response that is owed, unless the caller has the floor or the call is closing."""
        if self.phase is not Phase.TALKING or self.caller_has_floor or not self.sessions.ready:
            return []
        request = self.responses.ask(now)
        if request is None:
            return []
        self.owed.begin(now)
        self.begun_at = now
        self.model_heard = now  # its silence is counted from the question
        return self.put(request)

    def put(self, request: CreateResponse) -> list[Command]:
        """Instructions of a response take the place of the session's, and of those of a prompt at the
        service, which nobody here could repeat. Under such a prompt a wish is an item, and goes with the
        response that it is for.

        Source: OpenAI, Realtime, "Using realtime models": instructions override those of the prompt.
        """
        params = request.response
        if not self.agent.prompted or params is None or params.instructions is None:
            return [ToModel(request)]
        wish = as_item(params.instructions)
        plain = msgspec.structs.replace(params, instructions=None)
        if params.input is not None:  # it is all that the model reads
            plain = msgspec.structs.replace(plain, input=(msgspec.to_builtins(wish), *params.input))
            return to_model(msgspec.structs.replace(request, response=plain))
        commands = [*self.take_back(), *self.send_item(wish)]
        self.wished = f"bridge_item_{self.items_made}"
        return [*commands, ToModel(msgspec.structs.replace(request, response=plain))]

    def take_back(self) -> list[Command]:
        """The wish that was put as an item, if one stands, is for no later response."""
        item_id, self.wished = self.wished, None
        return [] if item_id is None else to_model(DeleteItem(event_id=f"{item_id}_over", item_id=item_id))

    def tell_of_call(self) -> list[Command]:
        """What is known about the call, where the session's instructions cannot say it."""
        parameters = self.start.custom_parameters if self.start else {}
        return self.send_item(as_item(known(parameters))) if self.agent.prompted and parameters else []

    def send_item(self, item: Item, after: str | None = None) -> list[Command]:
        """Adds an item to the conversation, under an id of ours, so that its arrival can be told.

        Without a session nothing is sent: the next is told the whole conversation.
        """
        self.items_made += 1
        if not self.sessions.ready:
            return []
        item = msgspec.structs.replace(item, id=f"bridge_item_{self.items_made}")
        self.responses.item_sent(str(item.id))
        return [ToModel(CreateItem(event_id=item.id, item=item, previous_item_id=after))]

    def wish(self, words: str) -> ResponseParams:
        """A response with a wish of its own, under the instructions of the call."""
        parameters = self.start.custom_parameters if self.start else {}
        return ResponseParams(
            instructions=words
            if self.agent.prompted
            else of_response(self.agent.instructions, parameters, words),
            # Words are wished for: a choice that forces a tool would have it called in their place.
            tool_choice=None if self.agent.tool_choice == "auto" else "none",
        )

    def answer(self, call_id: str, output: str) -> list[Command]:
        """Answers a function call of the model."""
        return self.send_item(Item(type="function_call_output", call_id=call_id, output=output))


def to_model(*events: ClientEvent) -> list[Command]:
    return [ToModel(event) for event in events]
