"""A relay between a scripted model and a true playback buffer, in a time of its own.

What the relay sends to the phone goes into Twilio's buffer as `mediastream.playback` models it, and the marks
come back when they were played or cleared; so a test can ask what the caller truly heard. Both ways take
their time, in order. What the relay asks for must be legal to say: neither connection would refuse it.
"""

import base64
import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from twiliobridge.conversation.agent import Agent
from twiliobridge.conversation.commands import (
    Command,
    DialModel,
    HangUp,
    LeaveModel,
    Note,
    RunTool,
    ToModel,
    ToPhone,
)
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.phase import Phase as CallPhase
from twiliobridge.conversation.relay import Relay
from twiliobridge.mediastream import events as phone
from twiliobridge.mediastream.bounds import checked
from twiliobridge.mediastream.playback import Discarded, MarkEcho, PlaybackBuffer
from twiliobridge.realtime import events as model
from twiliobridge.realtime.session import PCMU, Session
from twiliobridge.realtime.state import Phase, Position, Role, step

START = phone.Start(stream_sid="MZ" + "0" * 32, call_sid="CA" + "0" * 32, account_sid="AC" + "0" * 32)
PCMU_BOTH_WAYS = Session(
    audio={"input": {"format": {"type": PCMU.type}}, "output": {"format": {"type": PCMU.type}}}
)
AGENT = Agent(instructions="Be brief.")
CLOSING = CallPhase.CLOSING


def audio(ms: float, fill: int = 0x55) -> str:
    """Base64 of `ms` milliseconds of mu-law."""
    return base64.b64encode(bytes([fill]) * round(ms * 8)).decode()


def frame(timestamp_ms: int, ms: float = 20) -> phone.Media:
    return phone.Media(payload=audio(ms), timestamp_ms=timestamp_ms)


class Exchange:
    def __init__(
        self,
        agent: Agent = AGENT,
        limits: Limits | None = None,
        uplink: Callable[[], float] = float,
        downlink: Callable[[], float] = float,
    ) -> None:
        """`uplink` and `downlink` draw the seconds of a message's way from and to the phone."""
        self.now = 0.0
        self.relay = Relay(agent, limits or Limits(), self.now)
        self.buffer = PlaybackBuffer()
        self.to_phone: list[object] = []
        self.to_model: list[object] = []
        self.tools: list[RunTool] = []
        self.notes: list[str] = []
        self.dialled_at: list[float] = []
        self.told_since = 0
        self.ending: HangUp | None = None
        self.sent_ranges: dict[str, list[tuple[int, int]]] = {}
        self.session = Position()
        self._uplink, self._downlink = uplink, downlink
        self._echoes: list[tuple[float, int, str]] = []
        self._echoed_until = 0.0
        self._going_down: deque[tuple[float, object, str]] = deque()
        self._order = itertools.count()
        self._item = ""
        self._started = False
        self._relay_due: float | None = None

    # ------------------------------------------------ what the peers say

    def phone(self, event: object) -> None:
        self._started = self._started or isinstance(event, phone.Start)
        self.carry_out(self.relay.phone_said(event, self.now))

    def model(self, event: object) -> None:
        self.session = step(self.session, Role.SERVER, event)
        self._item = getattr(event, "item_id", "")
        self.carry_out(self.relay.model_said(event, self.now))

    def answer_tool(self, call_id: str, output: str) -> None:
        self.carry_out(self.relay.tool_done(call_id, output, self.now))

    def open(self) -> "Exchange":
        self.phone(phone.Connected())
        self.phone(START)
        self.model(model.SessionCreated(session=Session()))
        self.model(model.SessionUpdated(session=PCMU_BOTH_WAYS))
        return self

    def open_again(self) -> "Exchange":
        """The session that was dialled last stands."""
        self.model(model.SessionCreated(session=Session()))
        self.model(model.SessionUpdated(session=PCMU_BOTH_WAYS))
        return self

    def told(self) -> list[object]:
        """What the session that was dialled last was told."""
        return self.to_model[self.told_since :]

    def response(self, name: str, *deltas_ms: float, done: bool = True) -> None:
        """A spoken response `name` with the item `name`, generated in no time."""
        self.model(model.ResponseCreated(response=model.Response(id=name, conversation_id="c")))
        for ms in deltas_ms:
            self.delta(name, ms)
        if done:
            self.response_done(name)

    def delta(self, name: str, ms: float, item: str | None = None) -> None:
        item = item or name
        self.model(model.OutputAudioDelta(response_id=name, item_id=item, delta=audio(ms)))

    def says(self, name: str, ms: float, words: str) -> None:
        """A whole answer with its words."""
        self.model(model.ResponseCreated(response=model.Response(id=name, conversation_id="c")))
        self.model(
            model.OutputTranscriptDelta(
                response_id=name, item_id=name, output_index=0, content_index=0, delta=words
            )
        )
        self.delta(name, ms)
        item = model.Item(id=name, type="message", role="assistant", status="completed")
        self.model(model.OutputItemDone(response_id=name, item=item))
        self.response_done(name)

    def response_done(self, name: str, status: str = "completed", **more: object) -> None:
        self.model(model.OutputAudioDone(response_id=name, item_id=name))
        self.model(model.ResponseDone(response=model.Response(id=name, status=status, **more)))

    def function_call(self, response: str, call_id: str, name: str, arguments: str = "{}") -> None:
        item = model.Item(
            type="function_call", call_id=call_id, name=name, arguments=arguments, status="completed"
        )
        self.model(model.OutputItemDone(response_id=response, item=item))

    def caller_speaks(self, item: str = "user") -> None:
        self.model(model.SpeechStarted(audio_start_ms=0, item_id=item))

    def caller_stops(self, item: str = "user") -> None:
        self.model(model.SpeechStopped(audio_end_ms=0, item_id=item))

    # ------------------------------------------------ time

    def wait(self, seconds: float) -> None:
        """Lets time pass: marks come back when reached, and the relay is woken when it asked to be."""
        end, still = self.now + seconds, 0
        while True:
            dues = [
                self.relay_due(),
                self.buffer.deadline(),
                self._echoes[0][0] if self._echoes else None,
                self._going_down[0][0] if self._going_down else None,
            ]
            due = min((max(due, self.now) for due in dues if due is not None), default=None)
            if due is None or due > end:
                break
            still = still + 1 if due == self.now else 0
            assert still < 10_000, f"time stands still: the relay is due at {self.relay.deadline()}"
            self.now = due
            self._deliver()
            woken = self.relay_due()
            if woken is not None and woken <= self.now:
                self.carry_out(self.relay.wake(self.now))
        self.now = end
        self._deliver()

    def relay_due(self) -> float | None:
        """Asked for only where it may have come closer, as whoever carries a call does."""
        if self.relay.may_be_due_earlier:
            self._relay_due = self.relay.deadline()
        return self._relay_due

    # ------------------------------------------------ what came of it

    def truncations(self) -> list[tuple[str, int]]:
        return [(e.item_id, e.audio_end_ms) for e in self.to_model if isinstance(e, model.TruncateItem)]

    def sent(self, kind: type) -> list[object]:
        return [event for event in (*self.to_model, *self.to_phone) if isinstance(event, kind)]

    def heard_ms(self, item: str) -> float:
        """What the caller truly heard of an item by now."""
        return sum(
            self.buffer.heard_ms(self.now, begin, end) for begin, end in self.sent_ranges.get(item, [])
        )

    def lose_model(self, *, transient: bool = True) -> None:
        """Its wire breaks, or cannot be opened."""
        self.carry_out(self.relay.model_lost(Ending.MODEL_LOST, "1006", self.now, transient=transient))

    def lose_for_good(self) -> None:
        """And no other session can be opened."""
        self.lose_model()
        while self.ending is None and self.relay.phase is not CLOSING:
            if self.session.phase is Phase.NEW:
                self.lose_model()
            self.wait(0.1)

    def carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            match command:
                case ToPhone(event):
                    assert self._started, "nothing goes to the phone before its start"
                    self.to_phone.append(checked(event))
                    earliest = self._going_down[-1][0] if self._going_down else 0.0
                    due = max(self.now + self._downlink(), earliest)
                    self._going_down.append((due, event, self._item))
                    self._arrive()
                case ToModel(event):
                    self.to_model.append(event)
                    if self.session.phase is not Phase.CLOSED:
                        self.session = step(self.session, Role.CLIENT, event)
                case RunTool():
                    self.tools.append(command)
                case Note(text):
                    self.notes.append(text)
                case LeaveModel():
                    self.session = replace(self.session, phase=Phase.CLOSED)
                case DialModel():
                    self.session = Position()
                    self.dialled_at.append(self.now)
                    self.told_since = len(self.to_model)
                case HangUp():
                    assert self.ending is None, "a call ends once"
                    self.ending = command

    def _arrive(self) -> None:
        while self._going_down and self._going_down[0][0] <= self.now:
            _, event, item = self._going_down.popleft()
            self._twilio(event, item)

    def _twilio(self, event: object, item: str) -> None:
        match event:
            case phone.Play(payload=payload):
                begin = self.buffer.appended_bytes
                self._echo(self.buffer.play(base64.b64decode(payload, validate=True), self.now))
                self.sent_ranges.setdefault(item, []).append((begin, self.buffer.appended_bytes))
            case phone.Mark(name=name):
                self._echo(self.buffer.mark(name, self.now))
            case phone.Clear():
                self._echo(self.buffer.clear(self.now))

    def _echo(self, outcomes: list[object]) -> None:
        for outcome in outcomes:
            assert not isinstance(outcome, Discarded)
            if isinstance(outcome, MarkEcho):
                due = max(max(outcome.at, self.now) + self._uplink(), self._echoed_until)
                self._echoed_until = due
                heapq.heappush(self._echoes, (due, next(self._order), outcome.name))

    def _deliver(self) -> None:
        self._arrive()
        self._echo(self.buffer.advance(self.now))
        while self._echoes and self._echoes[0][0] <= self.now:
            _, _, name = heapq.heappop(self._echoes)
            self.phone(phone.Mark(name=name))
