"""The mind of a call, from outside: events and the time go in, commands come out.

It never waits, never asks the time and never fails for what a peer says: the protocols below have already
refused what is malformed. Whoever carries it calls `wake(now)` at `deadline()` at the latest.
"""

from collections.abc import Sequence

from twiliobridge.conversation import farewell, model_side, phone_side, timers
from twiliobridge.conversation.agent import Agent
from twiliobridge.conversation.call_info import CallInfo
from twiliobridge.conversation.commands import Command
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.mind import Mind, Phase
from twiliobridge.conversation.transcript import Line
from twiliobridge.mediastream.events import Mark, Media, TwilioEvent
from twiliobridge.mediastream.events import Unknown as UnknownToPhone
from twiliobridge.realtime.events import OutputAudioDelta, ServerEvent
from twiliobridge.realtime.events import Unknown as UnknownToModel

_UNHURRIED = frozenset({Media, Mark})
"What brings no deadline closer while both talk."


class Relay:
    __slots__ = ("_mind", "due")

    def __init__(self, agent: Agent, limits: Limits, now: float) -> None:
        """Begins to count the bounds of `limits` at `now` (seconds, any origin)."""
        self._mind = Mind.at_birth(agent, limits, now)
        self.due: float | None = None
        "The last deadline; None where something has come since that may bring one closer."

    @property
    def phase(self) -> Phase:
        return self._mind.phase

    @property
    def call(self) -> CallInfo | None:
        """Which call this is; None before Twilio's `start`."""
        start = self._mind.start
        if start is None:
            return None
        return CallInfo(start.call_sid, start.stream_sid, start.custom_parameters, self.transcript)

    @property
    def transcript(self) -> Sequence[Line]:
        return self._mind.transcript.lines

    def phone_said(self, event: TwilioEvent | UnknownToPhone, now: float) -> Sequence[Command]:
        mind = self._mind
        if type(event) not in _UNHURRIED or mind.phase is not Phase.TALKING:
            if mind.phase is Phase.ENDED:
                return ()
            self.due = None
        return phone_side.PHONE[type(event)](mind, event, now)

    def model_said(self, event: ServerEvent | UnknownToModel, now: float) -> Sequence[Command]:
        mind = self._mind
        if type(event) is not OutputAudioDelta or mind.phase is not Phase.TALKING:
            if mind.phase is Phase.ENDED:
                return ()
            self.due = None
        mind.model_heard, mind.probed = now, False
        react = model_side.MODEL.get(type(event), phone_side.ignore)
        return react(mind, event, now)

    def tool_done(self, call_id: str, output: str, now: float) -> Sequence[Command]:
        """A tool's answer, or the error text that stands for one."""
        if self._mind.phase is Phase.ENDED:
            return ()
        self.due = None
        return model_side.answer_tool(self._mind, call_id, output, now)

    def phone_lost(self, ending: Ending, detail: str, now: float) -> Sequence[Command]:
        """The phone's wire is gone: nobody is left to hear anything."""
        return () if self._mind.phase is Phase.ENDED else self._mind.hang_up(ending, detail)

    def model_lost(self, ending: Ending, detail: str, now: float) -> Sequence[Command]:
        """The model's wire is gone: what is queued is still heard, within a bound."""
        if self._mind.phase is Phase.ENDED:
            return ()
        self.due = None
        return farewell.model_gone(self._mind, ending, detail, now)

    def deadline(self) -> float | None:
        """When `wake` must be called next, if nothing happens before; None once the call has ended.

        It may be early: while both talk, audio only moves deadlines away, and is not asked by how much.
        """
        if self.due is None:
            self.due = timers.deadline(self._mind)
        return self.due

    def wake(self, now: float) -> Sequence[Command]:
        """Does what is due. Harmless when nothing is."""
        self.due = None
        return timers.wake(self._mind, now)
