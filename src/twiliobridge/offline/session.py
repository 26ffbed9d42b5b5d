"""A Realtime session without OpenAI: in goes what the client says, out comes what is said and done about it.

Pure: no clock, no socket, no thread. `now` is in seconds of any clock that does not go back; whoever drives
the session calls `wake` at `deadline`, carries out the jobs, and hands their results to `heard` and `spoken`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from twiliobridge.conversation.vad import Gate
from twiliobridge.offline.agenda import Agenda
from twiliobridge.offline.brain import Brain
from twiliobridge.offline.engines import Closable
from twiliobridge.offline.faults import Loss
from twiliobridge.offline.incidents import Incident
from twiliobridge.offline.items import Conversation
from twiliobridge.offline.jobs import Action, McpOutcome, Recognise
from twiliobridge.offline.knobs import Knobs, Transcripts
from twiliobridge.offline.listening import Listening
from twiliobridge.offline.losing import Losing, expired
from twiliobridge.offline.mcp.rpc import Tool
from twiliobridge.offline.noise import Noises, Turn
from twiliobridge.offline.outlet import Outlet
from twiliobridge.offline.rate_limits import RateLimits
from twiliobridge.offline.requests import Requests
from twiliobridge.offline.responding import Responding
from twiliobridge.offline.response import OutputResponse
from twiliobridge.realtime.errors import RemoteProtocolError, error_event
from twiliobridge.realtime.events import (
    ClientEvent,
    ServerEvent,
    SpeechStarted,
)
from twiliobridge.realtime.ids import Ids
from twiliobridge.realtime.merge import first_session
from twiliobridge.realtime.session import DEFAULT_MODEL, Session, SessionUpdate


@dataclass(frozen=True)
class Opening:
    """What a session is opened with."""

    model: str = DEFAULT_MODEL
    created_at: int = 0
    "Seconds since the epoch; only `expires_at` is reckoned from it."
    seed: str = ""
    "Of all ids; another one for every session."
    hears: bool = True
    "Whether somebody carries out Recognise jobs; otherwise the brain's next expected line is taken as heard."
    update: SessionUpdate | None = None
    "What the session begins with beside the defaults; of a client secret, say."
    loss: Incident[Loss] | None = None
    "Of its socket."

    def session(self, session_id: str, seconds: float) -> Session:
        """The session object as it stands at the beginning of its `seconds`."""
        return first_session(self.model, session_id, self.created_at + round(seconds), self.update)


class OfflineSession:
    """Every method that takes `now` returns what is to be done, in order; nothing comes after a Close."""

    def __init__(self, brain: Brain, gate: Gate, now: float, opening: Opening, knobs: Knobs) -> None:
        self._brain = brain
        self._knobs = knobs
        self._hears = opening.hears
        self._gate = gate
        ids = Ids(opening.seed)
        session = opening.session(ids.new("sess"), knobs.session_seconds)
        self._conversation = Conversation()
        rng = Random(opening.seed)  # noqa: S311 -- obfuscation, nothing secret
        self._listening = Listening(session, self._conversation, gate, ids, rng)
        self._responding = Responding(self._conversation, brain, knobs, ids, opening.seed)
        self._requests = Requests(
            session,
            self._conversation,
            self._listening,
            self._responding,
            ids,
            words_first=knobs.transcripts is Transcripts.BEFORE,
        )
        self._limits = RateLimits(now)
        self._expires = now + knobs.session_seconds
        self._idle_at: float | None = None
        self._later = Agenda()
        self._held: list[ServerEvent] = []
        self._outlet = Outlet(knobs, Losing(opening.loss, knobs.drop_after, opening.seed))
        self._noises = Noises(knobs.noise, opening.seed)

    @property
    def session_id(self) -> str:
        return self._requests.session.id

    # ------------------------------------------------------------ what happens to it

    def open(self, now: float) -> list[Action]:
        return self._out(self._requests.opened(), now)

    def client_said(self, event: ClientEvent, now: float) -> list[Action]:
        try:
            return self._out(self._requests.answer(event), now)
        except RemoteProtocolError as fault:
            return self.refuse(RemoteProtocolError.like(fault, event.event_id), now)

    def refuse(self, fault: RemoteProtocolError, now: float) -> list[Action]:
        """The client said what cannot be read, or is not allowed now: it is told, and the session goes on."""
        return self._out([error_event(fault)], now)

    def heard(self, item_id: str, text: str | None, now: float) -> list[Action]:
        """The words of a Recognise job; None where the recogniser failed."""
        return self._out(self._understood(item_id, text, now), now)

    def spoken(self, item_id: str, audio: bytes, now: float, *, last: bool) -> list[Action]:
        """A piece of the audio of a Speak job, in the job's format."""
        return self._out(self._responding.spoken(item_id, audio, last=last, now=now), now)

    def voice_failed(self, item_id: str, reason: str, now: float) -> list[Action]:
        """A Speak job could not be carried out: its response fails."""
        return self._out(self._responding.voice_failed(item_id, reason), now)

    def listed(self, item_id: str, tools: tuple[Tool, ...] | None, now: float) -> list[Action]:
        """What an MCP server offers, of a ListTools job; None where that could not be found out."""
        return self._out([*self._requests.listings.listed(item_id, tools)], now)

    def called(self, item_id: str, outcome: McpOutcome, now: float) -> list[Action]:
        """What a CallMcp job came to."""
        approved = self._requests.approvals.called(item_id, outcome)
        return self._out([*approved, *self._responding.called(item_id, outcome, now)], now)

    def awaits(self, item_id: str) -> bool:
        """Whether more audio of that Speak job is still wanted."""
        return not self._outlet.closed and self._responding.awaits(item_id)

    def close(self) -> None:
        """It is over, and is told of nothing any more: what its ears hold may serve another."""
        if isinstance(self._gate, Closable):
            self._gate.close()

    # ------------------------------------------------------------ time

    def deadline(self) -> float | None:
        """The next moment at which `wake` must be called; None once it is over."""
        if self._outlet.closed:
            return None
        moments = [
            self._expires,
            self._idle_at,
            self._responding.deadline(),
            self._outlet.losing.deadline(),
            self._noises.deadline(),
            self._later.deadline(),
        ]
        return min(moment for moment in moments if moment is not None)

    def wake(self, now: float) -> list[Action]:
        if now >= self._expires:
            return self._out(expired(), now)
        idle = self._fell_idle(now) if self._idle_at is not None and now >= self._idle_at else []
        return self._out([*self._later.due(now), *idle, *self._noise(now), *self._responding.wake(now)], now)

    def _noise(self, now: float) -> list[Action]:
        """What is taken for speech, and has no words."""
        match self._noises.wake(now):
            case Turn.BEGINS:
                return self._requests.noise_begins()
            case Turn.ENDS:
                return self._found(self._requests.noise_ends(), lambda: "", now)
        return []

    def _fell_idle(self, now: float) -> list[Action]:
        """The caller has been silent for `idle_timeout_ms`: an empty turn, which the model answers."""
        self._idle_at = None
        if self._listening.buffer.speaking or self._responding.active:
            return []
        quiet = self._found(self._listening.too_quiet(), lambda: "", now)
        return [*quiet, *self._requests.turn_answered()]

    # ------------------------------------------------------------ what follows from it

    def _understood(self, item_id: str, text: str | None, now: float) -> list[Action]:
        news = self._listening.understood(item_id, text)
        if self._knobs.transcripts is Transcripts.DURING:
            for number, event in enumerate(news[1:], 1):
                self._later.add(now + self._knobs.word_gap * number, event)
            news = news[:1]
        if self._knobs.transcripts is Transcripts.NEVER:
            news = []
        if self._knobs.transcripts is Transcripts.AFTER and self._responding.active:
            self._held += news
            news = []
        return [*news, *self._requests.postponed()]

    def _out(self, actions: list[Action], now: float) -> list[Action]:
        """All that follows from `actions` without waiting, as it leaves the session."""
        if self._outlet.closed:
            return []
        if not self._hears:
            actions = self._found(actions, lambda: self._brain.expects(self._conversation.memory()), now)
        actions += self._responding.compose(self._listening.unheard, now)
        actions += self._responding.wake(now)
        for response in self._responding.sweep():
            actions += self._ended(response, now)
        if any(isinstance(action, SpeechStarted) for action in actions):
            self._idle_at = None
        self._noises.saw(actions, now)
        return self._outlet.passed(actions, now)

    def _found(self, actions: list[Action], words: Callable[[], str], now: float) -> list[Action]:
        """The same, with `words` instead of the jobs to find them."""
        jobs = [action for action in actions if isinstance(action, Recognise)]
        kept: list[Action] = [action for action in actions if not isinstance(action, Recognise)]
        for job in jobs:
            kept += self._understood(job.item_id, words(), now)
        return kept

    def _ended(self, response: OutputResponse, now: float) -> list[Action]:
        self._limits.spend(response.tokens, now)
        if self._knobs.rate_limits_after is not None:
            moment = now + self._knobs.rate_limits_after
            self._later.add(moment, self._limits.told(moment))
        if not response.order.in_band:
            return []
        self._listening.answered()
        heard_until = max(now, response.heard_until)
        if not response.calls:
            self._outlet.losing.moments.heard_out(heard_until)
            self._noises.moments.heard_out(heard_until)
        rules = self._listening.rules
        if rules and rules.idle_timeout_ms and response.status == "completed":
            self._idle_at = heard_until + rules.idle_timeout_ms / 1000
        held, self._held = self._held, []
        return [*held]
