"""Turns to which the suite's own model answers what it is told to answer."""

from dataclasses import dataclass

import trio

from twiliobridge.offline import Part
from twiliobridge.realtime import events as model
from twiliobridge.realtime.events import CreateItem
from twiliobridge.realtime.items import Content, Item
from twiliobridge.validate.examination import Examination
from twiliobridge.validate.model_session import ModelSession
from twiliobridge.validate.phases import NO_SESSION, Missed
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.waiting import until

ASKED_WITHIN = 15.0
"Seconds, from the end of the caller's words to the model's answer."
NOT_OURS = "the model is not the suite's own, so it is not known what it will answer"


@dataclass
class CuedTurn:
    """The caller says something, and the model's next response in this call is made of `parts`."""

    exam: Examination
    call: ProbeCall
    parts: tuple[Part, ...]
    asked_at: float = 0.0
    "When the caller began to speak, in seconds."
    done_at: float = 0.0
    "When the response was over."

    async def say(self, audio: bytes) -> Missed:
        """Says it; returns when the model has answered."""
        cues, sessions = self.exam.target.cues, self.call.sessions
        if cues is None:
            return NOT_OURS
        if not sessions:
            return NO_SESSION
        session, key = sessions[-1], self.call.client.identity.call_sid
        session.ask(CreateItem(item=_note(key)))
        cues.say_next(*self.parts, after=key)
        self.asked_at = trio.current_time()
        await self.call.say(audio)
        if not await until(lambda: self._is_taken(key) or not self.call.up, ASKED_WITHIN):
            return "the model was asked for no answer"
        await until(lambda: _done(session, self.asked_at) is not None or not self.call.up, ASKED_WITHIN)
        done = _done(session, self.asked_at)
        self.done_at = done or 0.0
        return "" if done else "the model's answer did not come to its end"

    def _is_taken(self, key: str) -> bool:
        cues = self.exam.target.cues
        return cues is not None and all(cue.after != key for cue in cues.queued)


def _note(key: str) -> Item:
    """Tells the conversation of this call from all others."""
    told = Content(type="input_text", text=f"Reference: {key}.")
    return Item(type="message", role="system", content=(told,))


def _done(session: ModelSession, since: float) -> float | None:
    return next((at for at, _ in session.events(model.ResponseDone) if at >= since), None)
