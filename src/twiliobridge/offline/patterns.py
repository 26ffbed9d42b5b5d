"""A text that a regular expression matches. Not all of them: what a schema's `pattern` is made of.

Literals, classes, groups, alternatives and quantifiers. Anchors and assertions are passed over, so whoever
asks must hold the text against the expression.
"""

import string
from collections.abc import Callable
from random import Random

Part = Callable[[Random, int], str]
"Makes a text: the second argument is how often a quantifier may repeat beyond its least."

MOST_REPEATS = 1000
_ANY = string.ascii_lowercase
_ALL = string.ascii_letters + string.digits + "_ -.,:/"
_CLASSES = {
    "d": string.digits,
    "w": string.ascii_lowercase + string.digits + "_",
    "s": " ",
    "D": string.ascii_lowercase,
    "W": " ",
    "S": string.ascii_lowercase + string.digits,
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_EMPTY = frozenset("bBAZzGQE")
"Escapes that match no character."


class Unreadable(ValueError):  # noqa: N818 -- what it says of a pattern
    """The pattern is none, or uses what is not known here."""


def matching(pattern: str) -> Part:
    """Raises Unreadable."""
    reader = _Reader(pattern)
    part = reader.alternatives()
    if reader.left:
        raise Unreadable(f"{pattern!r} has a bracket too many")
    return part


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._place = 0

    @property
    def left(self) -> str:
        return self._text[self._place :]

    def _take(self, *texts: str) -> str:
        """The first of these texts that comes next; empty if none does."""
        for text in texts:
            if text and self.left.startswith(text):
                self._place += len(text)
                return text
        return ""

    def _next(self) -> str:
        if not self.left:
            raise Unreadable(f"{self._text!r} ends too early")
        self._place += 1
        return self._text[self._place - 1]

    def alternatives(self) -> Part:
        choices = [self._sequence()]
        while self._take("|"):
            choices.append(self._sequence())
        return lambda rng, more: rng.choice(choices)(rng, more)

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self.left and self.left[0] not in "|)":
            parts.append(self._repeated(self._atom()))
        return lambda rng, more: "".join(part(rng, more) for part in parts)

    def _atom(self) -> Part:
        match self._next():
            case "(":
                return self._group()
            case "[":
                return _one_of(self._set())
            case "\\":
                return _one_of(self._escaped())
            case ".":
                return _one_of(_ANY)
            case "^" | "$":
                return _one_of("")
            case "*" | "+" | "?":
                raise Unreadable(f"{self._text!r} repeats nothing")
            case literal:
                return _one_of(literal)

    def _group(self) -> Part:
        asserts = bool(self._take("?=", "?!", "?<=", "?<!"))
        if not asserts and self._take("?:", "?P<", "?<") not in {"", "?:"}:
            while self._next() != ">":
                pass
        elif self.left.startswith("?"):
            raise Unreadable(f"{self._text!r} has a group of an unknown kind")
        inner = self.alternatives()
        if not self._take(")"):
            raise Unreadable(f"{self._text!r} has an open bracket")
        return _one_of("") if asserts else inner

    def _repeated(self, part: Part) -> Part:
        least, most = self._counts()
        self._take("?", "+")  # lazy or possessive: the same texts
        if (least, most) == (1, 1):
            return part

        def repeated(rng: Random, more: int) -> str:
            count = rng.randint(least, min(most, least + more))
            return "".join(part(rng, more) for _ in range(count))

        return repeated

    def _counts(self) -> tuple[int, int]:
        match self._take("*", "+", "?"):
            case "*":
                return 0, MOST_REPEATS
            case "+":
                return 1, MOST_REPEATS
            case "?":
                return 0, 1
        body, bracket, _ = self.left.partition("}")
        least, comma, most = body[1:].partition(",")
        if not (body.startswith("{") and bracket and least.isdecimal() and (not most or most.isdecimal())):
            return 1, 1
        self._place += len(body) + 1
        low = min(int(least), MOST_REPEATS)
        high = low if not comma else min(int(most or MOST_REPEATS), MOST_REPEATS)
        return low, max(low, high)

    def _escaped(self) -> str:
        """The characters that an escape stands for."""
        sign = self._next()
        if sign in _EMPTY:
            return ""
        if sign in "xu":
            digits = 2 if sign == "x" else 4
            code, self._place = self.left[:digits], self._place + digits
            try:
                return chr(int(code, 16))
            except ValueError:
                raise Unreadable(f"{self._text!r} has a broken escape") from None
        if sign.isalnum() and sign not in _CLASSES and sign not in _CONTROLS:
            raise Unreadable(f"{self._text!r} refers to a group")
        return _CLASSES.get(sign) or _CONTROLS.get(sign) or sign

    def _set(self) -> str:
        excluded = bool(self._take("^"))
        characters = self._take("]")
        while not self._take("]"):
            first = self._member()
            if len(first) == 1 and self.left.startswith("-") and not self.left.startswith("-]"):
                self._take("-")
                last = self._member()
                first = "".join(map(chr, range(ord(first), ord(last) + 1))) if len(last) == 1 else first
            characters += first
        return "".join(each for each in _ALL if each not in characters) if excluded else characters

    def _member(self) -> str:
        sign = self._next()
        return self._escaped() if sign == "\\" else sign


def _one_of(characters: str) -> Part:
    return lambda rng, _: rng.choice(characters) if characters else ""
