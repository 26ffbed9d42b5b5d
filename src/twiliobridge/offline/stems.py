"""What words have in common: a stem, a meaning, or the way they sound.

Nothing here is exact. It is for telling which of a few things was meant, not for understanding a language.
"""

import re
from functools import cache

from twiliobridge.offline.words import normalised, words_of

_COMMON = words_of(
    "a about after again ah all already also am an and any anything are as at be been before but by can could"
    " did do does doing done else ever every for from get give given go going good got had has have he hello"
    " help her here hey hi him his how i if in into is it its just know let like may maybe me might more much"
    " must my name need no not now of ok okay on one or our out please right said say see shall she should so"
    " some something still such sure tell than thank thanks that the their them then there these they thing"
    " this those to too uh um up us use used user using very want was we well were what when where which"
    " who why will wish with would yeah yes you your call called caller customer return returns"
)
"Words that say nothing of the subject, in what callers say and in descriptions of functions."


_ENDINGS = re.compile(r"(?<=...)(ations?|ings?|ments?|ies|ed|es|s|y|e|ions?|ly)$")

_MEANINGS = (
    "open close shut hours",
    "day monday tuesday wednesday thursday friday saturday sunday weekend weekday today tomorrow",
    "date calendar january february april june july august september october november december",
    "price cost fee charge fare rate expensive cheap",
    "cancel cancellation abort revoke",
    "deliver delivery shipping ship shipment parcel package courier dispatch tracking track",
    "buy purchase order",
    "address location located directions place",
    "person human operator representative colleague agent somebody someone",
    "repair fix mend broken service",
    "bill invoice billing payment pay paid",
    "balance account money funds",
    "weather forecast rain temperature sunny snow",
    "phone telephone mobile cellphone",
    "status progress state",
    "lost lose missing stolen",
    "change modify update amend move reschedule",
    "stock available availability inventory",
    "refund reimburse reimbursement",
    "city town",
    "time clock",
    "end goodbye bye hangup hang",
    "book reserve reservation appointment schedule",
    "mail email",
)
"Words of telephone desks of any trade that stand for one another."


def subject(text: str) -> frozenset[str]:
    """The stems of what `text` is about. A name in snake_case or camelCase is its words."""
    return frozenset(stem(word) for word in parted(text).split() if word not in _COMMON and len(word) > 1)


def parted(text: str) -> str:
    """Normalised words; those of an identifier are set apart: `openingHours`, `opening_hours`."""
    return normalised(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", text))


@cache
def stem(word: str) -> str:
    """Without its ending, of a plural or a tense, say: `closing`, `closed` and `close` are one."""
    cut = _ENDINGS.sub("", word)
    return cut[:-1] if len(cut) > 2 and cut[-1] == cut[-2] else cut


def kinship(one: str, other: str) -> float:
    """How near two stems are, 0 to 1: the same, of one meaning, or alike to the ear."""
    if one == other:
        return 1.0
    if _meaning(one) is not None and _meaning(one) == _meaning(other):
        return 0.8
    return 0.7 if alike(one, other) else 0.0


@cache
def _meaning(word: str) -> int | None:
    return next((place for place, meaning in enumerate(_MEANINGS) if word in _stems_of(meaning)), None)


@cache
def _stems_of(meaning: str) -> frozenset[str]:
    return frozenset(map(stem, words_of(meaning)))


# ---------------------------------------------------------------- what a recogniser mistakes for one another

_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"wh"), "w"),
    (re.compile(r"(ck|q|c(?![eiy]))"), "k"),
    (re.compile(r"(z|c(?=[eiy]))"), "s"),
    (re.compile(r"h"), ""),
    (re.compile(r"[aeiouy]+"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@cache
def sound(word: str) -> str:
    """Roughly how a word sounds: which vowels it has is not told."""
    for spelt, heard in _SOUNDS:
        word = spelt.sub(heard, word)
    return word


@cache
def alike(one: str, other: str) -> bool:
    """The same stem or the same sound; in long words, one letter of difference."""
    if one == other:
        return True
    if min(len(one), len(other)) < 4:
        return False
    return sound(one) == sound(other) or (min(len(one), len(other)) > 5 and _one_letter_apart(one, other))


def _one_letter_apart(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    start = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = short[start:] if len(short) < len(long) else short[start + 1 :]
    return len(long) - len(short) <= 1 and long[start + 1 :] == rest
