"""What answers in place of OpenAI: engines at work in threads, shared by sessions."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import trio

from twiliobridge.audio import AudioFormat, Resampler, at_speed, to_float, to_int16
from twiliobridge.offline.brain import Brain, Part
from twiliobridge.offline.cues import Cued, Cues
from twiliobridge.offline.engines import EngineFailed, Engines, Voice
from twiliobridge.offline.faults import Answer, Loss
from twiliobridge.offline.incidents import Draws, Incident
from twiliobridge.offline.jobs import Recognise, Speak
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.mcp.servers import McpServers
from twiliobridge.offline.obedience import Obedience
from twiliobridge.offline.session import OfflineSession, Opening
from twiliobridge.offline.whims import Whims
from twiliobridge.realtime.session import DEFAULT_MODEL, SessionUpdate

T = TypeVar("T")


@dataclass(eq=False)
class OfflineModel:
    """Any number of sessions may share one; each engine does one piece of work at a time, in a thread.

    A session that is cancelled waits for the piece in hand, a fraction of a second: no thread outlives it.
    """

    engines: Engines
    new_brain: Callable[[], Brain]
    "Makes the brain of one session."
    knobs: Knobs = field(default_factory=Knobs)
    mcp: McpServers = field(default_factory=McpServers)
    "Whom sessions may ask for tools."
    cues: Cues = field(default_factory=Cues, init=False)
    "What tests want the next responses to be."
    _ears: trio.CapacityLimiter = field(default_factory=lambda: trio.CapacityLimiter(1), init=False)
    _mouth: trio.CapacityLimiter = field(default_factory=lambda: trio.CapacityLimiter(1), init=False)
    _sessions: int = field(default=0, init=False)
    _answers: Draws[Answer] = field(init=False)
    _losses: Draws[Loss] = field(init=False)

    def __post_init__(self) -> None:
        self._answers = Draws(self.knobs.refuse, f"{self.knobs.seed}/refuse")
        self._losses = Draws(self.knobs.lose, f"{self.knobs.seed}/lose")

    def next_seed(self) -> str:
        """Of the ids of a new session."""
        self._sessions += 1
        return f"{self.knobs.seed}/{self._sessions}"

    def answered(self) -> Incident[Answer] | None:
        """How the next handshake is refused; None if it is not."""
        return self._answers.next()

    def new_session(
        self, seed: str, model: str, now: float, update: SessionUpdate | None = None
    ) -> OfflineSession:
        opening = Opening(
            model=model or DEFAULT_MODEL,
            created_at=int(time.time()),
            seed=seed,
            hears=self.engines.recogniser is not None,
            update=update,
            loss=self._losses.next(),
        )
        obedient = Obedience(self.new_brain(), self.engines.can_say, seed)
        brain = Cued(Whims(obedient, self.knobs, seed), self.cues)
        return OfflineSession(brain, self.engines.gate(), now, opening, self.knobs)

    def say_next(self, *parts: Part | str, after: str = "") -> None:
        """The next response, of whichever session, is these parts: `Cues.say_next`."""
        self.cues.say_next(*parts, after=after)

    async def recognise(self, job: Recognise) -> str | None:
        """None where the engine failed."""
        recogniser = self.engines.recogniser
        assert recogniser is not None  # a session without ears asks for nothing
        try:
            return await self._work(self._ears, partial(recogniser.recognise, job.samples, job.rate))
        except EngineFailed:
            return None

    async def speak(self, job: Speak, deliver: Callable[[bytes], bool]) -> None:
        """Hands every piece to `deliver` as soon as it is made, until it says False. Raises EngineFailed."""
        pieces = encoded(self.engines.voice, job.text, job.format, job.speed)
        wanted = True
        while wanted:
            piece = await self._work(self._mouth, lambda: next(pieces, None))
            if piece is None:
                return
            wanted = deliver(piece)

    async def _work(self, one_at_a_time: trio.CapacityLimiter, piece: Callable[[], T]) -> T:
        if not self.engines.at_once:
            return await trio.to_thread.run_sync(piece, limiter=one_at_a_time)
        await trio.lowlevel.checkpoint()
        return piece()


def encoded(voice: Voice, text: str, audio_format: AudioFormat, speed: float = 1.0) -> Iterator[bytes]:
    """Speech as a session's bytes, piece by piece."""
    resampler = Resampler(voice.rate, audio_format.rate)
    for samples in voice.speak(text):
        paced = at_speed(to_float(samples), voice.rate, speed)
        yield audio_format.encode(to_int16(resampler.feed(paced)))
    yield audio_format.encode(to_int16(resampler.flush()))
