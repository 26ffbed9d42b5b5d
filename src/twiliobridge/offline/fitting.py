"""Which of the functions on offer fit what somebody said: by the words of their names and descriptions.

1. Words are compared by their stems, without those that every sentence has. A few count as their kin: "close"
   as "open", "Saturday" as "day".
2. A function fits if a word of its name was said, other than a verb such as "get", or two of its description.
3. A word that many functions share tells little: it counts by the share of functions that do not have it.
4. A further function fits beside a better one only by words that the better ones do not account for.
5. A handoff (`transfer_to_...`) fits only where a transfer was asked for, and to that agent.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twiliobridge.offline.brain import Offer
from twiliobridge.offline.words import normalised, words_of

HANDOFF = re.compile(r"(?:transfer|hand_?off|handoff)_?(?:me_|call_|caller_)?to_?", re.IGNORECASE)
"How openai-agents names a handoff, in Python and in JavaScript: `transfer_to_` and the agent's name."

_TRANSFER = re.compile(
    r"\b(transfer|hand (me|us|this|it)?|handoff|connect|put me through|pass me|switch|route|redirect|"
    r"(speak|talk|talking|speaking) (to|with))\b"
)
_ANYBODY = words_of("agent assist special department team desk someone person")
_COMMON = words_of(
    "a about all am an and any are as at be by can could did do does for from get give go had has have he"
    " help her here him his how i if in into is it its let like may me my need no not of on or our out please"
    " she so some tell than thank that the their them then there they this to up us want was we were what"
    " when where which who will with would you your yes hello hi call calls called caller user users use used"
    " using given return returns"
)
_KIN = {
    "close": "open closed closes closing shut",
    "day": "date today tonight tomorrow weekday weekend"
    " monday tuesday wednesday thursday friday saturday sunday",
    "price": "cost costs pricing expensive cheap fee",
    "weather": "forecast temperature rain raining sunny snow degrees",
    "book": "reserve reservation appointment schedule",
    "end": "goodbye bye hangup hang",
    "phone": "telephone mobile",
    "mail": "email mails",
}
"Each list counts as the word before it. What agents' tools are about most often."
_ENDINGS = re.compile(r"(?<=...)(ations?|ings?|ies|ers?|ed|es|s|y|e|ion)$")


@dataclass(frozen=True)
class Fit:
    offer: Offer
    score: float
    by: frozenset[str]
    "Stems that were said."


def stems(text: str) -> frozenset[str]:
    """What `text` is about. A name in snake_case or camelCase is its words."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", text)
    return frozenset(_kin(_stem(word)) for word in normalised(apart).split() if word not in _COMMON)


def _stem(word: str) -> str:
    stem = _ENDINGS.sub("", word)
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem


def _kin(stem: str) -> str:
    return _HEADS.get(stem, stem)


_VERBS = {
    _stem(word)
    for word in words_of(
        "get set look lookup find fetch do make run show list check create read call tool function handle"
        " perform execute process update search query retrieve submit send"
    )
}
_HEADS = {_stem(word): _stem(head) for head, words in _KIN.items() for word in words.split()}


def fitting(offers: Sequence[Offer], text: str) -> tuple[Offer, ...]:
    """The functions that `text` asks for, the best first; none if none fits."""
    chosen: list[Fit] = []
    accounted: frozenset[str] = frozenset()
    for fit in sorted(_fits(offers, text), key=lambda fit: -fit.score):
        if fit.by - accounted:
            chosen.append(fit)
            accounted |= fit.by
    return tuple(fit.offer for fit in chosen)


def _fits(offers: Sequence[Offer], text: str) -> Iterable[Fit]:
    said = stems(text)
    names = [stems(offer.name) for offer in offers]
    for offer, name in zip(offers, names, strict=True):
        if HANDOFF.match(offer.name):
            fit = _handoff(offer, text, said, offers)
        else:
            fit = _function(offer, name - _VERBS, said, names)
        if fit is not None:
            yield fit


def _function(
    offer: Offer, name: frozenset[str], said: frozenset[str], names: Sequence[frozenset[str]]
) -> Fit | None:
    by_name = name & said
    by_description = (stems(offer.description) - _VERBS - name) & said
    if not by_name and len(by_description) < 2:
        return None
    rarity = sum(1 / sum(stem in other for other in names) for stem in by_name)
    share = len(by_name) / max(1, len(name))
    return Fit(offer, 4 * rarity + share + len(by_description) / 2, by_name or by_description)


def _handoff(offer: Offer, text: str, said: frozenset[str], offers: Sequence[Offer]) -> Fit | None:
    if not _TRANSFER.search(normalised(text)):
        return None
    agent = stems(HANDOFF.sub("", offer.name, count=1)) - _ANYBODY
    alone = sum(bool(HANDOFF.match(other.name)) for other in offers) == 1
    if not (agent & said) and not (alone and said & _ANYBODY):
        return None
    return Fit(offer, 10 + len(agent & said), said)
