"""What a caller's words are worth as an argument: a value that its schema allows, or none."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from twiliobridge.offline.argument_names import DATE, DAY, PLACE, TIME, is_moment
from twiliobridge.offline.dates import date_words, day_in, time_words
from twiliobridge.offline.numbers import numbers_in
from twiliobridge.offline.said import FORMATS, beside, members
from twiliobridge.offline.slots import yes_or_no
from twiliobridge.offline.stand_in.needs import Need
from twiliobridge.offline.stems import alike, subject
from twiliobridge.offline.words import digit_runs, keyed, normalised

_FILLERS = re.compile(
    r"^(?:(?:u[hm]+|er+|well|oh|yes|yeah|ok|okay|sure|please|so|hi|hello|and|actually|no|sorry)\b[ ,.]*)+",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:it|that|this|he|she|the \w+|my \w+)(?:'s| is| was| would be| will be)|(?:i am|i'm|we are)|"
    r"(?:i|we)(?:'d| would)? (?:like|want|need|said|mean|meant)|make (?:it|that)|call (?:me|it)|"
    r"let's say|about|for|in|at|on|to)\s+",
    re.IGNORECASE,
)
_PLEASE = re.compile(r"[ ,]*\b(?:please|thanks|thank you)\b[ .!?]*$", re.IGNORECASE)

_NUMBERED = re.compile(r"\b(digits?|numbers?|code|pin|phone|telephone|zip|postcode|postal|account|id)\b")
_WORDY = re.compile(r"\b(city|town|country|region|place|name|person|e-?mail|color|colour)\b")
"What nobody gives by the keys of a telephone."
_WHOLE = re.compile(r"\b(query|question|prompt|request|search|input)\b")
_TAIL = re.compile(
    r"\b(in|at|for|near|to|from|about|of|on|with)\s+([^\s,.?!]+(?:\s+[^\s,.?!]+){0,3})[\s.?!]*$"
)
_WAYS = (
    (re.compile(r"\b(from|origin|departure|source)\b"), re.compile(r"\bfrom\s+(\w+)")),
    (re.compile(r"\b(to|destination|arrival|target)\b"), re.compile(r"\bto\s+([A-Z]\w+(?:\s[A-Z]\w+)*)")),
)
LONGEST_MOMENT = 4
"""Words of a day or a time in the caller's own words: "the day after Christmas"."""
_PLACE_WORDS = frozenset({"in", "at", "for", "near", "to", "from"})
_POINTING = frozenset(
    {"it", "that", "this", "me", "you", "here", "there", "them", "us", "him", "her", "mine"}
)


def answer(need: Need, text: str, *, insisting: bool = False) -> Any | None:  # noqa: ANN401 -- any JSON
    """The value in the reply to a question for it; `insisting`, where that is asked again."""
    return _first_allowed(need, (*_found(need, text, asked=True), *_free(need, text, insisting=insisting)))


def mentioned(need: Need, text: str) -> Any | None:  # noqa: ANN401
    """The value in a sentence that was about something else."""
    return _first_allowed(need, (*_found(need, text, asked=False), *_named(need, text)))


def told(need: Need, text: str) -> Any | None:  # noqa: ANN401
    """The value in the reply to a question for it, if it is one by its form."""
    return _first_allowed(need, (*_found(need, text, asked=True), *_named(need, text)))


def implied(need: Need, text: str, about: frozenset[str]) -> Any | None:  # noqa: ANN401
    """The value that a wish ends in, or is; what has stems of `about` is not the value."""
    return _first_allowed(need, tuple(_at_the_end(need, text, about)))


def _first_allowed(need: Need, candidates: tuple[Any, ...]) -> Any | None:  # noqa: ANN401
    usable = (value for value in candidates if value is not None and value != "")
    return next((value for value in usable if need.allows(value)), None)


# ---------------------------------------------------------------- by what the argument is


def _found(need: Need, text: str, *, asked: bool) -> Iterator[Any]:
    """What can be told from the words alone."""
    if need.members:
        yield from _member(need.members, text)
    elif need.kind == "boolean":
        yield yes_or_no(normalised(text)) if asked else None
    elif need.kind in {"integer", "number"}:
        yield from _numbers(need, text, asked=asked)
    elif need.kind == "array":
        yield from _lists(need, text, asked=asked)
    elif need.kind == "object":
        yield {}
    elif need.kind == "string":
        yield from _strings(need, text, asked=asked)


def _member(values: tuple[Any, ...], text: str) -> Iterator[Any]:
    """The value said last and not denied; else the one whose words are nearest."""
    yield from members(values, [text])
    numbers = [number for number in numbers_in(text.lower()) if number in values]
    yield from (values[values.index(number)] for number in reversed(numbers))
    words = subject(text)
    near = [sum(any(alike(stem, word) for word in words) for stem in subject(str(each))) for each in values]
    best = max(near, default=0)
    if best and near.count(best) == 1:
        yield values[near.index(best)]


def _numbers(need: Need, text: str, *, asked: bool) -> Iterator[float | int]:
    """The number beside the name ("two adults"); the only one of a sentence; the last one of an answer."""
    keys = keyed(text)
    timeless = _without_moments(text.lower()) if keys is None else keys
    named = list(beside(subject(need.label), timeless))
    found = named or [int(number) if number.is_integer() else number for number in numbers_in(timeless)]
    if found and (named or asked or len(found) == 1):
        yield found[-1]


def _without_moments(text: str) -> str:
    """A table for four at seven o'clock is for four."""
    for moment in (time_words(text), date_words(text)):
        text = text.replace(moment, " ") if moment else text
    return text


def _lists(need: Need, text: str, *, asked: bool) -> Iterator[list[Any]]:
    """Members or words of a list, "a, b and c"."""
    items = need.schema.get("items")
    one = Need(need.path, items if isinstance(items, Mapping) else {}, need.required)
    pieces = re.split(r",|\band\b", text)
    values = [answer(one, piece) if asked else mentioned(one, piece) for piece in pieces]
    given = [value for value in values if value is not None]
    if given:
        yield given


def _strings(need: Need, text: str, *, asked: bool) -> Iterator[str | None]:
    keys = keyed(text)
    if keys is not None:
        yield None if is_moment(need.label) or _WORDY.search(need.label) else keys
        return
    form = need.schema.get("format")
    if form in FORMATS:
        yield from FORMATS[str(form)](text)
        return
    if "pattern" in need.schema or _NUMBERED.search(need.about):
        yield from _digits(need, text, asked=asked)
    for label, words in ((DAY, day_in), (DATE, date_words), (TIME, time_words)):
        if label.search(need.label):
            yield words(text)


def _digits(need: Need, text: str, *, asked: bool) -> Iterator[str]:
    """Digits of a number that is no quantity; unasked, three at least, so that "one" is none."""
    runs = digit_runs(normalised(text))
    yield from (run for run in reversed(runs) if asked or len(run) >= 3)
    if asked and runs:
        yield "".join(runs)


# ---------------------------------------------------------------- free text


def _is_text(need: Need) -> bool:
    return not need.members and need.kind == "string" and need.schema.get("format") not in FORMATS


def _free(need: Need, text: str, *, insisting: bool) -> Iterator[str]:
    """The answer itself, without the words around it; for an argument that is any text.

    A day or a time that is none of those known is only taken if it is short, and said a second time.
    """
    if not _is_text(need) or keyed(text) is not None:
        return
    bare = _PLEASE.sub("", _FILLERS.sub("", text.strip())).strip(" .,!?")
    short = _LEAD.sub("", bare).strip(" .,!?")
    if is_moment(need.label) and not (insisting and len(short.split()) <= LONGEST_MOMENT):
        return
    yield from (short, bare)


def _named(need: Need, text: str) -> Iterator[str]:
    """The value that follows its name: "my name is Ada"."""
    if not _is_text(need):
        return
    label = re.escape(need.label)
    said = re.search(rf"\b{label}\s+(?:is|was|will be|number)?\s*([^,.?!]+)", text, re.IGNORECASE)
    if said and not is_moment(need.label):
        yield said[1].strip()


def _at_the_end(need: Need, text: str, about: frozenset[str]) -> Iterator[str]:
    if not _is_text(need) or is_moment(need.label):
        return
    for label, way in _WAYS:
        if label.search(need.label) and (found := way.search(text)):
            yield found[1]
    if _WHOLE.search(need.label):
        yield text.strip()
    tail = _TAIL.search(text)
    if tail and _ends(need, tail[1].lower(), tail[2], about):
        yield re.sub(r"^(the|my|a|an)\s+", "", tail[2], flags=re.IGNORECASE)


def _ends(need: Need, before: str, phrase: str, about: frozenset[str]) -> bool:
    """Whether the end of a sentence is the value: a place after "in", another thing after "about"."""
    words = phrase.lower().split()
    if set(words) & _POINTING or subject(phrase) & about or not subject(phrase):
        return False
    if _NUMBERED.search(need.label) or any(label.search(need.label) for label, _ in _WAYS):
        return False
    return before in _PLACE_WORDS if PLACE.search(need.label) else before in {"for", "about", "of", "on"}
