"""What a caller would say to an agent that nobody has seen before: a wish for each of its tools."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from twiliobridge.conversation import Agent
from twiliobridge.offline.brain import Offer
from twiliobridge.offline.schema_values import arguments
from twiliobridge.offline.stand_in.needs import Need, needs
from twiliobridge.offline.stand_in.sentences import spoken_name

MOST_WISHES = 3
"Tools that are asked for; a demo has an end."

_EXAMPLES = {
    "day": "Saturday",
    "weekday": "Saturday",
    "city": "Paris",
    "location": "Paris",
    "place": "Paris",
    "name": "Ada Lovelace",
    "time": "half past seven",
    "date": "the third of December",
    "phone": "five five five zero one four two",
}
_FORMATS = {"date": "December 3rd, 2026", "time": "3:30 pm", "email": "ada at example dot com"}


def wishes(agent: Agent) -> list[str]:
    """The first few tools in a sentence each, with values for what they must be told."""
    offers = (Offer(tool.name, tool.description, tool.parameters) for tool in agent.tools)
    return [wish(offer) for offer in islice(offers, MOST_WISHES)]


def wish(offer: Offer) -> str:
    told = ", and ".join(_told(offer))
    about = f"I have a question about {spoken_name(offer)}."
    return f"{about} {told[0].upper()}{told[1:]}." if told else about


def _told(offer: Offer) -> Iterator[str]:
    """The arguments as one would say them; a yes or no waits for its question."""
    made_up = arguments(offer.parameters, seed=offer.name)
    for need in needs(offer):
        if need.required and need.kind not in {"boolean", "object"}:
            value = _value(need, made_up)
            numeric = need.kind in {"integer", "number"}
            yield f"{value} {need.label}" if numeric else f"the {need.label} is {value}"


def _value(need: Need, made_up: dict[str, Any]) -> str:
    if need.members:
        return str(need.members[0]).replace("_", " ")
    form = str(need.schema.get("format"))
    if form in _FORMATS:
        return _FORMATS[form]
    example = _EXAMPLES.get(need.label)
    if example is not None and need.allows(example):
        return example
    return _spoken(_at(need.path, made_up))


def _at(path: Sequence[str], value: Any) -> object:  # noqa: ANN401 -- whatever JSON can hold
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _spoken(value: object) -> str:
    """Digits one by one, as numbers of accounts are said; a list as its first entry."""
    if isinstance(value, list):
        return _spoken(value[0]) if value else "nothing"
    text = str(value)
    return " ".join(text) if isinstance(value, str) and text.isdigit() else text.replace("_", " ")
