"""An agent as a TOML file:

instructions = "You answer the telephone of ..."      # required, unless there is a prompt
greeting = "Hello, this is ..."
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
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.agents.known_keys import explained
from twiliobridge.agents.tool_entry import FindFunction, ToolEntry, function_at, given, tool_of
from twiliobridge.agents.waiting_sound import ReadFile, no_files, waiting_sound
from twiliobridge.conversation import Agent
from twiliobridge.conversation.agent import DEFAULT_TRANSCRIPTION, SilencePolicy
from twiliobridge.realtime.audio_settings import Speed
from twiliobridge.realtime.constraints import MaxTokens
from twiliobridge.realtime.session import Transcription, TurnDetection, VoiceId
from twiliobridge.realtime.tools import Effort, Prompt, ToolChoice, Truncation


class SilenceEntry(msgspec.Struct, forbid_unknown_fields=True):
    ask_after: float
    hang_up_after: float


class TranscriptionEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """As the service has it, with a model of the bridge's choice where none is named."""

    model: str = DEFAULT_TRANSCRIPTION.model
    language: str | UnsetType = UNSET
    prompt: str | UnsetType = UNSET
    languages: tuple[str, ...] | UnsetType = UNSET
    keywords: tuple[str, ...] | UnsetType = UNSET
    delay: Effort | UnsetType = UNSET


class AgentEntry(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The keys of the file, in the order in which docs/agents.md has them."""

    instructions: str | UnsetType = UNSET
    prompt: Prompt | UnsetType = UNSET
    greeting: str | UnsetType = UNSET
    greeting_interruptible: bool | UnsetType = UNSET
    apology: str | UnsetType = UNSET
    hold_on: str | UnsetType = UNSET
    waiting: str | UnsetType = UNSET
    "A sound that ships, or a WAV file beside the agent's."
    silence: SilenceEntry | UnsetType = UNSET
    may_hang_up: bool | UnsetType = UNSET
    model: str | UnsetType = UNSET
    voice: str | VoiceId | UnsetType = UNSET
    speed: Speed | UnsetType = UNSET
    reasoning_effort: Effort | UnsetType = UNSET
    max_output_tokens: MaxTokens | UnsetType = UNSET
    tool_choice: ToolChoice | UnsetType = UNSET
    truncation: Truncation | UnsetType = UNSET
    turn_detection: TurnDetection | UnsetType = UNSET
    transcription: TranscriptionEntry | Literal["off"] | bool | UnsetType = UNSET
    noise_reduction: str | bool | UnsetType = UNSET
    safety_identifier: str | UnsetType = UNSET
    tools: tuple[ToolEntry, ...] = ()


OFF = frozenset({"off", False})
"TOML has no null."

NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


def read_agent(
    text: str,
    source: str,
    environ: Mapping[str, str] = NO_VARIABLES,
    read: ReadFile = no_files,
    find: FindFunction = function_at,
) -> Agent:
    """The agent that the TOML `text` describes. Raises ValueError: one line, `source` and key first.

    `environ`: what `$NAME` stands for in the headers of a tool's endpoint. `read`: what is in a file that the
    agent's file names. `find`: the function that the `run` of a tool names.
    """
    try:
        return _agent(msgspec.convert(tomllib.loads(text), AgentEntry), environ, read, find)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise ValueError(f"{source}: {explained(what, where.strip('`.'), AgentEntry)}") from None
    except ValueError as error:  # TOML's own errors are ValueErrors too
        raise ValueError(f"{source}: {error}") from None


def _agent(entry: AgentEntry, environ: Mapping[str, str], read: ReadFile, find: FindFunction) -> Agent:
    said = given(entry) | {
        "tools": tuple(tool_of(each, f"tools[{i}]", environ, find) for i, each in enumerate(entry.tools))
    }
    for name, of in READ_OTHERWISE.items():
        if name in said:
            said[name] = of(said[name], read)
    return Agent(**{"instructions": ""} | said)


def _silence(entry: SilenceEntry, _read: ReadFile) -> SilencePolicy:
    return SilencePolicy(entry.ask_after, entry.hang_up_after)


Switch = str | bool


def _transcription(entry: TranscriptionEntry | Switch, _read: ReadFile) -> Transcription | None:
    if isinstance(entry, TranscriptionEntry):
        return Transcription(**given(entry))
    return DEFAULT_TRANSCRIPTION if entry is True else None


def _noise_reduction(entry: Switch, _read: ReadFile) -> str | None:
    if entry is True:
        return Agent.noise_reduction
    return None if entry in OFF else str(entry)


READ_OTHERWISE: dict[str, Callable[[Any, ReadFile], object]] = {
    "silence": _silence,
    "waiting": waiting_sound,
    "transcription": _transcription,
    "noise_reduction": _noise_reduction,
}
"By key: how what stands in the file becomes the agent's field. All others are the same there."
