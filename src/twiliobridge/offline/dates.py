"""Days, dates and times as they are said. There is no clock here: what depends on today stays a word."""

import re
from datetime import date

from twiliobridge.offline.numbers import numbers_in, ordinal

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RELATIVE = ("today", "tomorrow", "tonight", "weekend", "weekday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)}|{'|'.join(month[:3] for month in _MONTHS)})\b")
_BEFORE = r"(?:the )?(?:\d{1,2}(?:st|nd|rd|th)? |\w+(?:[ -]\w+)? of )?"
_AFTER = r"(?: (?:the )?\d{1,2}(?:st|nd|rd|th)?\b| \w*(?:first|second|third|th)\b)?(?:,? \d{4})?"
"Of the month: the day before it or after it, and the year."
_CLOCK = re.compile(r"\b(\d{1,2})[:.h](\d{2})\s*(a\.?m|p\.?m)?")
_HOUR = re.compile(
    r"\b([\w]+)(?:\s+(?:o clock|oclock|o'clock))?\s*\b(am|pm|a\.m|p\.m|o clock|oclock|o'clock)"
)
_PAST = re.compile(r"\b(half|quarter|\w+)\s+(past|to)\s+(\w+)")
_SPOKEN = re.compile(
    r"\b(?:at )?((?:half|quarter|\w+ minutes?) (?:past|to) \w+|\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?|"
    r"\w+ (?:o'? ?clock|[ap]\.?m\b\.?)|noon|midnight|midday)(?: in the (?:morning|afternoon|evening))?",
    re.IGNORECASE,
)


def day_in(text: str) -> str | None:
    """The day of the week that was named last and not denied: "Saturday"; or "today", "tomorrow"."""
    names = "|".join(day.lower() for day in DAYS) + "|" + "|".join(RELATIVE)
    found = [
        match
        for match in re.finditer(rf"\b({names})s?\b", text.lower())
        if not re.search(r"\bnot (on |the )?$", text.lower()[: match.start()])
    ]
    if not found:
        return None
    return found[-1][1].capitalize() if found[-1][1].capitalize() in DAYS else found[-1][1]


def date_in(text: str) -> str | None:
    """`2026-12-03`, if day, month and year were said, in whatever order; None if one is missing or wrong."""
    lower = re.sub(r"(?<=\d),(?! \d{1,2}\b)", "", text.lower())
    iso = _ISO.search(lower)
    if iso:
        return _date(*(int(part) for part in iso.groups()))
    month = _MONTH.search(lower)
    year, day = _year(lower), _day(lower)
    if month is None or year is None or day is None:
        return None
    return _date(year, [name[:3] for name in _MONTHS].index(month[1][:3]) + 1, day)


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _year(text: str) -> int | None:
    numerals = re.findall(r"\b((?:19|20)\d\d)\b", text)
    if numerals:
        return int(numerals[-1])
    spoken = re.search(r"\b(twenty|two thousand(?: and)?)((?: [a-z]+){1,2})\s*[.!?]*$", text)
    rest = [value for value in numbers_in(spoken[2]) if 0 < value < 100] if spoken else []
    return 2000 + int(rest[0]) if rest else None


def _day(text: str) -> int | None:
    """The day of the month: "the third", "3rd", "twenty first", or a numeral beside the month."""
    words = re.findall(r"[a-z0-9]+", text)
    for before, word in zip(["", *words], words, strict=False):
        number = ordinal(word)
        if number is not None:
            return number + {"twenty": 20, "thirty": 30}.get(before, 0) if number < 10 else number
    beside = re.search(rf"\b(\d{{1,2}})\b(?: of)? {_MONTH.pattern}|{_MONTH.pattern} (\d{{1,2}})\b", text)
    return int(beside[1] or beside[4]) if beside and (beside[1] or beside[4]) else None


def date_words(text: str) -> str | None:
    """A date as it was said, for an argument that is no more than text: "the third of December".

    A month that may be another word, "may" or "mar", is one beside a number.
    """
    lower = text.strip(" .!?")
    month = _MONTH.search(lower.lower())
    if month is None:
        return day_in(text)
    around = re.search(rf"{_BEFORE}\b{lower[month.start() : month.end()]}\b{_AFTER}", lower)
    alone = around is None or len(around[0]) == len(month[0])
    if around is None or (alone and month[0] not in _MONTHS[:4] + _MONTHS[5:]):
        return day_in(text)
    return around[0]


def time_in(text: str) -> str | None:
    """`15:30` of a time that is told exactly: "3:30 pm", "half past three in the afternoon", "noon"."""
    lower = text.lower().replace("a.m.", "am").replace("p.m.", "pm").replace("o'clock", "o clock")
    named = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}
    for word, moment in named.items():
        if word in lower:
            return moment
    hour, minute = _clock(lower)
    if hour is None or not 0 <= hour <= 23:
        return None
    afternoon = bool(re.search(r"\bpm\b|\b(afternoon|evening|tonight)\b", lower))
    hour = hour + 12 if afternoon and hour < 12 else 0 if hour == 12 and re.search(r"\bam\b", lower) else hour
    return f"{hour:02}:{minute:02}"


def _clock(text: str) -> tuple[int | None, int]:
    if found := _CLOCK.search(text):
        return int(found[1]), int(found[2]) % 60
    if found := _PAST.search(text):
        minutes = {"half": 30, "quarter": 15}.get(found[1], _number(found[1]))
        hour = _number(found[3])
        if minutes is None or hour is None:
            return None, 0
        return (hour, minutes) if found[2] == "past" else (hour - 1, 60 - minutes)
    if found := _HOUR.search(text):
        return _number(found[1]), 0
    return None, 0


def _number(word: str) -> int | None:
    found = numbers_in(word)
    return int(found[0]) if len(found) == 1 and found[0] < 60 else None


def time_words(text: str) -> str | None:
    """A time as it was said: "half past nine in the morning"."""
    found = _SPOKEN.search(text)
    return found[0].removeprefix("at ") if found else None
