"""What a session that took another's place was told of the conversation, as items of ours.

An agent's line may still be playing when it is told. If the caller interrupts it then, the item is
replaced by one with the words that were heard: a session can truncate only what it has said itself.
"""

from collections.abc import Sequence

from twiliobridge.conversation.transcript import Line, Speaker
from twiliobridge.realtime.events import Content, Item

LONGEST = 60_000
"Characters of a conversation that are retold, some 15,000 tokens; the oldest lines are left out."

LEFT_OUT = "The beginning of this call is left out."


class Retold:
    __slots__ = ("_ids", "former")

    def __init__(self) -> None:
        self._ids: list[tuple[str, str]] = []
        "Keys of the transcript and ids of our items, in the order of the conversation."
        self.former: frozenset[str] = frozenset()
        "Items of earlier sessions that may still be playing."

    def begin(self) -> None:
        """Another session is told the conversation from the beginning."""
        self._ids.clear()

    def told(self, key: str, item_id: str) -> None:
        self._ids.append((key, item_id))

    def place_of(self, key: str) -> tuple[str, str] | None:
        """The id of the item that tells this line, and of the one before it, `root` for none."""
        for place, (known, item_id) in enumerate(self._ids):
            if known == key:
                return item_id, self._ids[place - 1][1] if place else "root"
        return None

    def replaced(self, key: str, item_id: str | None) -> None:
        """That line is told by another item now, or not at all any more."""
        fresh = ((known, item_id if known == key else old) for known, old in self._ids)
        self._ids = [(known, new) for known, new in fresh if new is not None]


def items_of(key: str, line: Line) -> Sequence[Item]:
    """How a line of the transcript is told to a model; nothing where no words are known."""
    match line.speaker:
        case Speaker.CALLER:
            return _said("user", "input_text", line.text)
        case Speaker.KEYPAD:
            return _said("user", "input_text", keyed(line.text))
        case Speaker.AGENT:
            return _said("assistant", "output_text", line.sounded if line.heard_ms is None else line.heard)
        case Speaker.TOOL:
            return _called(key, line)


def keyed(digits: str) -> str:
    """The words in which a model is told of keys."""
    return f"The caller pressed {digits} on the keypad."


def _said(role: str, kind: str, text: str) -> Sequence[Item]:
    words = text.strip()
    return (Item(type="message", role=role, content=(Content(type=kind, text=words),)),) if words else ()


def _called(key: str, line: Line) -> Sequence[Item]:
    call = line.call
    if call is None:
        return ()
    asked = Item(type="function_call", call_id=key, name=call.name, arguments=call.arguments)
    if call.output is None:
        return (asked,)
    return (asked, Item(type="function_call_output", call_id=key, output=call.output))


def recent_lines(lines: Sequence[tuple[str, Line]]) -> tuple[Sequence[tuple[str, Line]], bool]:
    """The latest lines that together are not too long, and whether any were left out."""
    size = 0
    for place in range(len(lines) - 1, -1, -1):
        size += len(lines[place][1].text)
        if size > LONGEST:
            return lines[place + 1 :], True
    return lines, False
