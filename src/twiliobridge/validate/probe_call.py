"""A call of the suite's own, under observation."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import trio

from twiliobridge.audio import RATE, speech_frames, speech_ms
from twiliobridge.caller import (
    CallEnded,
    Cleared,
    ConnectionDropped,
    MockTwilioClient,
    Note,
    ServerClosed,
    StreamStarted,
    StreamStopped,
    Utterance,
)
from twiliobridge.validate.attribution import PlacedCall, sessions_told
from twiliobridge.validate.measure import overlap_ms
from twiliobridge.validate.model_session import ModelSession
from twiliobridge.validate.moments import live_moment
from twiliobridge.validate.result import Moment
from twiliobridge.validate.tap import ModelTap
from twiliobridge.validate.tracing import Cut, Delta, Play, Trace, trace
from twiliobridge.validate.trunk import Trunk
from twiliobridge.validate.turned_away import TurnedAway
from twiliobridge.validate.waiting import until

Tell = Callable[[Moment], None]

LOOK_EVERY = 0.02
"Seconds: a frame."
LATELY = RATE * 2
"Bytes of an answer, two seconds: no pause within a sentence is as long."


@dataclass(frozen=True)
class Spoken:
    """What the caller said: when the speech in it began and ended, in seconds."""

    began: float
    ended: float


class ProbeCall:
    """What a check sees of a call, and does in it. `client` is the phone itself."""

    def __init__(self, check_id: str, placed: PlacedCall, tap: ModelTap | None, tell: Tell) -> None:
        """`tap`: None where the model is not visible."""
        self.name = placed.name
        self.check_id = check_id
        self.trunk = Trunk()
        self.notes: list[tuple[float, Note]] = []
        self.cuts: list[Cut] = []
        self.began = 0.0
        "When the stream started, in seconds."
        self.client: MockTwilioClient
        self._placed = placed
        self._tap = tap
        self._tell = tell

    # ------------------------------------------------ what happens

    def noted(self, now: float, note: Note) -> None:
        self.notes.append((now, note))
        if isinstance(note, StreamStarted):
            self.began = now
        if isinstance(note, Cleared):
            end = self.trunk.received_bytes
            self.cuts.append(Cut(now, end - round(note.cut_ms * RATE / 1000), end))
        if isinstance(note, StreamStopped | ConnectionDropped | ServerClosed):
            self.over(now)
        if (moment := live_moment(self.seconds(now), note)) is not None:
            self._tell(moment)

    def over(self, now: float) -> None:
        """It has ended, now or before."""
        if self._placed.ended is None:
            self._placed.ended = now

    def seconds(self, now: float) -> float:
        """On the call's clock, which begins with the stream."""
        return max(0.0, now - self.began) if self.began else 0.0

    # ------------------------------------------------ what is done

    async def say(self, audio: bytes) -> Spoken:
        """Says it to its end, or as far as the line is up."""
        now = trio.current_time()
        try:
            return spoken(await self.client.line.say_all(audio))
        except CallEnded:
            return Spoken(now, trio.current_time())

    async def heard_for(self, ms: float, within: float) -> bool:
        """Whether `ms` of the current answer were heard `within` seconds, with speech among them: silence
        that is sent is not heard.
        """
        with trio.move_on_after(within), suppress(CallEnded):
            await self.client.wait_until_heard(ms)
            await until(lambda: self._speech_is_heard() or not self.up, within, LOOK_EVERY)
            return self._speech_is_heard()
        return False

    def _speech_is_heard(self) -> bool:
        """Since the caller's last words; in a long answer, lately."""
        line = self.client.line
        first = line.turns[-1].first_stretch if line.turns else 0
        stretches = line.heard.stretches[first:]
        return any(speech_frames(bytes(each.audio[-LATELY:])) for each in stretches)

    # ------------------------------------------------ what was seen

    @property
    def sessions(self) -> Sequence[ModelSession]:
        """The model's for this call, in the order in which they were dialled, also after its end. Ask anew
        for each use: whose a session is may show only as it goes on.
        """
        return () if self._tap is None else self._tap.attribution.of(self._placed)

    @property
    def session(self) -> ModelSession | None:
        sessions = self.sessions
        return sessions[0] if sessions else None

    @property
    def unclear_sessions(self) -> Sequence[ModelSession]:
        """The model's that may be for this call, or for another: nothing in them tells."""
        return () if self._tap is None else self._tap.attribution.unclear(self._placed)

    def sessions_with(self, other: "ProbeCall") -> Sequence[ModelSession]:
        """The sessions of this call or the other, also where it cannot be told of which."""
        both = (self._placed, other._placed)  # noqa: SLF001 -- another of ours
        return () if self._tap is None else self._tap.attribution.among(both)

    @property
    def turned_away(self) -> Sequence[TurnedAway]:
        """Whom the model refused since this call was placed, and until the end of it was long ago."""
        placed, refused = self._placed, self._tap.turned_away if self._tap else ()
        return [each for each in refused if placed.up(each.knock.at) or placed.lately_ended(each.knock.at)]

    @property
    def refused_by_model(self) -> bool:
        """Whether the bridge dialled the model in vain, and has no session for that."""
        return bool(self.turned_away) and self.session is None

    @property
    def why_no_session(self) -> str:
        """Where `session` is None: why what needs one cannot be told."""
        if self._tap is None:
            return "the model is not visible"
        if self.turned_away:
            return str(self.turned_away[-1])
        if unclear := len(self.unclear_sessions):
            told = sessions_told(unclear)
            return f"{told} dialled, and neither sound nor names nor time tell for which call"
        return "no session was dialled"

    @property
    def up(self) -> bool:
        return self.client.line.ending is None

    @property
    def first_heard_s(self) -> float | None:
        """From the stream's start; None if nothing was, or silence alone."""
        stretches = self.client.line.heard.stretches
        spoken = (each.began for each in stretches if speech_frames(bytes(each.audio)))
        return next((began - self.began for began in spoken), None)

    @property
    def heard(self) -> bytes:
        """All of the agent's audio that was heard, without the gaps."""
        return b"".join(bytes(each.audio) for each in self.client.line.heard.stretches)

    def heard_ms(self, begin: float, end: float) -> float:
        """How long the agent was heard between two times."""
        return overlap_ms(self.client.line.heard.stretches, begin, end)

    @property
    def agent_is_heard(self) -> bool:
        """Now, or at once: with speech in what was heard lately."""
        line = self.client.line
        now = trio.current_time()
        return (bool(line.queued_ms) or self.heard_ms(now - 0.02, now) > 0) and self._speech_is_heard()

    def received_until(self, at: float) -> int:
        """Bytes of audio that had come by then."""
        return max(
            (each.position + len(each.audio) for each in self.trunk.arrived if each.at <= at), default=0
        )

    def traced(self) -> Trace:
        """What came to the phone, found in what the model said."""
        deltas = [
            Delta(*each, session.output_format) for session in self.sessions for each in session.spoken()
        ]
        plays = [Play(each.at, each.position, each.audio) for each in self.trunk.arrived if each.audio]
        return trace(deltas, plays)


def spoken(utterance: Utterance) -> Spoken:
    """When the speech in it was said; of the whole of it, if it is too quiet to tell."""
    began = utterance.began or 0.0
    first, last = speech_ms(bytes(utterance.audio))
    return Spoken(began + first / 1000, began + (last or utterance.duration_ms) / 1000)
