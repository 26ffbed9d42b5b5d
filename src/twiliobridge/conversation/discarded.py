"""Responses that are not to be heard any more, and what of their audio the model must be told is unheard."""

from collections import OrderedDict
from collections.abc import Iterable

from twiliobridge.conversation.playout import Part

MOST_RESPONSES = 256
"Responses whose late events are still recognised. A response's last events come within seconds."

MOST_PARTS = 64
"Parts of one response whose late audio is told apart. Responses have one or two."


class Discarded:
    def __init__(self) -> None:
        self._parts: OrderedDict[str, set[Part]] = OrderedDict()
        "response_id -> its parts of which the model already knows what was heard"

    def __contains__(self, response_id: object) -> bool:
        return response_id in self._parts

    def add(self, response_id: str, told: Iterable[Part] = ()) -> None:
        """Nothing more of this response is to be heard."""
        self._parts.setdefault(response_id, set()).update(told)
        if len(self._parts) > MOST_RESPONSES:
            self._parts.popitem(last=False)

    def first_heard_of(self, part: Part) -> bool:
        """Whether late audio of a part is the first of it: the model must be told that none was heard."""
        told = self._parts[part.response_id]
        if part in told or len(told) >= MOST_PARTS:
            return False
        told.add(part)
        return True
