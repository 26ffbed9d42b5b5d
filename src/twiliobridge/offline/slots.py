"""Facts that a caller can give, and how to find them in what was said."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from twiliobridge.offline.words import spoken_digits

Fact = str | bool

_NEGATED = re.compile(r"\bnot (the |my |a |to )?$")
_YES = (
    r"\b(yes|yeah|yep|yup|yea|sure|okay|ok|correct|right|exactly|certainly|absolutely|of course)\b",
    r"\b(please do|go ahead)\b",
    r"\bthat is (it|the one)\b",
    r"\b(that|this|same) address\b",
)
_NO = (r"^(well |um |uh |oh )*(no|nope|nah)\b.*", r"\b(not|never|without|wrong|incorrect|different)\b")


class Slot(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Common to all kinds. `words` are always normalised."""

    ask: str
    """The question; an intent that needs the fact asks it."""
    again: str = ""
    """Asked when the answer was not understood. Empty: `ask` again."""
    noted: list[str] = []
    """What to say to the fact when nobody asked for it. Alternatives: the first that can be filled in."""

    def find(self, words: str, *, asked: bool) -> Fact | None:
        """The fact in these words; `asked` says whether they answer this slot's question."""
        raise NotImplementedError

    def spoken(self, fact: Fact) -> str:
        """The fact as it is read out."""
        return str(fact)


class Choice(Slot, frozen=True, kw_only=True, tag="choice"):
    """One of a few values, each found by its patterns; the last one named counts, "not the gold" does not."""

    values: dict[str, list[str]]

    def find(self, words: str, *, asked: bool) -> Fact | None:
        return _last(words, self.values)


class YesOrNo(Slot, frozen=True, kw_only=True, tag="yes_or_no"):
    """Heard only as an answer: "right" and "okay" are said all the time."""

    def find(self, words: str, *, asked: bool) -> Fact | None:
        return yes_or_no(words) if asked else None


class Digits(Slot, frozen=True, kw_only=True, tag="digits"):
    """A fixed number of digits, keyed or spoken; read out one by one."""

    count: int

    def find(self, words: str, *, asked: bool) -> Fact | None:
        return spoken_digits(words, self.count)

    def spoken(self, fact: Fact) -> str:
        return " ".join(str(fact))


AnySlot = Choice | YesOrNo | Digits


def yes_or_no(words: str) -> bool | None:
    """Which of the two normalised words say, the one said last; None if they say neither."""
    answer = _last(words, {"yes": _YES, "no": _NO})
    return None if answer is None else answer == "yes"


def _last(words: str, values: "dict[str, list[str]] | dict[str, tuple[str, ...]]") -> str | None:
    found = sorted((end, value) for value, patterns in values.items() for end in mentions(words, patterns))
    return found[-1][1] if found else None


def mentions(words: str, patterns: Sequence[str]) -> Iterator[int]:
    """Where what fits a pattern ends in the words; "not the gold" is no mention of it."""
    for pattern in patterns:
        for match in re.finditer(pattern, words):
            if not _NEGATED.search(words[: match.start()]):
                yield match.end()
