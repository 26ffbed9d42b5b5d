"""An agent as a TOML file:

instructions = "You answer the telephone of ..."      # required
greeting = "Hello, this is ..."                        # the other keys are those of `Agent`
turn_detection = { type = "server_vad", silence_duration_ms = 500 }

[[tools]]
name = "get_balance"
description = "The balance of an account."
run = "my_bank.tools:get_balance"                      # async def get_balance(arguments, call)
within = 5.0
parameters = { type = "object", properties = { card_digits = { type = "string" } } }

docs/agents.md has all keys.
"""

import tomllib
from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.agents.tool_entry import ToolEntry, given, tool_of
from twiliobridge.conversation import Agent
from twiliobridge.realtime.session import TurnDetection


class AgentEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    instructions: str
    greeting: str | UnsetType = UNSET
    voice: str | UnsetType = UNSET
    turn_detection: TurnDetection | UnsetType = UNSET
    tools: tuple[ToolEntry, ...] = ()
    may_hang_up: bool | UnsetType = UNSET
    transcription_model: str | UnsetType = UNSET
    noise_reduction: str | UnsetType = UNSET


NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


def read_agent(text: str, source: str, environ: Mapping[str, str] = NO_VARIABLES) -> Agent:
    """The agent that the TOML `text` describes. Raises ValueError: one line, `source` and key first.

    `environ`: what `$NAME` stands for in the headers of a tool's endpoint.
    """
    try:
        entry = msgspec.convert(tomllib.loads(text), AgentEntry)
        tools = tuple(tool_of(each, f"tools[{i}]", environ) for i, each in enumerate(entry.tools))
        return Agent(**given(entry) | {"tools": tools})
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise ValueError(f"{source}: {where.strip('`.') + ': ' if where else ''}{what}") from None
    except ValueError as error:  # TOML's own errors are ValueErrors too
        raise ValueError(f"{source}: {error}") from None
