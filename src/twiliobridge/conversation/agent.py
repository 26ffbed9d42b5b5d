"""Who answers the phone: instructions, voice, greeting, turn detection, tools."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from twiliobridge.conversation.agent_values import END_CALL, check
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
    VoiceId,
)
from twiliobridge.realtime.tools import FunctionTool, Prompt, Reasoning, ToolChoice, Truncation

T = TypeVar("T")

DEFAULT_TRANSCRIPTION = Transcription(model="gpt-4o-mini-transcribe")

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
    "May be empty where there is a `prompt`."
    greeting: str | None = None
    "The agent's first words. None: the caller speaks first."
    voice: str | VoiceId = "marin"
    speed: float | None = None
    "Of the voice: 1.0 where nothing is said."
    reasoning_effort: str | None = None
    "How long it thinks before it speaks, of models that do."
    max_output_tokens: int | str | None = None
    "Of one response, a number or `inf`."
    tool_choice: ToolChoice = "auto"
    truncation: Truncation | None = None
    "What becomes of a conversation that has grown too long. None: as the service has it, `auto`."
    prompt: Prompt | None = None
    "A prompt that is kept at the service."
    turn_detection: TurnDetection | None = DEFAULT_TURN_DETECTION
    tools: tuple[Tool, ...] = ()
    may_hang_up: bool = True
    "Whether the model is offered the `end_call` tool."
    transcription: Transcription | None = DEFAULT_TRANSCRIPTION
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
    model: str = ""
    "Which model answers. Empty: the one of the settings."
    safety_identifier: str = ""
    """Goes to the service with each handshake, by which it tells apart whose calls break its rules: a hash of
    an account's name, never the name. Source: OpenAI, Safety identifiers."""

    def __post_init__(self) -> None:
        check(self)

    def tool(self, name: str) -> Tool | None:
        return next((tool for tool in self.tools if tool.name == name), None)

    def session(self, parameters: Mapping[str, str]) -> SessionUpdate:
        """The session of one call: mu-law both ways, so that audio passes through untouched."""
        return SessionUpdate(
            type="realtime",
            output_modalities=("audio",),
            instructions=UNSET if self.prompted else of_call(self.instructions, parameters),
            audio=Audio(input=self._input(), output=self._output()),
            tools=tuple(declared(self)),
            tool_choice=self.tool_choice,
            reasoning=Reasoning(effort=self.reasoning_effort) if self.reasoning_effort else UNSET,
            max_output_tokens=said(self.max_output_tokens),
            truncation=said(self.truncation),
            prompt=said(self.prompt),
        )

    @property
    def prompted(self) -> bool:
        """Whether the instructions are those of a prompt at the service. Others would take their place."""
        return self.prompt is not None and not self.instructions

    def _input(self) -> AudioInput:
        return AudioInput(
            format=PCMU,
            noise_reduction=NoiseReduction(type=self.noise_reduction) if self.noise_reduction else None,
            transcription=self.transcription,
            turn_detection=self._first_turn_detection(),
        )

    def _output(self) -> AudioOutput:
        return AudioOutput(format=PCMU, voice=self.voice, speed=said(self.speed))

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


def said(value: T | None) -> T | UnsetType:
    """None: the session does not mention it."""
    return UNSET if value is None else value


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
