"""The classes of mutation, in the order in which they are tried."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from twiliobridge.fuzz import fields, frames
from twiliobridge.fuzz.conversations import Scope, conversations
from twiliobridge.fuzz.phone import START
from twiliobridge.fuzz.scenario import AnyStep, Listen
from twiliobridge.mediastream import Start

Scenarios = SearchStrategy[list[AnyStep]]


@dataclass(frozen=True)
class Category:
    name: str
    what: str
    scenarios: Callable[[Scope], tuple[Scenarios, ...]]
    "All that a turn draws from is the last; those before it are parts of it, each to be looked at once."
    hostile: bool = False
    "Can hurt an endpoint that is not one's own: bytes and connections by the thousand."


@st.composite
def valid(draw: DrawFn, scope: Scope) -> list[AnyStep]:
    """Nothing is wrong; perhaps the caller listens before the last message."""
    values = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    parameters = st.dictionaries(values.filter(bool), values, max_size=2)
    start = st.builds(
        Start,
        stream_sid=st.just(START.stream_sid),
        call_sid=st.just(START.call_sid),
        account_sid=st.just(START.account_sid),
        custom_parameters=parameters,
    )
    said: list[AnyStep] = [*draw(conversations(scope.size, start))]
    return [*said[:-1], Listen(), said[-1]] if draw(st.booleans()) else said


def alone(scenarios: Callable[[Scope], Scenarios]) -> Callable[[Scope], tuple[Scenarios, ...]]:
    """A class without parts."""
    return lambda scope: (scenarios(scope),)


CATEGORIES = {
    each.name: each
    for each in (
        Category("valid", "nothing is wrong", alone(valid)),
        Category("missing", "a field is missing", fields.missing),
        Category("extra", "a field that Twilio does not send", alone(fields.extra_field)),
        Category("wrong-type", "a field of another type, or out of its range", fields.wrong_type),
        Category("wrong-sid", "the identifier of another call", fields.wrong_sid),
        Category("bad-base64", "a payload that is not base64", fields.bad_base64),
        Category("odd-payload", "a payload of another size than 160 bytes", fields.odd_payload),
        Category("order", "messages in another order, or one left out", alone(frames.shuffled)),
        Category("repeat", "a message more than once", alone(frames.repeated)),
        Category("early-stop", "`stop`, or a close, in the middle of a call", alone(frames.stopped_early)),
        Category("garbage", "text that is no message", alone(frames.garbage)),
        Category("binary", "a binary frame", alone(frames.binary)),
        Category("bad-utf8", "a text frame that is not UTF-8", alone(frames.bad_utf8)),
        Category("giant", "a message of up to five megabytes", alone(frames.giant), hostile=True),
        Category("deep-json", "arrays in arrays, up to 100,000 deep", alone(frames.deep), hostile=True),
        Category(
            "drop",
            "the connection is reset, perhaps within a message",
            alone(frames.dropped),
            hostile=True,
        ),
        Category(
            "flood", "a message thousands of times", alone(partial(frames.flooded, deaf=False)), hostile=True
        ),
        Category(
            "slow-reader",
            "the same, while nothing is read",
            alone(partial(frames.flooded, deaf=True)),
            hostile=True,
        ),
    )
}
