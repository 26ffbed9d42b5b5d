"""The stand-in in conversation: what is wanted, what it still needs, and what was asked and heard."""

import re
from collections.abc import Sequence

from twiliobridge.conversation.farewell import CALLED_OFF
from twiliobridge.offline.brain import CallTool, Offer, Reply, Say
from twiliobridge.offline.fitting import HANDOFF, Functions
from twiliobridge.offline.stand_in import sentences
from twiliobridge.offline.stand_in.errand import Errand
from twiliobridge.offline.stand_in.needs import Need, needs
from twiliobridge.offline.stand_in.recital import failed, recital
from twiliobridge.offline.stand_in.small_talk import Turn, turn
from twiliobridge.offline.words import keyed, normalised

MOST_QUESTIONS = 3
"For one argument; then the stand-in gives it up, and says so."

MAYBE = 0.5
"A fit that is not enough for a call is enough for a question, if another function fits as well."

CLOSE = 0.9
"Of the best score: what comes as near was perhaps meant."

_HANGS_UP = re.compile(
    r"(end|finish|close|terminate|stop|leave)_?(the_)?(call|conversation|session|chat)|hang_?up(_call)?",
    re.IGNORECASE,
)
"Names of functions that end a call."


class Service:
    """What an agent offers: functions to be asked for, and perhaps one that ends the call."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.hangs_up = next((offer for offer in offers if _HANGS_UP.fullmatch(offer.name)), None)
        self.functions = Functions([offer for offer in offers if not _HANGS_UP.fullmatch(offer.name)])
        self._needs = {offer.name: needs(offer) for offer in offers}

    def errand(self, offer: Offer) -> Errand:
        return Errand(offer, self._needs[offer.name])


class StandInTalk:
    """One conversation, a `replay.Talk`. Replies call nothing but what the service offers."""

    def __init__(self, service: Service) -> None:
        self._hangs_up = service.hangs_up
        self._begin = service.errand
        self._functions = service.functions
        self._offers = service.functions.offers
        self._errands: list[Errand] = []
        "What is wanted and was not called yet."
        self._latest: Errand | None = None
        "What was called last: the caller may correct it."
        self._rivals: tuple[Offer, ...] = ()
        "Of these, the caller is asked which."
        self._asked: Need | None = None
        "The argument that the caller has heard the question for, and not told."
        self._planned: tuple[str, Need | None] = ("", None)
        "The latest reply, and the argument that it asks for."
        self._misses = self._silences = 0

    def greet(self, words: str) -> Reply:
        return self._say(words or sentences.GREETING)

    def again(self) -> Reply:
        """The latest reply once more."""
        return self._say(*self._planned) if self._planned[0] else self.greet("")

    def said(self, text: str) -> None:
        """A question counts once its end was heard: a reply may come as several messages."""
        planned, need = self._planned
        if need is not None and text and planned.endswith(text):
            self._asked = need

    def answered(self, tool: str, output: str) -> Reply:
        if _HANGS_UP.fullmatch(tool):
            return () if output == CALLED_OFF else self._say(sentences.GOODBYE)
        if HANDOFF.match(tool) and not failed(output):
            return self._say(sentences.handed_over(HANDOFF.sub("", tool, count=1)))
        return self._say(recital(output))

    def heard(self, text: str) -> Reply:
        digits = keyed(text)
        kind = turn(normalised(text)) if digits is None else None
        if kind in _ASIDES:
            return self._aside(kind)
        asked, self._asked = self._asked, None
        if self._errands:
            reply = self._in_hand(text, kind, asked)
        else:
            reply = self._wished(text) or self._corrected(text, kind)
        return reply or self._small_talk(kind) or self._missed(text if digits is None else _keys(digits))

    # ------------------------------------------------------------ an errand

    def _in_hand(self, text: str, kind: Turn | None, asked: Need | None) -> Reply:
        """The answer to an open question, or something else instead."""
        if kind is Turn.NEVER_MIND:
            self._errands = []
            return self._say(sentences.WHAT_ELSE)
        if self._answered(text, kind, asked):
            return self._go_on()
        if self._is_new(text):
            return self._wished(text)
        return () if kind in _LEAVING else self._ask_again(kind)

    def _answered(self, text: str, kind: Turn | None, asked: Need | None) -> bool:
        """Whether an argument was told; any words will do for free text, unless they are about something."""
        errand = self._errands[0]
        if asked is None or errand.missing != asked:
            return errand.take(text)
        free = kind is None and not self._functions.fitting(text)
        return errand.answer(asked, text, free=free) or errand.take(text)

    def _is_new(self, text: str) -> bool:
        wanted = {errand.offer.name for errand in self._errands}
        return any(offer.name not in wanted for offer in self._functions.fitting(text))

    def _wished(self, text: str) -> Reply:
        """Begins what was asked for; of two that fit alike, asks which."""
        rivals, self._rivals = self._rivals, ()
        wishes = (rivals and Functions(rivals).fitting(text)) or self._functions.fitting(text)
        near = () if rivals or len(wishes) > 1 else self._near(text)
        if len(near) > 1:
            self._rivals = near
            return self._say(sentences.which(*near))
        if not wishes:
            return ()
        self._errands = [self._begin(offer) for offer in wishes]
        for errand in self._errands:
            errand.begin(self._part(text, errand.offer) if len(wishes) > 1 else text)
        return self._go_on()

    def _near(self, text: str) -> tuple[Offer, ...]:
        """The best fit, and one that comes near it by the same words."""
        found = self._functions.fits(text, MAYBE)
        near = [fit for fit in found if fit.score >= CLOSE * found[0].score and fit.by == found[0].by]
        return tuple(fit.offer for fit in near[:2])

    def _part(self, text: str, offer: Offer) -> str:
        """Of a sentence with several wishes, the part about this one; all of it if that is not told apart."""
        parts = re.split(r"\band\b|[,.?!]", text)
        about = [part.strip() for part in parts if offer in self._functions.fitting(part)]
        return ", ".join(about) or text

    def _corrected(self, text: str, kind: Turn | None) -> Reply:
        """Another argument for what was called last: "no, on Sunday"; "and on Sunday?"."""
        latest = self._latest
        if latest is None or kind is not None:
            return ()
        again = Errand(latest.offer, latest.needs, dict(latest.known))
        if not again.take(text):
            return ()
        self._errands = [again]
        return self._go_on()

    def _go_on(self) -> Reply:
        """Asks for what is missing, or calls everything that is wanted."""
        self._misses = self._silences = 0
        for errand in self._errands:
            if errand.missing is not None:
                return self._ask(errand, errand.missing)
        done, self._errands = self._errands, []
        self._latest = done[-1]
        return tuple(errand.call() for errand in done)

    def _ask(self, errand: Errand, need: Need, before: str = "") -> Reply:
        if errand.asked(need) > MOST_QUESTIONS:
            self._errands = []
            return self._say(sentences.given_up(need))
        return self._say(f"{before} {sentences.question(need)}".strip(), need)

    def _ask_again(self, kind: Turn | None) -> Reply:
        errand = self._errands[0]
        need = errand.missing
        assert need is not None  # what misses nothing has been called
        before = {None: sentences.MISHEARD, Turn.HELLO: sentences.HERE_ALREADY}.get(kind, "")
        return self._ask(errand, need, before)

    # ------------------------------------------------------------ everything else

    def _aside(self, kind: Turn | None) -> Reply:
        """The open question stays open."""
        return self.again() if kind is Turn.AGAIN else (Say(sentences.TAKE_YOUR_TIME),)

    def _small_talk(self, kind: Turn | None) -> Reply:
        if kind is Turn.GOODBYE or (kind is Turn.NO and self._latest is not None):
            return self._goodbye()
        if kind is Turn.SILENCE:
            self._silences += 1
            return self._say(sentences.STILL_THERE[self._silences % len(sentences.STILL_THERE)])
        if kind in {Turn.WHO, Turn.HELP}:
            return self._say(sentences.introduction(self._offers))
        text = _REPLIES.get(kind) if kind else None
        return self._say(text) if text else ()

    def _goodbye(self) -> Reply:
        self._errands = []
        call = _hanging_up(self._hangs_up)
        return (*self._say(sentences.GOODBYE), *call)

    def _missed(self, text: str) -> Reply:
        """Repeats what was understood, in other words than the last time."""
        wordings = sentences.echoes(text, self._offers)
        self._misses += 1
        return self._say(wordings[(self._misses - 1) % len(wordings)])

    def _say(self, text: str, need: Need | None = None) -> Reply:
        self._planned = text, need
        return (Say(text),)


_ASIDES = frozenset({Turn.AGAIN, Turn.HOLD})
_LEAVING = frozenset({Turn.GOODBYE, Turn.WHO, Turn.HELP})
"Answered although a question is open."

_REPLIES = {
    Turn.HELLO: sentences.HERE,
    Turn.MORE: sentences.GO_ON,
    Turn.NO: sentences.WHAT_ELSE,
    Turn.SOUND: sentences.ANYTHING_ELSE,
    Turn.NEVER_MIND: sentences.WHAT_ELSE,
}


def _keys(digits: str) -> str:
    return f"the keys {' '.join(digits)}" if digits else "a key without a digit"


def _hanging_up(offer: Offer | None) -> Reply:
    """The call of the function that ends the call, if its arguments can be given without asking."""
    if offer is None:
        return ()
    required = [need for need in needs(offer) if need.required]
    if any(len(need.path) > 1 or not need.allows(sentences.WHY_GOODBYE) for need in required):
        return ()
    return (CallTool(offer.name, {need.path[0]: sentences.WHY_GOODBYE for need in required}),)
