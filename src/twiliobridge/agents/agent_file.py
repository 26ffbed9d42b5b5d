"""An agent as a TOML file:

instructions = "You answer the telephone of ..."      # required
greeting = "Hello, this is ..."                        # the other keys are those of `Agent`
turn_detection = { type = "server_vad", silence_duration_ms = 500 }

[[tools]]
name = "get_balance"
description = "The balance of an account."
run = "my_bank.tools:get_balance"                      # async def get_balance(arguments, call) -> str
within = 5.0
parameters = { type = "object", properties = { card_digits = { type = "string" } } }
"""

import inspect
import tomllib
from importlib import import_module
from types import ModuleType
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.conversation import Agent, Tool
from twiliobridge.conversation.agent import ToolFunction
from twiliobridge.realtime.session import TurnDetection


class ToolEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    description: str
    run: str
    "module:function"
    parameters: dict[str, Any] | UnsetType = UNSET
    within: float | UnsetType = UNSET


class AgentEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    instructions: str
    greeting: str | UnsetType = UNSET
    voice: str | UnsetType = UNSET
    turn_detection: TurnDetection | UnsetType = UNSET
    tools: tuple[ToolEntry, ...] = ()
    may_hang_up: bool | UnsetType = UNSET
    transcription_model: str | UnsetType = UNSET
    noise_reduction: str | UnsetType = UNSET


def read_agent(text: str, source: str) -> Agent:
    """The agent that the TOML `text` describes. Raises ValueError: one line, `source` and key first."""
    try:
        entry = msgspec.convert(tomllib.loads(text), AgentEntry)
        tools = tuple(_tool(each, f"tools[{index}].run") for index, each in enumerate(entry.tools))
        return Agent(**_given(entry) | {"tools": tools})
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise ValueError(f"{source}: {where.strip('`.') + ': ' if where else ''}{what}") from None
    except ValueError as error:  # TOML's own errors are ValueErrors too
        raise ValueError(f"{source}: {error}") from None


def _given(entry: msgspec.Struct) -> dict[str, Any]:
    """What the file says, without what it leaves to the defaults."""
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return {name: value for name, value in fields.items() if value is not UNSET}


def _tool(entry: ToolEntry, where: str) -> Tool:
    return Tool(**_given(entry) | {"run": _function(entry.run, where)})


def _function(name: str, where: str) -> ToolFunction:
    module, _, function = name.partition(":")
    if not module or not function:
        raise ValueError(f"{where}: expected module:function, was {name!r}")
    try:
        found = getattr(_module(module, where), function)
    except AttributeError:
        raise ValueError(f"{where}: {module!r} has no {function!r}") from None
    if not inspect.iscoroutinefunction(found):
        raise ValueError(f"{where}: {name!r} must be an `async def` of (arguments, call)")
    run: ToolFunction = found
    return run


def _module(name: str, where: str) -> ModuleType:
    try:
        return import_module(name)
    except Exception as error:  # importing a module runs it, and it is somebody else's code
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(f"{where}: cannot import {name!r}: {what}") from error
