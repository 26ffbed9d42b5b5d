"""The session object of the Realtime API (GA shape), as a client changes it and as the server reports it.

`UNSET` means: not mentioned, leave as it is. Source: OpenAI API reference, Realtime > session.update;
defaults are those of a live `session.created`.
"""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from twiliobridge.realtime.audio_settings import (
    PCM,
    PCMA,
    PCMU,
    TRANSCRIPTION_MODELS,
    VOICES,
    Audio,
    AudioInput,
    AudioOutput,
    NoiseReduction,
    SemanticVad,
    ServerVad,
    TranscribedAudio,
    Transcription,
    TurnDetection,
    VoiceId,
)
from twiliobridge.realtime.constraints import MaxTokens, Modalities
from twiliobridge.realtime.tools import Include, Prompt, Reasoning, Tool, ToolChoice, Tracing, Truncation

__all__ = [
    "DEFAULT_MODEL",
    "MODELS",
    "PCM",
    "PCMA",
    "PCMU",
    "SESSION_SECONDS",
    "TRANSCRIPTION_MODELS",
    "VOICES",
    "Audio",
    "AudioInput",
    "AudioOutput",
    "NoiseReduction",
    "SemanticVad",
    "ServerVad",
    "Session",
    "SessionUpdate",
    "Transcription",
    "TranscriptionSession",
    "TranscriptionUpdate",
    "TurnDetection",
    "TurnRules",
    "VoiceId",
    "as_text",
    "leaf",
]

DEFAULT_MODEL = "gpt-realtime-2.1"
MODELS = frozenset(
    {
        DEFAULT_MODEL,
        "gpt-realtime-2.1-mini",
        "gpt-realtime-2",
        "gpt-realtime-1.5",
        "gpt-realtime",
        "gpt-realtime-2025-08-28",
        "gpt-realtime-mini",
        "gpt-realtime-mini-2025-10-06",
        "gpt-realtime-mini-2025-12-15",
        "gpt-4o-realtime-preview",
        "gpt-4o-realtime-preview-2024-10-01",
        "gpt-4o-realtime-preview-2024-12-17",
        "gpt-4o-realtime-preview-2025-06-03",
        "gpt-4o-mini-realtime-preview",
        "gpt-4o-mini-realtime-preview-2024-12-17",
        "gpt-audio-1.5",
        "gpt-audio-mini",
        "gpt-audio-mini-2025-10-06",
        "gpt-audio-mini-2025-12-15",
    }
)
SESSION_SECONDS = 3600
"How long the service keeps a session open."


class SessionUpdate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client may change. Merged deeply into the session; null clears, an absent field stays.

    Of a transcription session only what `TranscriptionUpdate` has.
    """

    type: Literal["realtime", "transcription"]
    "Fixed when the socket opened."
    model: str | UnsetType = UNSET
    "Likewise: it may be said again, but not another."
    output_modalities: Modalities | UnsetType = UNSET
    instructions: str | UnsetType = UNSET
    audio: Audio | UnsetType = UNSET
    tools: tuple[Tool, ...] | UnsetType = UNSET
    tool_choice: ToolChoice | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET
    reasoning: Reasoning | UnsetType = UNSET
    max_output_tokens: MaxTokens | UnsetType = UNSET
    truncation: Truncation | UnsetType = UNSET
    prompt: Prompt | UnsetType | None = UNSET
    tracing: Tracing | UnsetType | None = UNSET
    include: tuple[Include, ...] | UnsetType | None = UNSET


class TranscriptionUpdate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client may change of a transcription session: it is read as a SessionUpdate, by this letter."""

    type: Literal["transcription"]
    audio: TranscribedAudio | UnsetType = UNSET
    include: tuple[Include, ...] | UnsetType | None = UNSET


class TurnRules(msgspec.Struct, frozen=True, kw_only=True):
    """How the server in force finds the turns: every value filled in."""

    type: str
    "server_vad, semantic_vad, or one that this version does not know"
    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 200
    idle_timeout_ms: int | None = None
    eagerness: str = "auto"
    create_response: bool = True
    interrupt_response: bool = True


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What the server reports, whole. Fields not known here are ignored, those below `audio` are kept."""

    type: str = "realtime"
    object: str | None = "realtime.session"
    id: str = ""
    model: str = ""
    output_modalities: tuple[str, ...] | None = ("audio",)
    instructions: str = ""
    tools: tuple[dict[str, Any], ...] | None = ()
    tool_choice: Any = "auto"
    max_output_tokens: int | str | None = "inf"
    tracing: Any = None
    truncation: Any = "auto"
    prompt: Any = None
    expires_at: int | None = None
    "Seconds since the epoch."
    audio: dict[str, Any] | None = None
    include: Any = None
    parallel_tool_calls: bool | UnsetType | None = UNSET
    reasoning: Any = UNSET

    @property
    def input_format(self) -> str | None:
        """`audio/pcmu` and the like; None where the server does not say."""
        return as_text(leaf(self.audio, "input", "format", "type"))

    @property
    def output_format(self) -> str | None:
        return as_text(leaf(self.audio, "output", "format", "type"))

    @property
    def voice(self) -> str | None:
        """The name of a voice, or the id of a custom one."""
        return voice_name(leaf(self.audio, "output", "voice"))

    @property
    def turn_rules(self) -> TurnRules | None:
        """None where the client makes the turns, or the server tells of them in a shape not known here."""
        try:
            return msgspec.convert(leaf(self.audio, "input", "turn_detection"), TurnRules)
        except msgspec.ValidationError:
            return None


class TranscriptionSession(Session, frozen=True, kw_only=True, omit_defaults=True):
    """A session that writes down what it hears, and says nothing. It reports what such a session has.

    Live: `type`, `object`, `id`, `expires_at`, `audio.input` and `include`.
    """

    type: str
    object: str | None
    include: Any
    output_modalities: tuple[str, ...] | None = None
    tools: tuple[dict[str, Any], ...] | None = None
    tool_choice: Any = None
    max_output_tokens: int | str | None = None
    tracing: Any = None
    truncation: Any = None
    prompt: Any = None

    @property
    def turn_rules(self) -> TurnRules | None:
        """Turns end as elsewhere, but nothing answers them."""
        rules = super().turn_rules
        return rules and replace(rules, create_response=False, interrupt_response=False)


def leaf(tree: object, *path: str) -> object:
    """What lies at the end of a path of keys; None where the path ends early."""
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def voice_name(voice: object) -> str | None:
    """A voice's name; of a custom one, its id."""
    return as_text(leaf(voice, "id") if isinstance(voice, dict) else voice)


def as_text(value: object) -> str | None:
    return value if isinstance(value, str) else None
