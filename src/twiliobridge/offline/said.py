"""Facts in what somebody said, for the arguments of a function: numbers, dates, names, places, addresses.

Found by form, not by meaning. Texts are given newest first: what was said last is taken first.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from twiliobridge.offline.argument_names import DATE, DAY, PLACE, TIME
from twiliobridge.offline.dates import date_in, date_words, time_in
from twiliobridge.offline.numbers import numbers_in, placed_numbers
from twiliobridge.offline.slots import mentions, yes_or_no
from twiliobridge.offline.stems import parted, subject
from twiliobridge.offline.words import digit_runs, normalised

Find = Callable[[str], Iterator[str]]

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_AT, _DOT = re.compile(r"\s+at\s+", re.IGNORECASE), re.compile(r"\s+(?:dot|point)\s+", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s\"'<>]+[^\s\"'<>.,]")
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d ()./-]{5,}\d")
_CODE = re.compile(r"\b(?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]+\b|\b\d+\b")
_CAPITALS = r"(?:[A-Z][\w'\u2019-]*)(?: (?:(?:de|la|van|von|of|the) )?[A-Z][\w'\u2019-]*)*"
_NAMED = re.compile(
    rf"\b(?i:my name is|name's|this is|i am|i'm|call me|named|called|speaking with) ({_CAPITALS})"
)
_PLACED = re.compile(rf"\b(?i:in|to|from|at|near|for|of|around) ({_CAPITALS})")
_PROPER = re.compile(rf"(?<=[a-z,;:] )({_CAPITALS})")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
_QUOTED = re.compile('["\N{LEFT DOUBLE QUOTATION MARK}](.+?)["\N{RIGHT DOUBLE QUOTATION MARK}]')


def _all(form: "re.Pattern[str]") -> Find:
    def find(text: str) -> Iterator[str]:
        yield from (match[match.lastindex or 0] for match in form.finditer(text))

    return find


def _capitalised(form: "re.Pattern[str]") -> Find:
    """Days and months are written so, too, and are nobody's name."""

    def find(text: str) -> Iterator[str]:
        for match in form.finditer(text):
            if match[1] != "I" and date_words(match[1]) is None:
                yield match[1]

    return find


def _once(find: Callable[[str], str | None]) -> Find:
    def found(text: str) -> Iterator[str]:
        yield from filter(None, (find(text),))

    return found


_dates, _times = _once(date_in), _once(time_in)


def _days(text: str) -> Iterator[str]:
    """A date, or else the words in which it was said."""
    yield from _dates(text)
    yield from _once(date_words)(text)


def _mails(text: str) -> Iterator[str]:
    """As they are written, or as they are said: ada at example dot com."""
    yield from _EMAIL.findall(text)
    yield from _EMAIL.findall(_DOT.sub(".", _AT.sub("@", text)))


def _digits(text: str) -> Iterator[str]:
    """Digits one after another, as numbers of accounts are said."""
    yield from (match[0] for match in re.finditer(r"\d{2,}", re.sub(r"(?<=\d)[ -](?=\d)", "", text)))
    yield from [spelled] if (spelled := "".join(digit_runs(normalised(text)))) else []


def _whole(text: str) -> Iterator[str]:
    yield from [text.strip()] if text.strip() else []


_named, _placed, _proper = map(_capitalised, (_NAMED, _PLACED, _PROPER))


def _names(text: str) -> Iterator[str]:
    yield from _named(text)
    yield from _proper(text)


def _places(text: str) -> Iterator[str]:
    yield from _placed(text)
    yield from _proper(text)


FORMATS: dict[str, Find] = {
    "date": _dates,
    "time": lambda text: (f"{time}:00Z" for time in _times(text)),
    "date-time": lambda text: (
        f"{date}T{time}:00Z" for date in _dates(text) for time in (*_times(text), "00:00")
    ),
    "email": _mails,
    "uri": _all(_LINK),
    "url": _all(_LINK),
    "uuid": _all(_UUID),
}
"By the `format` of a schema."

KINDS: tuple[tuple["re.Pattern[str]", Find], ...] = (
    (re.compile(r"e-?mail"), _mails),
    (re.compile(r"\b(url|uri|link|web ?site)\b"), _all(_LINK)),
    (re.compile(r"\b(phone|telephone|mobile|fax)\b"), _all(_PHONE)),
    (TIME, _times),
    (DAY, _days),
    (DATE, _days),
    (PLACE, _places),
    (re.compile(r"\bdigits?\b"), _digits),
    (
        re.compile(r"\b(id|code|number|reference|account|order|flight|ticket|confirmation|zip|postcode)\b"),
        _all(_CODE),
    ),
    (re.compile(r"\b(name|person|customer|contact|guest|who|recipient)\b"), _names),
    (
        re.compile(
            r"\b(query|question|text|message|request|reason|description|topic|note|notes|content|summary|prompt"
            r"|subject|comment|details|input|issue|problem|utterance|words|sentence|search|term)\b"
        ),
        _whole,
    ),
)
"By what a property is called, or else described as: the first row that knows it counts."


def texts(name: str, description: str, form: str, said: Sequence[str], *, needed: bool) -> Iterator[str]:
    """What was said that a text of that name, description and `format` may be; the likeliest first.

    One that is not needed is not the whole of what was said, nor a name for the only reason that it is one.
    """
    find = FORMATS.get(form) or _kind(name) or _kind(description)
    for text in said:
        yield from find(text) if find and (needed or find is not _whole) else ()
    if needed and not find and not form:
        yield from chain.from_iterable(map(_QUOTED.findall, said))
        yield from chain.from_iterable(map(_proper, said))
        yield from chain.from_iterable(map(_whole, said))


def _kind(words: str) -> Find | None:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_|-", " ", words).lower()
    words += " " + re.sub(r"s\b", "", re.sub(r"ies\b", "y", words))
    return next((find for known, find in KINDS if known.search(words)), None)


def figures(name: str, said: Sequence[str], *, needed: bool) -> Iterator[float]:
    """Numbers in digits and in words: first those beside a word of the name ("two adults")."""
    for text in said:
        yield from beside(subject(name), text)
    if needed:
        for text in said:
            yield from (float(digits) if "." in digits else int(digits) for digits in _NUMBER.findall(text))
            yield from numbers_in(text.lower())


def beside(name: frozenset[str], text: str) -> Iterator[float]:
    """Numbers that stand beside a word with a stem of the name; whole ones as integers."""
    for value, before, after in placed_numbers(text.lower()):
        if subject(f"{before} {after}") & name:
            yield int(value) if value.is_integer() else value


def members(values: Sequence[Any], said: Sequence[str]) -> Iterator[Any]:
    """Those of the values that were named and not denied, the one that was named last first."""
    for text in said:
        words = parted(text)
        ends = {place: _end(value, words) for place, value in enumerate(values)}
        for place in sorted(ends, key=lambda place: ends[place], reverse=True):
            if ends[place][0]:
                yield values[place]


def _end(value: object, words: str) -> tuple[int, int]:
    """Of its last mention, and its length: who says "matte black" does not say "black"."""
    name = parted(str(value)) if isinstance(value, str | int | float) else ""
    found = mentions(words, [rf"\b{name}\b"]) if name else ()
    return max(found, default=0), len(name)


def answers(name: str, said: Sequence[str], *, needed: bool) -> Iterator[bool]:
    """Yes or no. A word of the name is a yes as well, and the only one where it is not needed."""
    for text in said:
        reply = yes_or_no(normalised(text))
        named = bool(subject(text) & subject(name))
        if named or (needed and reply is not None):
            yield reply is not False
