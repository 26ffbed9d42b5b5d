"""What instructions ask for, in the words in which clients ask (`wish_patterns.py`).

Nobody here understands a language: what is in none of the rows has no effect. docs/offline.md lists them with
examples.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from twiliobridge.offline import wish_patterns as patterns
from twiliobridge.offline.words import normalised, words_of


class Force(Enum):
    """How instructions are in force. From those that stand, less is taken: most of them is about the call."""

    FRESH = "of the response itself, or of a system item since the model last spoke"
    TYPED = "of the user's latest message, typed"
    STANDING = "of the session, or of an older system item"


GREETING = "Hello! How can I help you?"
HELP = "How can I help you?"

Match = re.Match[str]
_NUMBERS = {
    "one": 1,
    "a single": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "ten": 10,
    "twenty": 20,
}
_IDLE = words_of("a an the i you it is are to of in on for and or not my your related about asks wants they")


@dataclass(frozen=True)
class Limit:
    count: int
    unit: str
    "`word` or `sentence`."


def wanted(text: str, force: Force, talk: str = "") -> str | None:
    """The words that `text` wants said; None if it wants none.

    `talk` is what was said so far: of several words, each under a condition, it decides.
    """
    text = _straight(text)
    rows = (found for forces, row in ROWS if force in forces for found in row(text, talk))
    return next(filter(None, rows), None)


def opening(text: str) -> str | None:
    """The words with which standing instructions want a conversation opened."""
    return next(map(_quoted, patterns.OPENING.finditer(_straight(text))), None)


def greets(text: str) -> bool:
    """Whether fresh instructions want a greeting, in whatever words."""
    return patterns.GREET.search(text) is not None


# ---------------------------------------------------------------- the rows, in the order in which they count


def _said(text: str, _: str) -> Iterator[str]:
    for found in _allowed(patterns.QUOTED, text):
        if patterns.CONDITION.search(text[: found.start()]) is None:
            yield _quoted(found)


def _under_conditions(text: str, talk: str) -> Iterator[str]:
    """The words whose condition shares most words with what was said; at least one."""
    spoken = set(normalised(talk).split()) - _IDLE
    choices = [
        (len(spoken & set(normalised(condition["clause"]).split())), _quoted(found))
        for found in _allowed(patterns.QUOTED, text)
        if (condition := patterns.CONDITION.search(text[: found.start()])) is not None
    ]
    shared, words = max(choices, key=lambda choice: choice[0], default=(0, ""))
    yield words if shared else ""


def _after_a_colon(text: str, _: str) -> Iterator[str]:
    yield from (found["words"].strip(" \"'`") for found in _allowed(patterns.COLON, text))


def _unquoted(text: str, _: str) -> Iterator[str]:
    for found in _allowed(patterns.UNQUOTED, text):
        words = found["words"].strip()
        if courtesy := patterns.COURTESY.match(words):
            yield _sentence(courtesy[0])
        elif not patterns.NO_WORDS.match(words):
            yield _sentence(re.sub(rf" to {patterns.PERSON}(?=[.!?]?$)", "", words, flags=re.IGNORECASE))


def _told(text: str, _: str) -> Iterator[str]:
    yield from (_sentence(_to_you(found["words"])) for found in _allowed(patterns.TELL, text))


def _asked(text: str, _: str) -> Iterator[str]:
    for found in _allowed(patterns.ASK, text):
        how, words = found["how"].lower(), _to_you(found["words"])
        if how == "how" and patterns.HELPING.match(words):
            yield HELP
        elif how in {"for", "about"}:
            yield f"Could you tell me {words}, please?"
        else:
            yield f"Could you tell me {'whether' if how == 'if' else how} {words}?"


def _always(text: str, talk: str) -> Iterator[str]:
    yield from map(_quoted, _allowed(patterns.ALWAYS, text))
    yield from _said(text, talk) if patterns.NOTHING_ELSE.search(text) else ()


ROWS: tuple[tuple[frozenset[Force], Callable[[str, str], Iterator[str]]], ...] = (
    (frozenset({Force.FRESH, Force.TYPED}), _said),
    (frozenset({Force.FRESH, Force.TYPED}), _after_a_colon),
    (frozenset({Force.FRESH}), _under_conditions),
    (frozenset({Force.FRESH, Force.TYPED}), _unquoted),
    (frozenset({Force.FRESH}), _told),
    (frozenset({Force.FRESH}), _asked),
    (frozenset({Force.STANDING}), _always),
)


def _allowed(pattern: "re.Pattern[str]", text: str) -> Iterator[Match]:
    for found in pattern.finditer(text):
        if patterns.FORBIDDEN.search(text[: found.start()]) is None:
            yield found


def _quoted(found: Match) -> str:
    return str(found["double"] or found["single"] or found["back"]).strip()


def _straight(text: str) -> str:
    """With straight quotation marks."""
    for marks, straight in (("\u201c\u201d\u201e\u00ab\u00bb", '"'), ("\u2018\u2019", "'")):
        text = text.translate(dict.fromkeys(map(ord, marks), straight))
    return text


# ---------------------------------------------------------------- who is spoken of is spoken to

_SPOKEN_OF = r"(?:they|the (?:user|caller|customer))"
_SPOKEN_TO = (
    (re.compile(rf"\b{_SPOKEN_OF}(?: is| are|'re)\b", re.IGNORECASE), "you are"),
    (re.compile(rf"\b{_SPOKEN_OF} (?:has|have)\b", re.IGNORECASE), "you have"),
    (re.compile(r"\b(?:their|his or her|the (?:user|caller|customer)'s)\b", re.IGNORECASE), "your"),
    (re.compile(rf"\b(?:{_SPOKEN_OF}|them)\b", re.IGNORECASE), "you"),
)


def _to_you(words: str) -> str:
    """To a caller, "their order has shipped" is "your order has shipped"."""
    for spoken_of, spoken_to in _SPOKEN_TO:
        words = spoken_of.sub(spoken_to, words)
    return words.strip()


def _sentence(words: str) -> str:
    words = words.strip(" \"'`")
    return words[:1].upper() + words[1:] + ("" if words[-1:] in ".!?" else ".")


# ---------------------------------------------------------------- how long, and with which functions


def limit(text: str) -> Limit | None:
    """How long a reply may be; None where nothing is said of it."""
    found = patterns.LIMITED.search(_straight(text))
    if found is None:
        return None
    count = (found["bare"] or found["count"] or "one").lower()
    unit = found["unit"] or ("sentence" if found["sentence"] else "word")
    return Limit(_NUMBERS.get(count) or int(count), unit.lower())


def shortened(text: str, limit: Limit) -> str:
    if limit.unit == "sentence":
        return " ".join(re.split(r"(?<=[.!?])\s+", text.strip())[: limit.count])
    words = text.split()
    return text if len(words) <= limit.count else " ".join(words[: limit.count]).rstrip(",;:.!?") + "."


def without_tools(text: str) -> bool:
    return patterns.NO_TOOLS.search(_straight(text)) is not None


def named_tool(text: str, names: Collection[str]) -> str | None:
    """Of these functions the one that `text` wants called by its name."""
    if not names:
        return None
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    calls = re.compile(patterns.USE.format(known), re.IGNORECASE)
    return next((found["name"] for found in _allowed(calls, _straight(text))), None)
