"""Who answers the phone: instructions, voice, greeting, turn detection, tools."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twiliobridge.realtime.session import (
    PCMU,
    Audio,
    AudioInput,
    AudioOutput,
    ServerVad,
    SessionUpdate,
    TurnDetection,
)

END_CALL = "end_call"
"The tool that the bridge carries out itself: hang up once the goodbye has been heard."

TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"Source: OpenAI API reference, function tools. With another name, or one twice, no call would be answered."

NOISE_REDUCTION = ("near_field", "far_field", None)
"Source: OpenAI API reference, Realtime > session.audio.input.noise_reduction."


@dataclass(frozen=True)
class CallInfo:
    """What a tool may know of the call that it runs in."""

    call_sid: str
    stream_sid: str
    parameters: Mapping[str, str]
    "TwiML's <Parameter> elements."


DEFAULT_TURN_DETECTION = ServerVad(
    threshold=0.5,
    prefix_padding_ms=300,
    silence_duration_ms=500,
    create_response=True,
    interrupt_response=True,
)
"Said in full, because the service's own defaults have differed from its documentation (200 ms, not 500)."

ToolFunction = Callable[[Mapping[str, Any], CallInfo], Awaitable[str]]


@dataclass(frozen=True)
class Tool:
    """A function that the model may call.

    `run` gets the arguments (already parsed from JSON) and the call, and returns the text that the model
    reads. It runs in a task of the call and is cancelled with it. What it raises reaches the model as an
    error text. Raises ValueError, one line, for what the service would refuse.
    """

    name: str
    description: str
    run: ToolFunction
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    "JSON Schema of the arguments."
    within: float = 10.0
    "Seconds after which the model is told that the tool did not answer."

    def __post_init__(self) -> None:
        if not TOOL_NAME.fullmatch(self.name):
            raise ValueError(f"a tool's name is 1 to 64 of a-z A-Z 0-9 _ -, was {self.name!r}")
        if not self.within > 0:
            raise ValueError(f"within of {self.name} must be more than 0 seconds, was {self.within:g}")


@dataclass(frozen=True)
class Agent:
    """One agent, as the model is told about it; the same value serves any number of calls.

    Raises ValueError, one line, for what the service would refuse.
    """

    instructions: str
    greeting: str | None = None
    "The agent's first words. None: the caller speaks first."
    voice: str = "marin"
    turn_detection: TurnDetection | None = DEFAULT_TURN_DETECTION
    tools: tuple[Tool, ...] = ()
    may_hang_up: bool = True
    "Whether the model is offered the `end_call` tool."
    transcription_model: str | None = "gpt-4o-mini-transcribe"
    "Writes down what the caller says. None: no transcript of the caller."
    noise_reduction: str | None = "near_field"

    def __post_init__(self) -> None:
        names = [END_CALL] * self.may_hang_up + [tool.name for tool in self.tools]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(
                f"two tools are named {twice!r}" + " (one is the bridge's own)" * (twice == END_CALL)
            )
        if self.noise_reduction not in NOISE_REDUCTION:
            raise ValueError(f"noise_reduction must be near_field or far_field, was {self.noise_reduction!r}")

    def tool(self, name: str) -> Tool | None:
        return next((tool for tool in self.tools if tool.name == name), None)

    def session(self, parameters: Mapping[str, str]) -> SessionUpdate:
        """The session of one call: mu-law both ways, so that audio passes through untouched."""
        return SessionUpdate(
            type="realtime",
            output_modalities=("audio",),
            instructions=self.instructions + about_this_call(parameters),
            audio=Audio(
                input=AudioInput(
                    format=PCMU,
                    noise_reduction={"type": self.noise_reduction} if self.noise_reduction else None,
                    transcription={"model": self.transcription_model} if self.transcription_model else None,
                    turn_detection=self.turn_detection,
                ),
                output=AudioOutput(format=PCMU, voice=self.voice),
            ),
            tools=tuple(declared(self)),
            tool_choice="auto",
        )


def about_this_call(parameters: Mapping[str, str]) -> str:
    if not parameters:
        return ""
    lines = (f"- {name}: {value}" for name, value in parameters.items())
    return "\n\nKnown about this call:\n" + "\n".join(lines)


def declared(agent: Agent) -> list[dict[str, Any]]:
    tools = [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        }
        for tool in agent.tools
    ]
    if agent.may_hang_up:
        tools.append(
            {
                "type": "function",
                "name": END_CALL,
                "description": "End the call. Say goodbye first; the line closes once it has been heard.",
                "parameters": {"type": "object", "properties": {}},
            }
        )
    return tools
