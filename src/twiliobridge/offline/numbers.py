"""Numbers as they are said: "two hundred and five", "three point five", "a dozen", "1,250"."""

import re
from collections.abc import Iterator

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_DECADES = "twenty thirty forty fifty sixty seventy eighty ninety"
_PLACES = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_SMALL = {word: value for value, word in enumerate(_UNITS.split())}
_TENS = {word: 10 * value for value, word in enumerate(_DECADES.split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_ORDINALS = {word: value for value, word in enumerate(_PLACES.split(), 1)} | {"thirtieth": 30}
_NUMERAL = re.compile(r"\d+(?:\.\d+)?")


def numbers_in(text: str) -> list[float]:
    """Every number of a lower-case text, in the order said. A whole one is a whole float."""
    return [value for value, _, _ in placed_numbers(text)]


def placed_numbers(text: str) -> Iterator[tuple[float, str, str]]:
    """The same, each with the word before it and the word after it; empty at an end of the text."""
    words = re.findall(r"\d+(?:\.\d+)?|[a-z]+", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    for start, run in _runs(words):
        before, after = words[start - 1 : start], words[start + len(run) : start + len(run) + 1]
        yield from ((value, "".join(before), "".join(after)) for value in _values(run))


def ordinal(word: str) -> int | None:
    """The number of `third`, or of `3rd`."""
    numeral = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
    return int(numeral[1]) if numeral else _ORDINALS.get(word)


def _counts(word: str) -> bool:
    return word in _SMALL or word in _TENS or word in _SCALES or bool(_NUMERAL.fullmatch(word))


def _runs(words: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Words of a number that stand together, and the place of the first; "and" only within one, "point"
    before a fraction.
    """
    run: list[str] = []
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        inside = bool(run) and word in {"and", "point"} and _counts(following)
        if _counts(word) or word == "dozen" or inside:
            run.append(word)
        elif run:
            yield place - len(run), run
            run = []
    if run:
        yield len(words) - len(run), run


def _values(run: list[str]) -> Iterator[float]:
    """One number, or several said one after another: "five six" are two."""
    if "point" in run:
        place = run.index("point")
        fraction = "".join(_digit(word) for word in run[place + 1 :])
        whole = list(_values(run[:place])) or [0.0]
        yield from (*whole[:-1], float(f"{int(whole[-1])}.{fraction or 0}"))
        return
    total = part = 0.0
    before = ""
    for word in run:
        if before and not _goes_on(before, word):
            yield total + part
            total = part = 0.0
        total, part = _counted(word, total, part)
        before = before if word == "and" else word
    if before:
        yield total + part


def _goes_on(before: str, word: str) -> bool:
    """Whether `word` belongs to the number that `before` is part of."""
    if word in _SCALES or word == "dozen":
        return True
    if word == "and" or before in _SCALES:
        return True
    return before in _TENS and 0 < _SMALL.get(word, 0) < 10


def _counted(word: str, total: float, part: float) -> tuple[float, float]:
    if word == "dozen":
        return total, (part or 1) * 12
    if word == "hundred":
        return total, (part or 1) * 100
    if word in _SCALES:
        return total + (part or 1) * _SCALES[word], 0.0
    if word == "and":
        return total, part
    return total, part + float(_SMALL.get(word, _TENS.get(word, word)))


def _digit(word: str) -> str:
    return str(_SMALL.get(word, _TENS.get(word, word)))
