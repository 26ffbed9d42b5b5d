"""Which of the functions on offer fit what somebody said: by the words of their names and descriptions.

1. Words are compared by their stems, by a few meanings, and by their sound (`stems`).
2. A word counts 1 in a function's name, 1/2 in the first sentence of its description, less elsewhere; a verb
   such as "get" counts little.
3. A word that many functions share tells little: it counts by the share of functions that do not have it.
4. A function fits from a sum of `ENOUGH`: one word of its name, or two of its description; and if all of its
   name was said, but for such verbs.
5. A further function fits beside a better one only by words that the better ones do not account for.
6. A handoff (`transfer_to_...`) fits only where a transfer was asked for, and to that agent.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

from twiliobridge.offline.brain import Offer
from twiliobridge.offline.stems import kinship, stem, subject
from twiliobridge.offline.words import normalised, words_of

ENOUGH = 0.75
"A synonym of a word in the name is enough, one word of the description is not."

MOST_TEXTS = 512
"Remembered with what they ask for: a conversation is gone through again for each reply."

HANDOFF = re.compile(r"(?:transfer|hand_?off|handoff)_?(?:me_|call_|caller_)?to_?", re.IGNORECASE)
"How openai-agents names a handoff, in Python and in JavaScript: `transfer_to_` and the agent's name."

_TRANSFER = re.compile(
    r"\b(transfer|hand (me|us|this|it)?|handoff|connect|put me through|pass me|switch|route|redirect|"
    r"(speak|talk|talking|speaking) (to|with))\b"
)
_UNWANTED = re.compile(r"\b(do not|never|not) (want|need|wish|like)\b")
_ANYBODY = subject("assistant specialist department team desk person") | {stem("agent")}
_VERBS = {
    stem(word)
    for word in words_of(
        "set look lookup find fetch make run show list check create read tool function handle perform"
        " execute process update search query retrieve submit send add info information data ask answer"
    )
}
"In names of functions, about anything."
_VERB, _NAME, _FIRST, _LATER, _ARGUMENT, _VALUE = 0.3, 1.0, 0.5, 0.2, 0.4, 0.5


@dataclass(frozen=True)
class Fit:
    offer: Offer
    score: float
    by: frozenset[str]
    "Stems that were said."


def fitting(offers: Sequence[Offer], text: str) -> tuple[Offer, ...]:
    """The functions that `text` asks for, the best first; none if none fits."""
    return Functions(offers).fitting(text)


class Functions:
    """Functions on offer, and the words that each of them is known by."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.offers = tuple(offers)
        said = [_words(offer) for offer in offers]
        self._weights = [{word: weight * _rarity(word, said) for word, weight in own.items()} for own in said]
        self._names = [subject(offer.name) - _VERBS for offer in offers]
        self.fitting = lru_cache(MOST_TEXTS)(self._fitting)
        self.fits = lru_cache(MOST_TEXTS)(self._fits)

    def _fitting(self, text: str) -> tuple[Offer, ...]:
        """What `text` asks for: the best fit, and what it asks for besides."""
        chosen: list[Offer] = []
        accounted: frozenset[str] = frozenset()
        for fit in self.fits(text):
            if not chosen or self._score(fit.offer, fit.by - accounted).score >= ENOUGH:
                chosen.append(fit.offer)
                accounted |= fit.by
        return tuple(chosen)

    def _fits(self, text: str, least: float = ENOUGH) -> tuple[Fit, ...]:
        """Every function that fits by itself, the best first."""
        words = normalised(text)
        if _UNWANTED.search(words):
            return ()
        said, transfer = _said(words), _TRANSFER.search(words) is not None
        found = [
            _handoff(offer, said, self.offers, asked=transfer)
            if HANDOFF.match(offer.name)
            else self._score(offer, said)
            for offer in self.offers
        ]
        return tuple(sorted((fit for fit in found if fit.score >= least), key=lambda fit: -fit.score))

    def _score(self, offer: Offer, said: frozenset[str]) -> Fit:
        place = self.offers.index(offer)
        weights = self._weights[place]
        scores: dict[str, float] = {}
        by = set()
        for word in said:
            near = ((kinship(word, known) * weight, known) for known, weight in weights.items())
            score, known = max(near, default=(0.0, ""))
            if score > 0:
                by.add(word)
                scores[known] = max(score, scores.get(known, 0.0))
        whole = self._names[place] and self._names[place] <= by
        return Fit(offer, sum(scores.values()) + ENOUGH * bool(whole), frozenset(by))


def _said(words: str) -> frozenset[str]:
    """Stems of the words, and of each two of them as one: "check out" is `checkout`."""
    return subject(words) | {stem(one + other) for one, other in pairwise(words.split())}


def _handoff(offer: Offer, said: frozenset[str], offers: Sequence[Offer], *, asked: bool) -> Fit:
    agent = subject(HANDOFF.sub("", offer.name, count=1)) - _ANYBODY
    alone = sum(bool(HANDOFF.match(other.name)) for other in offers) == 1
    meant = agent & said or (alone and said & _ANYBODY)
    return Fit(offer, 10.0 + len(agent & said), said) if asked and meant else Fit(offer, 0.0, frozenset())


# ---------------------------------------------------------------- the words of a function


def _rarity(word: str, vocabularies: Sequence[Mapping[str, float]]) -> float:
    """1 for a word of one function alone, near 0 for a word of all."""
    having, all_ = sum(word in each for each in vocabularies), len(vocabularies)
    return log((all_ + 1) / having) / log(all_ + 1)


def _words(offer: Offer) -> dict[str, float]:
    words: dict[str, float] = {}
    for text, weight in _texts(offer):
        for word in subject(text):
            words.setdefault(word, min(weight, _VERB) if word in _VERBS else weight)
    return words


def _texts(offer: Offer) -> Iterator[tuple[str, float]]:
    """What the function says of itself, and what a word of it counts."""
    first, _, later = offer.description.strip().partition(". ")
    yield from ((offer.name, _NAME), (first, _FIRST), (later, _LATER))
    properties = offer.parameters.get("properties")
    for name, schema in properties.items() if isinstance(properties, Mapping) else ():
        yield str(name), _ARGUMENT
        yield from ((str(value), _VALUE) for value in _members(schema))


def _members(schema: object) -> Iterable[object]:
    members = schema.get("enum") if isinstance(schema, Mapping) else None
    return members if isinstance(members, Sequence) else ()
