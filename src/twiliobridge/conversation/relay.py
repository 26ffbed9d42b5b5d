"""The mind of a call, from outside: events and the time go in, commands come out.

It never waits, never asks the time and never fails for what a peer says: the protocols below have already
refused what is malformed. Whoever carries it calls `wake(now)` at `deadline()` at the latest. Once the call
is over, nothing has an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

from twiliobridge.conversation import agent_side, model_side, phone_side, resuming, timers
from twiliobridge.conversation.agent import Agent
from twiliobridge.conversation.call_info import CallInfo
from twiliobridge.conversation.commands import Command, HangUp
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.phase import TALKING, Phase
from twiliobridge.conversation.sessions import SessionRecord, Stage
from twiliobridge.conversation.transcript import Line
from twiliobridge.mediastream.events import Mark, Media, TwilioEvent
from twiliobridge.mediastream.events import Unknown as UnknownToPhone
from twiliobridge.realtime.events import OutputAudioDelta, ServerEvent
from twiliobridge.realtime.events import Unknown as UnknownToModel

Leg = Literal["phone", "model"]

STALLED = {"phone": Ending.PHONE_STALLED, "model": Ending.MODEL_STALLED}
UNREADABLE = {"phone": Ending.PHONE_UNREADABLE, "model": Ending.MODEL_LOST}
LEFT: Mapping[Leg, Callable[..., list[Command]]] = {"phone": Mind.end, "model": resuming.lost}
"What follows when a side is of no more use: of models there are others."

UNHURRIED = frozenset({Media, Mark})
"""What brings no deadline closer while both talk: audio, and the marks behind it.

These are a hundred events a second; `may_be_due_earlier` spares each of them a look at all timers.
"""

UNHURRIED_REACTIONS = (None, agent_side.on_agent_transcript)
"Likewise of the model's other events: words are written down, and most events change nothing."


class Relay:
    __slots__ = ("_mind", "may_be_due_earlier")

    def __init__(self, agent: Agent, limits: Limits, now: float) -> None:
        """Begins to count the bounds of `limits` at `now` (seconds, any origin)."""
        self._mind = Mind.at_birth(agent, limits, now)
        self.may_be_due_earlier = True
        "Something has come since `deadline` was last asked that may have brought it closer."

    @property
    def phase(self) -> Phase:
        return self._mind.phase

    @property
    def over(self) -> HangUp | None:
        """How the call ended; None while it lasts."""
        return self._mind.over

    @property
    def call_sid(self) -> str:
        """Empty before Twilio's `start`; so is stream_sid."""
        start = self._mind.start
        return start.call_sid if start else ""

    @property
    def stream_sid(self) -> str:
        start = self._mind.start
        return start.stream_sid if start else ""

    @property
    def sessions(self) -> Sequence[SessionRecord]:
        """Each session with the model, and each attempt at one."""
        return self._mind.sessions.records

    @property
    def transcript(self) -> Sequence[Line]:
        return self._mind.transcript.lines

    def call_info(self, now: float) -> CallInfo:
        """What a tool may know that is called now; Twilio's `start` is in by then."""
        start = self._mind.start
        assert start is not None
        unheard = {each.part.item_id: each.heard_ms for each in self._mind.playout.unheard(now)}
        so_far = self._mind.transcript.lines_heard(unheard)
        return CallInfo(start.call_sid, start.stream_sid, start.custom_parameters, so_far)

    # ------------------------------------------------ what the peers say

    def phone_said(self, event: TwilioEvent | UnknownToPhone, now: float) -> Sequence[Command]:
        mind = self._mind
        if type(event) not in UNHURRIED or mind.phase is not TALKING:
            if mind.phase is Phase.ENDED:
                return ()
            self.may_be_due_earlier = True
        return phone_side.PHONE[type(event)](mind, event, now)

    def model_said(self, event: ServerEvent | UnknownToModel, now: float) -> Sequence[Command]:
        mind = self._mind
        react = model_side.MODEL.get(type(event))
        if type(event) is not OutputAudioDelta or mind.phase is not TALKING:
            if mind.phase is Phase.ENDED or mind.sessions.stage is Stage.AWAY:
                return ()
            if react not in UNHURRIED_REACTIONS:
                self.may_be_due_earlier = True
        mind.model_heard, mind.probed = now, False
        return () if react is None else react(mind, event, now)

    def tool_done(self, call_id: str, output: str, now: float) -> Sequence[Command]:
        """A tool's answer, or the error text that stands for one."""
        return self._while_it_lasts(agent_side.answer_tool, call_id, output, now)

    # ------------------------------------------------ what becomes of the wires

    def phone_lost(self, ending: Ending, detail: str, now: float) -> Sequence[Command]:
        """The phone's wire is gone: nobody is left to hear anything."""
        return self._while_it_lasts(Mind.end, ending, detail, now)

    def model_lost(
        self, ending: Ending, detail: str, now: float, *, transient: bool = True, pause: float = 0.0
    ) -> Sequence[Command]:
        """The model's wire is gone, or could not be opened: another is, or what is queued is heard out.

        `transient`: another attempt may fare better, after a pause of so many seconds.
        """
        lost = partial(resuming.lost, transient=transient, pause=pause)
        return self._while_it_lasts(lost, ending, detail, now)

    def session_expires(self, at: float) -> None:
        """The service ends the session in force then: before that, another takes its place."""
        self._mind.sessions.expires = at
        self.may_be_due_earlier = True

    def stalled(self, leg: Leg, detail: str, now: float) -> Sequence[Command]:
        """That side does not read: what it would be told now, it would be told too late."""
        return self._while_it_lasts(LEFT[leg], STALLED[leg], detail, now)

    def unreadable(self, leg: Leg, fault: str, faults: int, now: float) -> Sequence[Command]:
        """That side has said something malformed, the `faults`-th time; after too much of it, it is left."""
        most = self._mind.limits.most_faults
        if faults <= most:
            return ()
        detail = f"more than {most} faults, the last: {fault}"
        return self._while_it_lasts(LEFT[leg], UNREADABLE[leg], detail, now)

    def shutdown(self, now: float) -> Sequence[Command]:
        """The server stops, and waits no longer for its calls."""
        return self._while_it_lasts(Mind.end, Ending.SHUTDOWN, "", now)

    def _while_it_lasts(self, act: Callable[..., list[Command]], *args: object) -> Sequence[Command]:
        if self._mind.phase is Phase.ENDED:
            return ()
        self.may_be_due_earlier = True
        return act(self._mind, *args)

    # ------------------------------------------------ time

    def deadline(self) -> float | None:
        """When `wake` must be called next, if nothing happens before; None once the call has ended.

        Until `may_be_due_earlier` says otherwise, the answer is early enough.
        """
        self.may_be_due_earlier = False
        return timers.deadline(self._mind)

    def wake(self, now: float) -> Sequence[Command]:
        """Does what is due. Harmless when nothing is."""
        self.may_be_due_earlier = True
        return timers.wake(self._mind, now)
