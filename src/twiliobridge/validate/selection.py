"""Which checks a run is made of."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from twiliobridge.validate.check import Check, registered
from twiliobridge.validate.law import Law

TESTS: dict[str, tuple[str, ...]] = {
    "protocol": ("C1", "C2", "C3", "C8"),
    "single": ("C1", "C4", "C5"),
    "multi": ("C6",),
    "dtmf": ("C7",),
    "live": ("M1",),
    "realtime": ("M2",),
    "all": tuple(f"C{number}" for number in range(1, 9)),
}
"Each name that `--test` takes, with its checks."

MICROPHONE = "the microphone tests were left out: ask for them with --test live or --test realtime"


RETIRED: Mapping[str, str] = MappingProxyType({})
"Numbers of rules that are no more, each with what it was about. They are not given again."


def by_id(check_id: str) -> Check:
    """Of a check, or of a rule in it. ValueError, one line, if there is none."""
    found = {each.id: each for each in registered()}
    wanted = check_id.upper().partition(".")[0]
    if wanted not in found:
        raise ValueError(f"there is no check {check_id!r}; there are: {', '.join(found)}")
    return found[wanted]


def selected(tests: Sequence[str], only: Sequence[str]) -> list[Check]:
    """The checks of some tests, or just those named, in order."""
    wanted = {by_id(each).id for each in only} or {each for test in tests for each in TESTS[test]}
    return [each for each in registered() if each.id in wanted]


def left_out(chosen: Sequence[Check]) -> list[tuple[Check, str]]:
    """The others of the eight, and why they do not run."""
    ids = {each.id for each in chosen}
    eight = [each for each in registered() if not each.microphone]
    return [(each, "not asked for") for each in eight if each.id not in ids]


def list_text() -> str:
    lines = []
    for each in registered():
        note = " (microphone; only when asked for)" if each.microphone else ""
        lines.append(f"{each.id}  {each.name}: {each.law}{note}")
        lines += [f"      {part.id}  {part.level.value:6} {part.text}" for part in each.parts]
    return "\n".join(lines)


def explain_text(wanted: str) -> str:
    """A check with all its rules, or one rule, by its id. ValueError, one line, if there is none."""
    check = by_id(wanted)
    if "." not in wanted:
        return "\n\n".join([_check_text(check), *map(_rule_text, check.parts)])
    rules = {law.id: law for law in check.parts}
    if wanted.upper() in RETIRED:
        raise ValueError(f"{wanted.upper()} is retired: {RETIRED[wanted.upper()]}")
    if wanted.upper() not in rules:
        raise ValueError(f"{check.id} has no rule {wanted!r}; it has: {', '.join(rules)}")
    return f"{check.id}  {check.name}\n\n{_rule_text(rules[wanted.upper()])}"


def _check_text(check: Check) -> str:
    tests = [name for name, ids in TESTS.items() if check.id in ids]
    return "\n".join(
        [
            f"{check.id}  {check.name}",
            "",
            f"Rule:    {check.law}",
            f"Level:   {check.level.value}",
            f"Source:  {check.source}",
            f"Tests:   {', '.join(tests)}",
            f"Bound:   {check.seconds:g} s",
        ]
    )


def _rule_text(law: Law) -> str:
    return "\n".join(
        [
            f"{law.id}  {law.level.value}  {law.text}",
            f"      done:   {law.done}",
            f"      source: {law.source}",
            f"      if not: {law.advice}",
        ]
    )
