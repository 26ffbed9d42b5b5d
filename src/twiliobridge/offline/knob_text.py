"""Knobs as text: what a shell sets, and lists."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, NamedTuple, get_args, get_type_hints

from twiliobridge.offline.faults import Answer, Loss, Noise, Odd
from twiliobridge.offline.incidents import FORM, Incident, Kind, Moment, incidents
from twiliobridge.offline.knobs import Knobs, Transcripts

YES, NO = frozenset({"yes", "on", "true", "1"}), frozenset({"no", "off", "false", "0"})


class Row(NamedTuple):
    """One line of the list of knobs."""

    name: str
    "Of a knob; or `knob=word` for a word that its value may contain."
    default: str
    "In text form; empty for a word."
    meaning: str


@dataclass(frozen=True)
class Form:
    """How the values of one type are written."""

    shape: str
    "In words, for whoever got it wrong."
    read: Callable[[str], Any]
    "ValueError for what cannot be read; its text is not shown."
    write: Callable[[Any], str]
    words: tuple[Kind, ...] = ()
    "That may occur in it."


def _seconds(text: str) -> float:
    value = float(text)
    if not value >= 0:
        raise ValueError
    return value


def _count(text: str) -> int:
    if not text.isdigit():
        raise ValueError
    return int(text)


def _yes(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise ValueError
    return text.lower() in YES


def _range(text: str) -> tuple[int, int]:
    least, most = map(_count, text.split("-"))
    if not 0 < least <= most:
        raise ValueError
    return least, most


def _or_none(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: None if text == "none" else read(text)


def _short(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _listed(kind: type[Kind]) -> Form:
    return Form(
        shape=FORM,
        read=lambda text: incidents(kind, text),
        write=lambda value: ",".join(map(str, value)) or "none",
        words=tuple(kind),
    )


FORMS: Mapping[object, Form] = MappingProxyType(
    {
        float: Form("a number from 0 on, or inf", _seconds, _short),
        float | None: Form("a number from 0 on, or none", _or_none(_seconds), _short),
        int: Form("a whole number from 0 on", _count, str),
        int | None: Form("a whole number from 0 on, or none", _or_none(_count), _short),
        bool: Form("yes or no", _yes, lambda value: "yes" if value else "no"),
        str: Form("text", str, str),
        tuple[int, int]: Form(
            "two whole numbers, such as 50-500", _range, lambda value: "-".join(map(str, value))
        ),
        Transcripts: Form(
            "one of " + ", ".join(each.name.lower() for each in Transcripts),
            lambda text: Transcripts[text.upper()],
            lambda value: str(value.name.lower()),
        ),
        tuple[Incident[Odd], ...]: _listed(Odd),
        tuple[Incident[Noise], ...]: _listed(Noise),
        tuple[Incident[Loss], ...]: _listed(Loss),
        tuple[Incident[Answer], ...]: _listed(Answer),
    }
)


def _annotated() -> Mapping[str, tuple[Form, str]]:
    hints = get_type_hints(Knobs, include_extras=True)
    declared = ((field.name, get_args(hints[field.name])) for field in fields(Knobs))
    return {name: (FORMS[kind], meaning) for name, (kind, meaning) in declared}


KNOBS: Mapping[str, tuple[Form, str]] = MappingProxyType(dict(_annotated()))
"Name -> how its value is written, and what it means."


def set_knob(knobs: Knobs, text: str) -> Knobs:
    """`knobs` with one of them set by `NAME=VALUE`. ValueError, one line, if it cannot be."""
    name, separator, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not separator or name not in KNOBS:
        raise ValueError(f"{text!r} sets no knob: NAME=VALUE, with a name of {', '.join(KNOBS)}")
    form, _ = KNOBS[name]
    try:
        return replace(knobs, **{name: form.read(value.strip())})
    except (ValueError, KeyError) as error:
        cause = f": {error}" if form.words else ""
        raise ValueError(f"{name}={value.strip()} cannot be: {name} is {form.shape}{cause}") from None


def described() -> Iterator[Row]:
    """Each knob, and beneath it the words that its value may contain."""
    usual = Knobs()
    for name, (form, meaning) in KNOBS.items():
        written = f" Written {form.shape}." if form.words else ""
        yield Row(name, form.write(getattr(usual, name)), meaning + written)
        for each in form.words:
            detail = "" if each.usual is None else f"[:{_usual(each)}]"
            yield Row(f"{name}={each.word}{detail}", "", each.means)
        if any(each.placed for each in form.words):
            yield from (Row(f"{name}=...@{moment.word}", "", moment.means) for moment in Moment)


def _usual(kind: Kind) -> str:
    return kind.usual if isinstance(kind.usual, str) else f"{kind.usual:g}"
