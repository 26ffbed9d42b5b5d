"""Who answers the phone: instructions, voice, greeting, turn detection, tools."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from twiliobridge.conversation.instructions import of_call
from twiliobridge.conversation.tool import Tool
from twiliobridge.realtime.session import (
    PCMU,
    Audio,
    AudioInput,
    AudioOutput,
    NoiseReduction,
    ServerVad,
    SessionUpdate,
    Transcription,
    TurnDetection,
)
from twiliobridge.realtime.tools import FunctionTool

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
class SilencePolicy:
    """Seconds without a sound of either side. Raises ValueError, one line, for none."""

    ask_after: float
    "Then the agent asks whether the caller is there."
    hang_up_after: float
    "After that question: then the agent says goodbye, and the line closes."

    def __post_init__(self) -> None:
        if not (self.ask_after > 0 and self.hang_up_after > 0):
            raise ValueError("silence: ask_after and hang_up_after must be more than 0 seconds")


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
    greeting_interruptible: bool = True
    "False: the greeting is heard to its end, whatever the caller says or presses meanwhile."
    apology: str = "I am sorry, something went wrong. Could you say that again, please?"
    "What the agent says when no answer could be had."
    waiting: bytes = b""
    "Mu-law, 8 kHz: a sound that plays while the caller waits for longer than a second and a half, and again."
    silence: SilencePolicy | None = None
    "What is done about a caller who says nothing. None: nothing."
    hold_on: str = "One moment, please."
    "What it says while an answer or a tool takes long."

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
        noise, words = self.noise_reduction, self.transcription_model
        return SessionUpdate(
            type="realtime",
            output_modalities=("audio",),
            instructions=of_call(self.instructions, parameters),
            audio=Audio(
                input=AudioInput(
                    format=PCMU,
                    noise_reduction=NoiseReduction(type=noise) if noise else None,
                    transcription=Transcription(model=words) if words else None,
                    turn_detection=self._first_turn_detection(),
                ),
                output=AudioOutput(format=PCMU, voice=self.voice),
            ),
            tools=tuple(declared(self)),
            tool_choice="auto",
        )

    def _first_turn_detection(self) -> TurnDetection | None:
        """A greeting that must be heard is not to be cut by the service either."""
        protects = self.greeting is not None and not self.greeting_interruptible
        if self.turn_detection is None or not protects:
            return self.turn_detection
        return msgspec.structs.replace(self.turn_detection, interrupt_response=False)

    def interruptible(self) -> SessionUpdate:
        """The change of the session once such a greeting was heard."""
        return SessionUpdate(
            type="realtime", audio=Audio(input=AudioInput(turn_detection=self.turn_detection))
        )


def declared(agent: Agent) -> list[FunctionTool]:
    tools = [
        FunctionTool(name=tool.name, description=tool.description, parameters=dict(tool.parameters))
        for tool in agent.tools
    ]
    if agent.may_hang_up:
        tools.append(
            FunctionTool(
                name=END_CALL,
                description="End the call. Say goodbye first; the line closes once it has been heard.",
                parameters={"type": "object", "properties": {}},
            )
        )
    return tools
