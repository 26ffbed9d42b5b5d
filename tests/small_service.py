"""The Realtime service in a page: what it says by itself, what it answers, and what it remembers.

Both directions are queues that a test empties as it likes, so that anything may cross anything. The items it
remembers hold the milliseconds of audio that the model believes were heard.
"""

from collections import deque

from exchange import Exchange, audio

from twiliobridge.realtime import events as model


class SmallService:
    def __init__(self, call: Exchange) -> None:
        self.call = call
        self.out: deque[model.ServerEvent] = deque()
        self.read = len(call.to_model)
        self.active: str | None = None
        self.heard_ms: dict[str, float] = {}
        self.calling: set[str] = set()
        "Responses that called a function."
        self.open_calls: set[str] = set()
        "Function calls without output."
        self.unanswered: set[str] = set()
        "Items that no response was created after."
        self.answering: set[str] = set()
        "Those that the active response was created after."
        self.refusals: list[str] = []
        self.failed = 0
        self.count = 0

    # ------------------------------------------------ the queues

    @property
    def idle(self) -> bool:
        return not self.out and self.read == len(self.call.to_model)

    def hear(self) -> None:
        """Deals with the client's next event."""
        if self.read < len(self.call.to_model):
            event = self.call.to_model[self.read]
            self.read += 1
            answer = getattr(self, f"on_{type(event).__name__}", None)
            if answer is not None:
                answer(event)

    def deliver(self) -> model.ServerEvent | None:
        """Lets the client hear the next event."""
        if not self.out:
            return None
        event = self.out.popleft()
        self.call.model(event)
        return event

    # ------------------------------------------------ what it does by itself

    def respond(self) -> None:
        self.count += 1
        self.active = f"r{self.count}"
        self.answering, self.unanswered = self.unanswered, set()
        response = model.Response(id=self.active, conversation_id="c")
        self.out.append(model.ResponseCreated(response=response))

    def generate(self, ms: float) -> None:
        self.heard_ms[self.active] = self.heard_ms.get(self.active, 0) + ms
        self.out.append(model.OutputAudioDelta(response_id=self.active, item_id=self.active, delta=audio(ms)))

    def call_function(self, name: str) -> None:
        self.count += 1
        call_id = f"c{self.count}"
        self.open_calls.add(call_id)
        self.calling.add(str(self.active))
        item = model.Item(type="function_call", call_id=call_id, name=name, status="completed")
        self.out.append(model.OutputItemDone(response_id=self.active, item=item))

    def finish(self, status: str = "completed") -> None:
        """One that is complete without a sound is as good as failed."""
        if self.active in self.heard_ms:
            self.out.append(model.OutputAudioDone(response_id=self.active, item_id=self.active))
        self.out.append(model.ResponseDone(response=model.Response(id=self.active, status=status)))
        if status == "failed" or (status == "completed" and self.silent):
            self.failed += 1
            self.unanswered |= self.answering
        self.active = None

    @property
    def silent(self) -> bool:
        """The active response has neither said anything nor called a function."""
        return self.active not in self.heard_ms and self.active not in self.calling

    def speech_starts(self, item: str, stragglers_ms: float) -> None:
        self.out.append(model.SpeechStarted(audio_start_ms=0, item_id=item))
        if self.active:
            if stragglers_ms:
                self.generate(stragglers_ms)
            self.finish("cancelled")

    def speech_stops(self, item: str, *, noise: bool) -> None:
        self.out.append(model.SpeechStopped(audio_end_ms=0, item_id=item))
        self.out.append(model.AudioCommitted(item_id=item))
        if not self.active and not noise:
            self.respond()

    # ------------------------------------------------ what it answers

    def on_CreateItem(self, event: model.CreateItem) -> None:  # noqa: N802 -- named after the event
        if event.item.type == "function_call_output":
            assert event.item.call_id in self.open_calls, "answered twice, or never called"
            self.open_calls.remove(event.item.call_id)
        self.unanswered.add(event.item.id)
        self.out.append(model.ItemAdded(item=event.item))

    def on_CreateResponse(self, event: model.CreateResponse) -> None:  # noqa: N802
        if self.active:
            self.refuse("conversation_already_has_active_response", event)
        else:
            self.respond()

    def on_CancelResponse(self, event: model.CancelResponse) -> None:  # noqa: N802
        if self.active != event.response_id:
            self.refuse("response_cancel_not_active", event)
            return
        if self.active not in self.heard_ms:
            self.unanswered |= self.answering
        self.finish("cancelled")

    def on_TruncateItem(self, event: model.TruncateItem) -> None:  # noqa: N802
        if event.audio_end_ms > self.heard_ms.get(event.item_id, -1):
            self.refuse("invalid_value", event)
        else:
            self.heard_ms[event.item_id] = event.audio_end_ms

    def refuse(self, code: str, event: model.ClientEvent) -> None:
        self.refusals.append(code)
        self.out.append(model.Error(error=model.ErrorDetail(code=code, event_id=event.event_id)))
