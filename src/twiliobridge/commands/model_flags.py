"""The flags of the built-in model: who answers, how the model behaves, and how far away it is.

Every command with a built-in model has the same ones.
"""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from shutil import get_terminal_size
from textwrap import wrap

from twiliobridge.commands.command import UsageError
from twiliobridge.commands.files import text_of
from twiliobridge.offline import BEHAVIOURS, Knobs, Script, ScriptError, behaving, described, set_knob
from twiliobridge.offline.knob_text import Row

MOST_COLUMNS = 110

FLAGS = ("script", "behave", "set", "model_latency", "seed")
"As argparse names them; None where they were not given."

DIALLING = 3
"Round trips of a handshake: TCP, TLS, HTTP. The name is looked up once, and is not counted."


def add_model_flags(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("the built-in model")
    group.add_argument(
        "--script", metavar="FILE.toml", help="what it says, by rules: docs/offline.md#scripts"
    )
    group.add_argument(
        "--behave",
        action="append",
        type=_names,
        metavar="NAME,...",
        help=f"as unkind as the world: {', '.join(BEHAVIOURS)}; repeatable",
    )
    group.add_argument(
        "--set", action="append", metavar="NAME=VALUE", help="one knob of its behaviour; repeatable"
    )
    group.add_argument("--knobs", action="store_true", help="list the knobs, and leave")
    group.add_argument(
        "--model-latency",
        type=_seconds,
        metavar="SECONDS",
        help=f"how far away it is: each event arrives so late, and dialling takes {DIALLING} times as long",
    )
    group.add_argument("--seed", type=_whole, metavar="N", help="of what happens by chance (default 0)")


def knobs_told(options: Namespace) -> bool:
    """Whether the list of knobs was asked for, and is on stdout now: there is nothing else to do then."""
    if options.knobs:
        width = min(get_terminal_size().columns, MOST_COLUMNS)
        sys.stdout.writelines(f"{line}\n" for line in knob_lines(width))
    return bool(options.knobs)


def model_flags_given(options: Namespace) -> str:
    """One of the flags that were given, as it was written; empty if none was."""
    given = (name for name in FLAGS if getattr(options, name) is not None)
    return next((f"--{name.replace('_', '-')}" for name in given), "")


@dataclass(frozen=True)
class ModelPlan:
    """What the flags make of the built-in model."""

    knobs: Knobs = field(default_factory=Knobs)
    script: Script | None = None
    "None: each session is answered by what it says of its agent."


def model_plan(options: Namespace, usual: ModelPlan | None = None) -> ModelPlan:
    """The flags laid over `usual`. UsageError, one line, for a wrong one."""
    usual = usual or ModelPlan()
    return ModelPlan(_knobs(options, usual.knobs), _script(options.script) or usual.script)


def _knobs(options: Namespace, usual: Knobs) -> Knobs:
    """Behaviours first, single knobs last."""
    knobs = usual if options.seed is None else replace(usual, seed=options.seed)
    try:
        knobs = behaving([name for names in options.behave or () for name in names], knobs)
        if options.model_latency is not None:
            knobs = replace(knobs, back=options.model_latency, dial=DIALLING * options.model_latency)
        for text in options.set or ():
            knobs = set_knob(knobs, text)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return knobs


def _script(path: str | None) -> Script | None:
    if path is None:
        return None
    try:
        return Script.from_toml(text_of(path))
    except ScriptError as error:
        raise UsageError(f"{path}: {' '.join(str(error).split())}") from None


# ---------------------------------------------------------------- for argparse


def knob_lines(width: int) -> Iterator[str]:
    """The list of knobs: a name, its default, and under it the meaning."""
    yield from wrap("--set NAME=VALUE sets one of these. The value shown is the default.", width)
    for row in described():
        yield from _entry(row, width)
    yield ""
    yield from wrap(f"--behave NAME sets several at once: {', '.join(BEHAVIOURS)}.", width)


def _entry(row: Row, width: int) -> Iterator[str]:
    """A knob, or a word that its value may contain, which stands under it."""
    _, is_word, word = row.name.partition("=")
    margin = "    " if is_word else ""
    yield from [f"{margin}{word}"] if is_word else ["", f"{row.name}={row.default}"]
    yield from wrap(row.meaning, width, initial_indent=f"{margin}    ", subsequent_indent=f"{margin}    ")


def _names(text: str) -> list[str]:
    """Names of behaviours. For argparse, in whose words ValueErrors are lost."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in BEHAVIOURS]
    if unknown or not names:
        raise ArgumentTypeError(f"{text!r} is none of {', '.join(BEHAVIOURS)}")
    return names


def _number(read: Callable[[str], float], form: str) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            value = read(text)
        except ValueError:
            value = -1
        if not 0 <= value < float("inf"):
            raise ArgumentTypeError(f"{form}, was {text!r}")
        return value

    return number


_seconds = _number(float, "seconds are a number from 0 on")
_whole = _number(int, "a seed is a whole number from 0 on")
