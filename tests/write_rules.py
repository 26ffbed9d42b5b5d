"""Writes docs/rules.md, the catalogue of all rules, from the code and the gallery."""

from collections import defaultdict
from pathlib import Path

from broken_bridges import gallery

from twiliobridge.validate.check import registered
from twiliobridge.validate.selection import RETIRED

FILE = Path(__file__).parents[1] / "docs" / "rules.md"
HEAD = (
    "# The rules\n\n"
    "Written by `python tests/write_rules.py` from the code. What is judged, and how, is in"
    " [validate.md](validate.md); `twiliobridge validate --explain C5.6` shows one rule.\n\n"
    "A number is one rule's for good. A MUST that is broken fails the run; a SHOULD that is broken is"
    " reported beside it.\n"
    "For each rule there are bridges that break it, each broken in one way: `tests/broken_bridges.py`. The"
    " whole suite is run on each of them, must find that fault, and must blame nothing else.\n"
)


def catalogue():
    """All of docs/rules.md."""
    broken = defaultdict(list)
    for each in gallery():
        broken[each.own].append(each.name)
    checks = [section(check, broken) for check in registered() if not check.microphone]
    return "\n".join([HEAD, *checks, retired()])


def section(check, broken):
    about = f"{check.law} Bound: {check.seconds:g} s."
    return "\n".join(
        [f"## {check.id} {check.name}\n", f"{about}\n", *(rule(law, broken) for law in check.parts)]
    )


def rule(law, broken):
    rows = {
        "level": law.level.value,
        "done on the line": law.done,
        "it passes if": law.text,
        "if not": law.advice,
        "source": law.source,
        "broken by": "; ".join(f"a bridge that {name}" for name in broken[law.id]),
    }
    return "\n".join([f"### {law.id}\n", "| | |", "|---|---|", *(row(*each) for each in rows.items()), ""])


def row(name, text):
    return f"| {name} | {text.replace('|', chr(92) + '|')} |"


def retired():
    rows = [row(number, about) for number, about in RETIRED.items()] or ["| none | |"]
    return "\n".join(["## Retired numbers\n", "| | it was about |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    FILE.write_text(catalogue(), "utf-8")
