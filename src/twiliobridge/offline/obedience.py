"""A brain around a brain: what the client demands of a reply, by `tool_choice` and in words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from twiliobridge.offline import wishes
from twiliobridge.offline.brain import Brain, CallTool, Offer, Part, Reply, Request, Say
from twiliobridge.offline.fitting import fitting
from twiliobridge.offline.schema_values import arguments
from twiliobridge.offline.wishes import Force, Limit
from twiliobridge.realtime.items import Item

LATEST = 3
"Messages of the caller in which values for arguments are looked for."


class Obedience:
    """A `brain.Brain`. `can_say` is the voice's: words that it cannot speak are left to the brain within.

    1. `tool_choice` names a function: it is called, and nothing is said. `required`: one is called, the one
       that fits best what was said, or else the first. So it is after its output, too, as long as the choice
       stands: the live service goes on calling, and clients have to change it (livekit/agents issue 1145).
    2. Words that instructions, system items or a typed message want said are said. What counts as that, and
       how long it is in force, is in `wishes.py`.
    3. Everything else is the brain within; its reply is made as short as was asked for.
    4. Where parallel calls are not allowed, only the first call of a reply is made.
    """

    def __init__(self, brain: Brain, can_say: Callable[[str], bool], seed: str = "") -> None:
        self._brain = brain
        self._can_say = can_say
        self._seed = seed

    def decide(self, memory: Sequence[Item], request: Request) -> Reply:
        scene = Scene.of(memory, request)
        reply = self._called(scene) or self._said(scene) or self._decided(scene)
        return _one_call(reply) if not request.parallel else reply

    def expects(self, memory: Sequence[Item]) -> str:
        return self._brain.expects(memory)

    # ------------------------------------------------------------ calls

    def _called(self, scene: "Scene") -> Reply:
        """The calls that must be made, whatever else might be said."""
        if (name := scene.demanded) is not None:
            return tuple(self._call(offer, scene) for offer in scene.request.offers if offer.name == name)
        if scene.request.tool_choice != "required" or not scene.request.offers:
            return ()
        inner = self._brain.decide(scene.memory, scene.request)
        if any(isinstance(part, CallTool) and part.name in scene.request.tools for part in inner):
            return inner
        offers = fitting(scene.request.offers, scene.latest) or scene.request.offers[:1]
        return tuple(self._call(offer, scene) for offer in offers)

    def _call(self, offer: Offer, scene: "Scene") -> CallTool:
        texts = (*scene.heard, *scene.fresh)
        return CallTool(offer.name, arguments(offer.parameters, texts, f"{self._seed}/{len(scene.memory)}"))

    # ------------------------------------------------------------ words

    def _said(self, scene: "Scene") -> Reply:
        words = next((words for words in scene.wanted() if self._speakable(words, scene)), None)
        return (Say(words),) if words else ()

    def _decided(self, scene: "Scene") -> Reply:
        offers = () if any(map(wishes.without_tools, scene.fresh)) else scene.request.offers
        reply = self._brain.decide(scene.memory, replace(scene.request, offers=offers))
        limit = scene.limit
        return tuple(self._short(part, limit, scene) for part in reply) if limit else reply

    def _short(self, part: Part, limit: Limit, scene: "Scene") -> Part:
        if not isinstance(part, Say):
            return part
        words = wishes.shortened(part.text, limit)
        return replace(part, text=words) if self._speakable(words, scene) else part

    def _speakable(self, words: str, scene: "Scene") -> bool:
        return scene.request.written or self._can_say(words)


@dataclass(frozen=True)
class Scene:
    """A conversation as one who obeys sees it: who demands what, and since when."""

    memory: Sequence[Item]
    request: Request
    heard: tuple[str, ...]
    "The caller's latest messages, newest first."
    typed: str
    "The latest message, where the user typed it and nothing has come after it."
    fresh: tuple[str, ...]
    "Instructions for this reply, newest first."
    standing: tuple[str, ...]
    "Instructions for every reply, newest first."

    @classmethod
    def of(cls, memory: Sequence[Item], request: Request) -> "Scene":
        begun = max((place for place, item in enumerate(memory, 1) if _of_the_model(item)), default=0)
        news = [_words(item) for item in memory[begun:] if item.role == "system"]
        older = [_words(item) for item in memory[:begun] if item.role == "system"]
        heard = [_words(item) for item in memory if item.role == "user" and _words(item)]
        return cls(
            memory=memory,
            request=request,
            heard=tuple(heard[: -LATEST - 1 : -1]),
            typed=_typed(memory[-1]) if memory else "",
            fresh=tuple(filter(None, (_own_lines(request), *reversed(news)))),
            standing=(*reversed(older), request.standing or request.instructions),
        )

    @property
    def latest(self) -> str:
        return self.heard[0] if self.heard else ""

    @property
    def demanded(self) -> str | None:
        """The one function that must be called: by the tool choice, or by its name in words."""
        if self.request.tool_choice not in {"auto", "required"}:
            return self.request.tool_choice
        texts = (*self.fresh, self.typed)
        return next(filter(None, (wishes.named_tool(text, self.request.tools) for text in texts)), None)

    def wanted(self) -> Iterator[str]:
        """The words that somebody wants said, whoever comes first."""
        talk = " ".join(map(_words, self.memory))
        forces = (
            *((text, Force.FRESH) for text in self.fresh),
            (self.typed, Force.TYPED),
            *((text, Force.STANDING) for text in self.standing),
        )
        yield from filter(None, (wishes.wanted(text, force, talk) for text, force in forces))
        if not any(map(_of_the_model, self.memory)):
            yield from filter(None, map(wishes.opening, self.standing)) if not self.heard else ()
        elif any(map(wishes.greets, self.fresh)):
            yield wishes.GREETING

    @property
    def limit(self) -> Limit | None:
        texts = (*self.fresh, self.typed, *self.standing)
        return next(filter(None, map(wishes.limit, texts)), None)


def _own_lines(request: Request) -> str:
    """The response's instructions without the lines of the session's: clients repeat what these replace."""
    standing = {line.strip() for line in request.standing.splitlines()}
    return "\n".join(line for line in request.wish.splitlines() if line.strip() not in standing)


def _of_the_model(item: Item) -> bool:
    return item.role == "assistant" or item.type == "function_call"


def _words(item: Item) -> str:
    return " ".join(part.words for part in item.content or () if part.words)


def _typed(item: Item) -> str:
    parts = (item.content or ()) if item.role == "user" else ()
    return " ".join(part.text for part in parts if part.text)


def _one_call(reply: Reply) -> Reply:
    calls = [place for place, part in enumerate(reply) if isinstance(part, CallTool)]
    return tuple(part for place, part in enumerate(reply) if place not in calls[1:])
