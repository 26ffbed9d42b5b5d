"""A test's script: what the next responses say, call, or fail by, whoever asks for them."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from twiliobridge.offline.brain import Brain, CallTool, Part, Reply, Request, Say
from twiliobridge.offline.words import normalised
from twiliobridge.realtime.items import Item

MOST_CUES = 1000


@dataclass(frozen=True)
class Cue:
    """One response, once."""

    reply: Reply
    after: str = ""
    "Only in a conversation in which these words were said, by whomever; empty: in any."

    def suits(self, memory: Sequence[Item]) -> bool:
        return not self.after or normalised(self.after) in normalised(" ".join(_words(memory)))


def _words(memory: Sequence[Item]) -> Iterator[str]:
    for item in memory:
        yield from (part.words for part in item.content or ())
        yield item.output or ""


class Cues:
    """What is queued, first in, first out; shared by all sessions of a model."""

    def __init__(self) -> None:
        self._queued: deque[Cue] = deque()

    @property
    def queued(self) -> tuple[Cue, ...]:
        return tuple(self._queued)

    def say_next(self, *parts: Part | str, after: str = "") -> None:
        """Queues one response: its parts in order, a text for speech; no part at all is silence.

        A function that is not on offer is called all the same. Raises ValueError if `MOST_CUES` are queued.
        """
        if len(self._queued) >= MOST_CUES:
            raise ValueError(f"{MOST_CUES} responses are queued already")
        self._queued.append(Cue(tuple(map(_part, parts)), after))

    def clear(self) -> None:
        self._queued.clear()

    def take(self, memory: Sequence[Item]) -> Reply | None:
        """The first that suits the conversation, which is then no longer queued; None if none does."""
        cue = next((cue for cue in self._queued if cue.suits(memory)), None)
        if cue is None:
            return None
        self._queued.remove(cue)
        return cue.reply


def _part(part: Part | str) -> Part:
    if isinstance(part, str):
        return Say(part)
    return replace(part, invented=True) if isinstance(part, CallTool) else part


class Cued:
    """A `brain.Brain` around another, which decides where nothing is queued."""

    def __init__(self, brain: Brain, cues: Cues) -> None:
        self._brain = brain
        self._cues = cues

    def decide(self, memory: Sequence[Item], request: Request) -> Reply:
        reply = self._cues.take(memory)
        return self._brain.decide(memory, request) if reply is None else reply

    def expects(self, memory: Sequence[Item]) -> str:
        return self._brain.expects(memory)
