"""A conversation told anew to whoever keeps no memory of their own: item by item, to the reply now due."""

import re
from collections.abc import Sequence
from typing import Protocol

from twiliobridge.offline.brain import Reply
from twiliobridge.realtime.items import Item

_OPENING = re.compile(r'with these words: "(.+)"', re.DOTALL)
"""The words in which the bridge asks for a greeting."""
_LONGEST_REPLAY = 200
"""Items: about 20 ms. What was said before them is forgotten, as by a model whose context is full."""


class Talk(Protocol):
    """One conversation, told turn by turn what was heard and said; tellings give the reply due."""

    def heard(self, text: str) -> Reply:
        """The caller's turn: spoken, typed, or keyed as the bridge reports it."""
        ...

    def said(self, text: str) -> None:
        """What the caller heard of the latest reply: all of it, or (no text) a part of it."""
        ...

    def answered(self, tool: str, output: str) -> Reply:
        """A tool's output, or the error text that stands for it."""
        ...


def replay(talk: Talk, memory: Sequence[Item]) -> Reply | None:
    """Tells `talk` all of it. Returns the reply that the last items are still owed; None if none is."""
    called: dict[str | None, str] = {}
    reply: Reply | None = None
    said: list[str] = []
    for item in memory[-_LONGEST_REPLAY:]:
        if item.role != "assistant":
            said = []
        if is_caller(item):
            reply = talk.heard(words_of(item))
        elif item.type == "function_call_output":
            reply = (*(reply or ()), *talk.answered(called.get(item.call_id, ""), item.output or ""))
        elif item.role == "assistant":
            reply = None
            said.append(words_of(item))
            talk.said(said[-1])
            talk.said(" ".join(said))  # one reply may be told in several items
        elif item.type == "function_call":
            reply = None
            called[item.call_id] = item.name or ""
    return reply


def opening(instructions: str) -> str:
    """The greeting that is asked for; empty if none is."""
    found = _OPENING.search(instructions)
    return found[1] if found else ""


def is_caller(item: Item) -> bool:
    return item.type == "message" and item.role == "user"


def is_sound(item: Item) -> bool:
    return any(part.type == "input_audio" for part in item.content or ())


def words_of(item: Item) -> str:
    return " ".join(part.words for part in item.content or () if part.words)
