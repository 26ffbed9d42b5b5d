"""A function that the model may call."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twiliobridge.conversation.call_info import CallInfo
from twiliobridge.conversation.endpoint import Endpoint

TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"Source: OpenAI API reference, function tools. With another name, or one twice, no call would be answered."

LOOPS = ("trio", "asyncio")


class ToolError(Exception):
    """A failure whose text is meant for the model: it reads `error: ` and the text.

    Of any other exception the model is told the class alone, because texts of exceptions hold what no caller
    should be read: queries, paths, keys.
    """


ToolFunction = Callable[[Mapping[str, Any], CallInfo], object]
"An `async def` of (arguments, call), or a plain `def` of them, which runs in a thread."


@dataclass(frozen=True)
class Tool:
    """A function that the model may call.

    `run` gets the arguments (already parsed from JSON) and the call. What it returns reaches the model: text
    as it is, anything else as JSON, None as a sentence that says so. What it raises is an error text:
    see ToolError. An `async def` runs in a task, on the event loop that `loop` names; a plain `def` runs in a
    thread of its own, of which a server has a limited number; an Endpoint is asked over HTTP.
    Cancellation: a tool is cancelled with its call, or after `within` seconds. A thread cannot be: it goes on
    to its end, and its result is dropped.
    Raises ValueError, one line, for what the service would refuse or what could not be run.
    """

    name: str
    description: str
    run: ToolFunction | Endpoint
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    "JSON Schema of the arguments."
    within: float = 10.0
    "Seconds after which the model is told that the tool did not answer."
    loop: str = "trio"
    "Whose awaitables an `async def` awaits: `trio`, or `asyncio`, of which a server runs one in a thread."
    finish: bool = False
    "Whether it goes on after the caller has hung up, until it is done or its `within` is over."

    def __post_init__(self) -> None:
        if not TOOL_NAME.fullmatch(self.name):
            raise ValueError(f"a tool's name is 1 to 64 of a-z A-Z 0-9 _ -, was {self.name!r}")
        if not self.within > 0:
            raise ValueError(f"within of {self.name} must be more than 0 seconds, was {self.within:g}")
        if self.loop not in LOOPS:
            raise ValueError(f"loop of {self.name} must be {' or '.join(LOOPS)}, was {self.loop!r}")
        if isinstance(self.run, Endpoint):
            self._check_endpoint(self.run)
        else:
            self._check_function(self.run)

    def _check_endpoint(self, endpoint: Endpoint) -> None:
        if self.loop != LOOPS[0]:
            raise ValueError(f"loop of {self.name} has no meaning for a url")
        known = self.parameters.get("properties", {})
        if unknown := next((name for name in endpoint.placeholders if name not in known), None):
            raise ValueError(f"the url of {self.name} names {{{unknown}}}, which is none of its parameters")

    def _check_function(self, function: ToolFunction) -> None:
        """A function that cannot be called so would be told to the caller, in every call, as a failure."""
        if not callable(function):
            raise ValueError(f"run of {self.name} must be a function, was {type(function).__name__}")  # noqa: TRY004 -- as for all else
        try:
            inspect.signature(function).bind({}, None)
        except TypeError:
            raise ValueError(f"run of {self.name} must be a function of (arguments, call)") from None
        except ValueError:  # one of the few that are written in C and tell nothing
            return
