"""What may go wrong, where, and how often; and the text in which a shell says so.

    WHAT[:DETAIL][@MOMENT][@FROM][*TIMES][%PERCENT]

`text` each time; `text*2` the first two times; `text*1@3` once, from the third time on; `cut:400%20` by
chance, one time in five, with a detail of its own; `1006@answer` at that moment. Several are separated by
commas: the first one that fits is the one that happens.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import Generic, TypeVar

FORM = "WHAT[:DETAIL][@MOMENT][@FROM][*TIMES][%PERCENT], several separated by commas"
_SHAPE = re.compile(r"(?P<what>\w+)(?::(?P<detail>[^,@*%]+))?(?P<limits>(?:[@*%][\w.]+)*)")
_LIMIT = re.compile(r"([@*%])([\w.]+)")


class Kind(Enum):
    """One of a closed set of things that may happen. Its value: its word, its usual detail, its meaning."""

    def __init__(self, word: str, usual: float | str | None, means: str) -> None:
        self.word = word
        self.usual = usual
        "A number, in the unit that the meaning names, or a URL. None: it takes no detail."
        self.means = means

    @property
    def placed(self) -> bool:
        """Whether it can be told to happen at a Moment."""
        return False


class Moment(Kind):
    """Where in a conversation something happens."""

    GREETING = ("greeting", None, "while the first words are generated, before anybody has said anything")
    ANSWER = ("answer", None, "while an answer is generated")
    TOOL = ("tool", None, "while a tool runs")
    CALLER = ("caller", None, "while the caller speaks")
    SILENCE = ("silence", None, "half a second after an answer was heard, while nobody speaks")


K = TypeVar("K", bound=Kind)


@dataclass(frozen=True)
class Incident(Generic[K]):
    """Happens at some of a row of occasions: responses, sessions or handshakes, as its knob says.

    ValueError if it cannot be.
    """

    what: K
    detail: float | str | None = None
    "None: the usual one of its kind."
    at: Moment | None = None
    "None: wherever it can be, for a loss drawn by chance."
    since: int = 1
    "The first occasion that counts."
    times: int | None = None
    "How often it happens, at the most. None: without an end."
    percent: float = 100.0

    def __post_init__(self) -> None:
        usual = self.what.usual
        numbers = all(isinstance(detail, int | float) for detail in (self.detail, usual))
        if self.detail is not None and not numbers and type(self.detail) is not type(usual):
            wanted = "no detail" if usual is None else "a number" if isinstance(usual, float) else "a URL"
            raise ValueError(f"{self.what.word!r} takes {wanted}, was {self.detail!r}")
        if self.at is not None and not self.what.placed:
            raise ValueError(f"{self.what.word!r} takes no moment, was {self.at.word!r}")
        if self.since < 1 or (self.times is not None and self.times < 1) or not 0 < self.percent <= 100:
            raise ValueError(f"{self}: occasions count from 1, and percent are more than 0 and at most 100")

    @property
    def given(self) -> float | str | None:
        """Its detail, or the usual one."""
        return self.what.usual if self.detail is None else self.detail

    @property
    def amount(self) -> float:
        """The number of its detail; 0 where it has none."""
        return float(self.given) if isinstance(self.given, int | float) else 0.0

    def __str__(self) -> str:
        detail = self.detail if isinstance(self.detail, str | None) else f"{self.detail:g}"
        return "".join(
            (
                self.what.word,
                "" if detail is None else f":{detail}",
                f"@{self.at.word}" if self.at else "",
                f"@{self.since}" if self.since > 1 else "",
                f"*{self.times}" if self.times else "",
                f"%{self.percent:g}" if self.percent < 100 else "",
            )
        )


class Draws(Generic[K]):
    """Says at each occasion which of the incidents it is for. The same seed, the same draws."""

    def __init__(self, incidents: Sequence[Incident[K]], seed: str) -> None:
        self._incidents = incidents
        self._rng = Random(seed)  # noqa: S311 -- an accident, no secret
        self._occasions = 0
        self._happened = [0] * len(incidents)

    def next(self, fits: Callable[[Incident[K]], bool] = lambda _: True) -> Incident[K] | None:
        """The first that is due and `fits`; what does not fit has not happened, and may happen next time."""
        self._occasions += 1
        chances = [100 * self._rng.random() for _ in self._incidents]
        for place, (incident, chance) in enumerate(zip(self._incidents, chances, strict=True)):
            spent = incident.times is not None and self._happened[place] >= incident.times
            due = self._occasions >= incident.since and chance < incident.percent
            if due and not spent and fits(incident):
                self._happened[place] += 1
                return incident
        return None


def incidents(kind: type[K], text: str) -> tuple[Incident[K], ...]:
    """Read from their text form; none where it is empty or `none`. ValueError, one line."""
    if text.strip() in {"", "none"}:
        return ()
    return tuple(_incident(kind, each.strip()) for each in text.split(","))


def _incident(kind: type[K], text: str) -> Incident[K]:
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise ValueError(f"{text!r} is not of the form {FORM}")
    what = _named(kind, shape["what"])
    incident = Incident(what, _detail(what, shape["detail"]))
    for sign, limit in _LIMIT.findall(shape["limits"]):
        incident = _limited(incident, sign, limit)
    return incident


def _detail(what: Kind, text: str | None) -> float | str | None:
    return text if text is None or isinstance(what.usual, str) else _number(text)


def _limited(incident: Incident[K], sign: str, limit: str) -> Incident[K]:
    if sign == "%":
        return replace(incident, percent=_number(limit))
    if sign == "*":
        return replace(incident, times=_count(limit))
    if limit.isdigit():
        return replace(incident, since=_count(limit))
    return replace(incident, at=_named(Moment, limit))


def _named(kind: type[K], word: str) -> K:
    for each in kind:
        if each.word == word:
            return each
    raise ValueError(f"there is no {word!r}; there are {', '.join(each.word for each in kind)}")


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not number >= 0:
        raise ValueError(f"{text!r} is no number from 0 on")
    return number


def _count(text: str) -> int:
    if not text.isdigit():
        raise ValueError(f"{text!r} is no whole number")
    return int(text)
