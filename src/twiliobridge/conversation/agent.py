"""Who answers the phone: instructions, voice, greeting, turn detection, tools."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twiliobridge.conversation.tool import Tool
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

NOISE_REDUCTION = ("near_field", "far_field", None)
"Source: OpenAI API reference, Realtime > session.audio.input.noise_reduction."

DEFAULT_TURN_DETECTION = ServerVad(
    threshold=0.5,
    prefix_padding_ms=300,
    silence_duration_ms=500,
    create_response=True,
    interrupt_response=True,
)
"Said in full, because the service's own defaults have differed from its documentation (200 ms, not 500)."


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
