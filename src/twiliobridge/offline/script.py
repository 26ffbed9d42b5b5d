"""The rules by which the offline model answers, read from TOML: slots, intents, replies and tool calls.

`banking.toml` is the one that ships, and the reference by example. Patterns are regular expressions over
normalised words (`words.normalised`), searched anywhere. Replies are lists of alternatives: the first one
counts whose `{slots}` are all known and which the voice can say.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Self

import msgspec

from twiliobridge.offline.slots import AnySlot
from twiliobridge.offline.words import normalised

SLOT = re.compile(r"\{(\w+)\}")
MORE = "more"
"""The name of the question whether there is anything else."""


class ScriptError(ValueError):
    """The TOML is no script; the text is one line that says where and why."""


class Intent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a caller may want."""

    patterns: list[str]
    """The first intent of the file counts of which one pattern is found."""
    answers: str = ""
    """Only considered, and then before all others, after this question: a slot's name, or `more`."""
    needs: list[str] = []
    """Slots that must be known; the first unknown one is asked for."""
    say: list[str] = []
    """The reply; before a call, what is said until the tool has answered."""
    call: str = ""
    """The tool that does it."""
    arguments: dict[str, str] = {}
    """Argument -> slot."""
    without: list[str] = []
    """The reply if the session has not declared the tool. None: `say`."""
    then: list[str] = []
    """The reply to the tool's output: `{output}`, or the fields of its JSON object, are slots here."""
    remember: dict[str, str] = {}
    """Fact -> slot: kept under another name once the tool has done its work."""
    forget: list[str] = []
    """Slots that are no longer known once the tool has done its work."""
    asks: str = ""
    """The question with which the last reply ends."""
    aside: bool = False
    """The task in hand goes on afterwards."""
    repeats: bool = False
    """The reply is the latest reply once more."""


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    greeting: str
    fallback: list[str]
    """Said to the first turn that was not understood, to the second, ..."""
    failed: str
    """Said when a tool could not do its work. Ends with the question `more`."""
    turns: list[str] = []
    """What the caller says in the demo: taken as heard, one after another, where there is no recogniser."""
    slots: dict[str, AnySlot] = {}
    intents: dict[str, Intent]

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """ScriptError if a key, a type, a pattern or a name is wrong."""
        try:
            script = msgspec.toml.decode(text, type=cls)
        except (msgspec.DecodeError, ValueError) as error:
            raise ScriptError(f"the script cannot be read: {error}") from error
        for fault in _faults(script):
            raise ScriptError(f"the script cannot be used: {fault}")
        return script

    def intent(self, words: str, question: str) -> Intent | None:
        """The intent of normalised `words`, spoken after `question` (empty: after none)."""
        answers = (intent for intent in self.intents.values() if question and intent.answers == question)
        others = (intent for intent in self.intents.values() if not intent.answers)
        for intent in (*answers, *others):
            if any(re.search(pattern, words) for pattern in intent.patterns):
                return intent
        return None

    def called(self, tool: str) -> Intent | None:
        """The intent that calls `tool`."""
        return next((intent for intent in self.intents.values() if intent.call == tool), None)

    def replies(self) -> Iterator[str]:
        """What can be recorded: replies without slots, and those whose slots the demo's turns fill in."""
        known = dict(self._demo_facts())
        for intent in self.intents.values():
            known |= {name: known[slot] for name, slot in intent.remember.items() if slot in known}
        for template in self._templates():
            if template and known.keys() >= set(SLOT.findall(template)):
                yield fill(template, known)

    def _demo_facts(self) -> Iterator[tuple[str, str]]:
        for words, (name, slot) in product(map(normalised, self.turns), self.slots.items()):
            fact = slot.find(words, asked=False)
            if fact is not None:
                yield name, slot.spoken(fact)

    def _templates(self) -> Iterator[str]:
        yield from (self.greeting, self.failed, *self.fallback)
        for slot in self.slots.values():
            yield from (slot.ask, slot.again, *slot.noted)
        for intent in self.intents.values():
            yield from (*intent.say, *intent.without, *intent.then)


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with its slots filled in. KeyError if one is unknown."""
    return SLOT.sub(lambda slot: values[slot[1]], template)


def _faults(script: Script) -> Iterator[str]:
    if not script.fallback:
        yield "`fallback` has no reply"
    for name, slot in script.slots.items():
        yield from _unfillable(f"slot {name!r}", slot.noted, {name})
    for name, intent in script.intents.items():
        yield from (f"intent {name!r}: {fault}" for fault in _faults_of(intent, script.slots.keys()))


def _faults_of(intent: Intent, slots: Collection[str]) -> Iterator[str]:
    yield from _broken(intent.patterns)
    needs, arguments = {*intent.needs}, {*intent.arguments.values()}
    unknown = (needs | arguments | {*intent.remember.values()}) - set(slots)
    yield from (f"there is no slot {slot!r}" for slot in sorted(unknown))
    yield from (f"{slot!r} is an argument but not in `needs`" for slot in sorted(arguments - needs))
    if intent.aside and (needs or intent.call):
        yield "an aside needs nothing and calls nothing"
    if not (intent.say or intent.without or intent.repeats):
        yield "it has nothing to say"
    yield from _unfillable("`say`", intent.say, needs)
    yield from _unfillable("`without`", intent.without, needs)
    yield from _unfillable("`then`", intent.then, {"output"})


def _unfillable(where: str, alternatives: list[str], known: set[str]) -> Iterator[str]:
    """The last alternative is said when no other can be, so it must do with what is known for certain."""
    for slot in sorted(set(SLOT.findall("".join(alternatives[-1:]))) - known):
        yield f"{where} needs a last alternative without {{{slot}}}"


def _broken(patterns: list[str]) -> Iterator[str]:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"the pattern {pattern!r} is broken: {error}"


@cache
def banking() -> Script:
    """The script that ships: a bank's telephone agent."""
    return Script.from_toml(Path(__file__).with_name("banking.toml").read_text(encoding="utf-8"))
