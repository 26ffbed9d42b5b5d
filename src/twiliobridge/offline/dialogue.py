"""A script in conversation: what is known, what is being done, and what was asked and heard."""

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from twiliobridge.offline.brain import CallTool, Reply, Say
from twiliobridge.offline.script import MORE, SLOT, Intent, Script, fill
from twiliobridge.offline.slots import Digits, Fact
from twiliobridge.offline.words import keyed, normalised


class Dialogue:
    """One conversation by `script`, told turn by turn what was heard and said; tellings give the reply due.

    A fact counts if the caller gave it, in this turn or an earlier one. A question counts once `said` reports
    it: the caller's "yes" is no answer to what was cut off.
    `can_say` is the voice's: of the alternatives of a reply, the first that it can speak is taken.
    """

    def __init__(self, script: Script, tools: Collection[str], can_say: Callable[[str], bool]) -> None:
        self._script = script
        self._tools = tools
        self._can_say = can_say
        self._facts: dict[str, Fact] = {}
        self._task: Intent | None = None
        self._asked = ""
        "The question that the caller has heard and not answered: a slot's name, or `more`."
        self._planned = ("", "")
        "The latest reply, and the question in it."
        self._misses = 0

    @property
    def waits_for_keys(self) -> bool:
        return isinstance(self._script.slots.get(self._asked), Digits)

    def greet(self, words: str) -> Reply:
        """Opens the call with `words`; with the script's own greeting if there are none that can be said."""
        return self._say(words if words and self._can_say(words) else self._script.greeting)

    def heard(self, text: str) -> Reply:
        """The caller's turn: spoken, typed, or keyed as the bridge reports it."""
        keys = keyed(text)
        words = normalised(text) if keys is None else keys
        facts = self._facts_in(words)
        intent = self._script.intent(words, self._asked)
        answered = self._asked in facts
        self._facts |= facts
        if intent and not answered:
            return self._begin(intent)
        return self._go_on() if facts else self._miss()

    def said(self, text: str) -> None:
        """What the caller heard of the latest reply: all of it, or (no text) a part of it."""
        planned, question = self._planned
        if question and text == planned:
            self._asked = question

    def answered(self, tool: str, output: str) -> Reply:
        """A tool's output, or the error text that stands for it."""
        intent = self._script.called(tool)
        if intent is None or not intent.then:
            return ()
        fields = _fields(output)
        if "error" in fields or normalised(output).startswith("error"):
            return self._say(self._script.failed, MORE)
        self._facts |= {
            fact: self._facts[slot] for fact, slot in intent.remember.items() if slot in self._facts
        }
        text = self._choose(intent.then, fields)
        for slot in intent.forget:
            self._facts.pop(slot, None)
        return self._say(text, intent.asks)

    def again(self) -> Reply:
        """The latest reply once more."""
        return self._say(*self._planned) if self._planned[0] else self.greet("")

    # ------------------------------------------------------------ the task in hand

    def _facts_in(self, words: str) -> dict[str, Fact]:
        slots = self._script.slots.items()
        found = {name: slot.find(words, asked=name == self._asked) for name, slot in slots}
        return {name: fact for name, fact in found.items() if fact is not None}

    def _begin(self, intent: Intent) -> Reply:
        self._misses = 0
        if intent.repeats:
            return self.again()
        if intent.aside:
            return self._say(self._choose(intent.say))
        self._task, self._asked = intent, ""
        return self._go_on()

    def _go_on(self) -> Reply:
        """Asks for what the task still needs, or does it."""
        self._misses = 0
        if self._task is None:
            return self._note()
        for name in self._task.needs:
            if name not in self._facts:
                return self._say(self._script.slots[name].ask, name)
        done, self._task, self._asked = self._task, None, ""
        return self._do(done)

    def _note(self) -> Reply:
        """A fact that nobody asked for."""
        known = [
            slot.noted for name, slot in self._script.slots.items() if name in self._facts and slot.noted
        ]
        return self._say(self._choose(known[-1])) if known else self._miss()

    def _do(self, intent: Intent) -> Reply:
        if not intent.call:
            return self._say(self._choose(intent.say), intent.asks)
        if intent.call not in self._tools:
            return self._say(self._choose(intent.without or intent.say), intent.asks)
        arguments = {argument: self._facts[slot] for argument, slot in intent.arguments.items()}
        before = self._say(self._choose(intent.say)) if intent.say else ()
        return (*before, CallTool(intent.call, arguments))

    def _miss(self) -> Reply:
        """Not understood: the open question again, or what the task needs, or else a plea."""
        slot = self._script.slots.get(self._asked)
        if slot is not None:
            return self._say(slot.again or slot.ask, self._asked)
        if self._task is not None:
            return self._go_on()
        self._misses += 1
        fallback = self._script.fallback
        return self._say(fallback[min(self._misses, len(fallback)) - 1])

    # ------------------------------------------------------------ words

    def _say(self, text: str, question: str = "") -> Reply:
        self._planned = text, question
        return (Say(text),)

    def _choose(self, alternatives: Sequence[str], more: Mapping[str, str] | None = None) -> str:
        """The first alternative without an unknown slot that can be spoken; if none can, the last.

        `script.Script.from_toml` has seen to it that there is one.
        """
        slots, facts = self._script.slots, self._facts.items()
        values = {name: slots[name].spoken(fact) if name in slots else str(fact) for name, fact in facts}
        values |= more or {}
        known = [fill(text, values) for text in alternatives if values.keys() >= set(SLOT.findall(text))]
        return next(filter(self._can_say, known), known[-1])


def _fields(output: str) -> dict[str, str]:
    """A tool's text as slots: the whole of it as `output`, and the fields of a JSON object by their names."""
    try:
        fields = msgspec.json.decode(output)
    except msgspec.DecodeError:
        fields = None
    named = fields.items() if isinstance(fields, dict) else ()
    return {"output": output, **{name: str(value) for name, value in named}}
