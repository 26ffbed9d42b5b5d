"""Words as a recogniser writes them, made comparable: lower case, no punctuation, no contractions."""

import re
from functools import lru_cache
from itertools import zip_longest

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
SHORT = 200
"Characters of a text whose words are remembered: what callers say, and not what tools answer."

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


_KEYED = re.compile(r"the caller pressed (.+) on the keypad\.?", re.IGNORECASE)
"""The words in which the bridge reports keys of the telephone."""


def keyed(text: str) -> str | None:
    """The digits in a report of keys; None if it is none. `#` and `*` are left out."""
    keys = _KEYED.fullmatch(text.strip())
    return re.sub("[^0-9]", "", keys[1]) if keys else None


def sentences(text: str) -> list[str]:
    """As written, each with its stop."""
    return [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence]


def normalised(text: str) -> str:
    """The words of `text`, one space between them; empty if there are none."""
    return _remembered(text) if len(text) <= SHORT else _normalised(text)


def _normalised(text: str) -> str:
    text = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for contraction, words in _CONTRACTIONS:
        text = contraction.sub(words, text)
    return " ".join(re.findall(r"[a-z0-9]+", text))


_remembered = lru_cache(4096)(_normalised)
"A conversation is gone through again for each reply."


def spoken_digits(words: str, count: int) -> str | None:
    """The `count` digits that normalised `words` name in one run, the last such: "ends in forty two 7 won".

    Homophones count as digits in a run; at its ends they may be plain words as well ("it is for 4271").
    """
    found = [
        digits for run in _runs(words.split()) for digits in [_join(_cut(run, count))] if len(digits) == count
    ]
    return found[-1] if found else None


def digit_runs(words: str) -> list[str]:
    """Every run of digits that normalised `words` name, without homophones at its ends, in the order said.

    Where nothing but digits was said, its homophones are digits: "oh four two oh".
    """
    alone = all(_names_digits(word) for word in words.split())
    found = [_join(run if alone else _bare(run)) for run in _runs(words.split())]
    return [digits for digits in found if digits]


def _bare(run: list[str]) -> list[str]:
    while run and run[0] in _HOMOPHONES:
        run = run[1:]
    while run and run[-1] in _HOMOPHONES:
        run = run[:-1]
    return run


def _names_digits(word: str) -> bool:
    return word.isdecimal() or word in _NUMBERS or word in _LEADING or word in _HOMOPHONES


def _runs(words: list[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for word in words:
        if _names_digits(word):
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
