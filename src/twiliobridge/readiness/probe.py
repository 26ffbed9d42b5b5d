"""A call without a caller: what the bridge itself would tell the model, and what the model makes of it.

The mind of a call decides what is said, so the session is described and the greeting asked for as in every
call. Pure: events and the time go in, events come out. Nothing is asked for twice, and no tool runs.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace

from twiliobridge.audio import ulaw_decode
from twiliobridge.audio.level import peak
from twiliobridge.conversation import Agent, Limits, Relay, ToModel, ToPhone
from twiliobridge.conversation.phase import Phase
from twiliobridge.conversation.remedies import cause_of
from twiliobridge.mediastream import Play, Start
from twiliobridge.mediastream.events import audio_ms
from twiliobridge.readiness import mending
from twiliobridge.readiness.row import Fault
from twiliobridge.realtime import events as model
from twiliobridge.realtime.errors import is_benign

START = Start(
    stream_sid="MZ" + "0" * 32,
    call_sid="CA" + "0" * 32,
    account_sid="AC" + "0" * 32,
    custom_parameters={"caller": "+15005550006", "called": "+15005550006", "direction": "inbound"},
)
"The numbers are Twilio's own for tests (Twilio docs, Test Credentials)."

NO_GREETING = "Hello."
"Is said where the agent has no greeting, because only a response shows that there is sound."

SILENT = 0.001
"Of full scale, 60 dB below it: a peak under that is no voice."


class Probe:
    def __init__(self, agent: Agent, limits: Limits, now: float) -> None:
        self.greets = agent.greeting is not None
        self._relay = Relay(agent if self.greets else replace(agent, greeting=NO_GREETING), limits, now)
        self._relay.phone_said(START, now)
        self.began = now
        self.model = ""
        "The name by which the service calls the model."
        self.ready_at: float | None = None
        "When the session stood, mu-law both ways."
        self.asked_at: float | None = None
        self.sound_at: float | None = None
        self.sound_ms = 0.0
        self.words = ""
        self.fault: Fault | None = None
        "Why there is no session, or no greeting."
        self.greeted = False
        "The greeting is complete."
        self._loudest = 0.0
        self._malformed = ""

    @property
    def over(self) -> bool:
        return self.fault is not None or self.greeted

    def said(self, event: model.ServerEvent | model.Unknown, now: float) -> Sequence[model.ClientEvent]:
        """What is to be said in answer."""
        commands = self._relay.model_said(event, now)
        self._note(event, now)
        for command in commands:
            if isinstance(command, ToPhone) and isinstance(command.event, Play):
                self._hear(command.event.payload, now)
        told = [command.event for command in commands if isinstance(command, ToModel)]
        if any(isinstance(each, model.CreateResponse) for each in told) and self.asked_at is None:
            self.asked_at = now
        return told

    def malformed(self, fault: str) -> None:
        """The service has said what is no event."""
        self._malformed = fault

    def lost(self, why: str) -> None:
        """Its connection has ended."""
        if not self.over:
            self.fault = mending.of_loss(why, self._stage)

    def unreachable(self, failure: Exception) -> None:
        if not self.over:
            self.fault = mending.of_unreachable(failure)

    def too_late(self, seconds: float) -> None:
        if not self.over:
            self.fault = mending.of_silence(self._stage, seconds, self._malformed)

    @property
    def _stage(self) -> str:
        if not self.model:
            return "session.created"
        if self.ready_at is None:
            return "session.updated"
        return "a sound" if self.sound_at is None else "the end of the greeting"

    def _note(self, event: object, now: float) -> None:
        match event:
            case model.SessionCreated(session=session):
                self.model = session.model or "(a model without a name)"
            case model.Error(error=error) if not is_benign(error):
                self.fault = self.fault or mending.of_error(error)
            case model.SessionUpdated():
                self._confirmed(now)
            case model.OutputTranscriptDelta(delta=words):
                self.words += words
            case model.ResponseDone(response=response):
                self._done(response)

    def _confirmed(self, now: float) -> None:
        if self._relay.over is not None:
            self.fault = Fault(self._relay.over.detail, mending.MODEL)
        elif self._relay.phase is Phase.TALKING and self.ready_at is None:
            self.ready_at = now

    def _hear(self, payload: str, now: float) -> None:
        self.sound_at = now if self.sound_at is None else self.sound_at
        self.sound_ms += audio_ms(payload)
        self._loudest = max(self._loudest, peak(ulaw_decode(b64decode(payload))))

    def _done(self, response: model.Response) -> None:
        heard = self.sound_at is not None
        if heard and response.status == "completed":
            self.greeted = self._loudest >= SILENT
            self.fault = None if self.greeted else mending.NOTHING_BUT_SILENCE
        else:
            self.fault = self.fault or mending.of_response(response, cause_of(response), self.sound_ms)
