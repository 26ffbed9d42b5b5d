"""The session object of the Realtime API (GA shape), as a client changes it and as the server reports it.

`UNSET` means: not mentioned, leave as it is. Source: OpenAI API reference, Realtime > session.update;
defaults are those of a live `session.created`.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

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
VOICES = frozenset({"alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"})
SESSION_SECONDS = 3600
"How long the service keeps a session open."

Modalities = Annotated[
    tuple[Annotated[str, Meta(pattern="^(audio|text)$")], ...], Meta(min_length=1, max_length=1)
]
Milliseconds = Annotated[int, Meta(ge=0)]


class Format(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    type: Literal["audio/pcm", "audio/pcmu", "audio/pcma"]
    rate: Literal[24000] | None = None
    "Hz; only for audio/pcm."


PCM = Format(type="audio/pcm", rate=24000)
PCMU = Format(type="audio/pcmu")
PCMA = Format(type="audio/pcma")


class ServerVad(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="server_vad", forbid_unknown_fields=True
):
    """Turns by the level of the audio."""

    threshold: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    prefix_padding_ms: Milliseconds | UnsetType = UNSET
    silence_duration_ms: Milliseconds | UnsetType = UNSET
    idle_timeout_ms: Annotated[int, Meta(ge=5000, le=30000)] | UnsetType | None = UNSET
    create_response: bool | UnsetType = UNSET
    interrupt_response: bool | UnsetType = UNSET

    @property
    def interrupts(self) -> bool:
        """Whether speech cancels a running response; where not said, the service does."""
        return self.interrupt_response is not False


class SemanticVad(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="type",
    tag="semantic_vad",
    forbid_unknown_fields=True,
):
    """Turns by what was said."""

    eagerness: Literal["auto", "low", "medium", "high"] | UnsetType = UNSET
    create_response: bool | UnsetType = UNSET
    interrupt_response: bool | UnsetType = UNSET

    @property
    def interrupts(self) -> bool:
        """Whether speech cancels a running response; where not said, the service does."""
        return self.interrupt_response is not False


TurnDetection = ServerVad | SemanticVad


class AudioInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Format | UnsetType = UNSET
    noise_reduction: dict[str, Any] | UnsetType | None = UNSET
    transcription: dict[str, Any] | UnsetType | None = UNSET
    turn_detection: TurnDetection | UnsetType | None = UNSET


class AudioOutput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Format | UnsetType = UNSET
    voice: str | dict[str, Any] | UnsetType = UNSET
    speed: Annotated[float, Meta(ge=0.25, le=1.5)] | UnsetType = UNSET


class Audio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    input: AudioInput | UnsetType = UNSET
    output: AudioOutput | UnsetType = UNSET


class SessionUpdate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client may change. Merged deeply into the session; null clears, an absent field stays."""

    type: Literal["realtime"]
    model: str | UnsetType = UNSET
    "Fixed when the socket opened: allowed here, and without effect."
    output_modalities: Modalities | UnsetType = UNSET
    instructions: str | UnsetType = UNSET
    audio: Audio | UnsetType = UNSET
    tools: tuple[dict[str, Any], ...] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET
    reasoning: dict[str, Any] | UnsetType = UNSET
    max_output_tokens: Annotated[int, Meta(ge=1, le=4096)] | Literal["inf"] | UnsetType = UNSET
    truncation: str | dict[str, Any] | UnsetType = UNSET
    prompt: dict[str, Any] | UnsetType | None = UNSET
    tracing: str | dict[str, Any] | UnsetType | None = UNSET
    include: tuple[str, ...] | UnsetType | None = UNSET


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
