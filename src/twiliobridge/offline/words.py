"""Words as a recogniser writes them, made comparable: lower case, no punctuation, no contractions."""

import re
from itertools import zip_longest

_CONTRACTIONS = (
    (re.compile(r"\bcan't\b"), "cannot"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(that|what|it|there|here|how|who|when|where)'s\b"), r"\1 is"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"'"), ""),
)
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {name: str(value) for value, name in enumerate((*_UNITS, *_TEENS))}
_LEADING = {name: str(value) for value, name in enumerate(_TENS, 2)}
"""The first digit of a pair: "forty two"; alone, "forty" is 40."""
_HOMOPHONES = {"oh": "0", "o": "0", "won": "1", "to": "2", "too": "2", "for": "4", "fore": "4", "ate": "8"}
"""What a recogniser writes for a digit said alone: "four to seven one"."""


def normalised(text: str) -> str:
    """The words of `text`, one space between them; empty if there are none."""
    text = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for contraction, words in _CONTRACTIONS:
        text = contraction.sub(words, text)
    return " ".join(re.findall(r"[a-z0-9]+", text))


def spoken_digits(words: str, count: int) -> str | None:
    """The `count` digits that normalised `words` name in one run, the last such: "ends in forty two 7 won".

    Homophones count as digits in a run; at its ends they may be plain words as well ("it is for 4271").
    """
    found = [
        digits for run in _runs(words.split()) for digits in [_join(_cut(run, count))] if len(digits) == count
    ]
    return found[-1] if found else None


def _runs(words: list[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for word in words:
        if word.isdecimal() or word in _NUMBERS or word in _LEADING or word in _HOMOPHONES:
            runs[-1].append(word)
        else:
            runs.append([])
    return runs


def _cut(run: list[str], count: int) -> list[str]:
    """Without homophones at its ends, as long as it has too many digits."""
    while len(_join(run)) > count and run[0] in _HOMOPHONES:
        run = run[1:]
    while len(_join(run)) > count and run[-1] in _HOMOPHONES:
        run = run[:-1]
    return run


def _join(run: list[str]) -> str:
    digits = ""
    for word, following in zip_longest(run, run[1:], fillvalue=""):
        digits += _LEADING.get(word) or _digits(word)
        if word in _LEADING and not (following in _UNITS[1:] or following in _HOMOPHONES):
            digits += "0"
    return digits


def _digits(word: str) -> str:
    return _NUMBERS.get(word) or _HOMOPHONES.get(word) or word


def words_of(line: str) -> frozenset[str]:
    """The words of one line, for tables."""
    return frozenset(line.split())


def numbers(words: str) -> list[int]:
    """The numbers that normalised `words` spell out, from zero to ninety-nine."""
    found: list[int] = []
    before = ""
    for word in words.split():
        if word in _LEADING:
            found.append(10 * int(_LEADING[word]))
        elif word in _UNITS[1:] and before in _LEADING:
            found[-1] += int(_NUMBERS[word])
        elif word in _NUMBERS:
            found.append(int(_NUMBERS[word]))
        before = word
    return found
