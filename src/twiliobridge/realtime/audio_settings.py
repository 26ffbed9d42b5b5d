"""How a session hears and sounds: formats, turn detection, transcription, noise reduction, voices.

`UNSET` means: not mentioned, leave as it is. Source: OpenAI API reference, Realtime > session.update.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from twiliobridge.realtime.constraints import one_of

VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")
TRANSCRIPTION_MODELS = (
    "whisper-1",
    "gpt-realtime-whisper",
    "gpt-transcribe",
    "gpt-live-transcribe",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe-diarize",
)
WITHOUT_TURNS = frozenset({"gpt-realtime-whisper", "gpt-live-transcribe"})
"In a transcription session these take no turn detection: the client commits. Seen live."

Milliseconds = Annotated[int, Meta(ge=0)]
Speed = Annotated[float, Meta(ge=0.25, le=1.5)]


class Encoding(msgspec.Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    @property
    def type(self) -> str:
        """As the wire names it, such as `audio/pcmu`."""
        return str(self.__struct_config__.tag)


class Pcm(Encoding, frozen=True, tag="audio/pcm"):
    """16 bits, little-endian. The SDK's types let `rate` out; live, a session without it is refused."""

    rate: Annotated[int, Meta(ge=24000, le=24000)]
    "Hz."


class Pcmu(Encoding, frozen=True, tag="audio/pcmu"):
    """G.711 mu-law, 8 kHz."""


class Pcma(Encoding, frozen=True, tag="audio/pcma"):
    """G.711 A-law, 8 kHz."""


Format = Pcm | Pcmu | Pcma
PCM = Pcm(rate=24000)
PCMU = Pcmu()
PCMA = Pcma()


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


class NoiseReduction(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    type: Annotated[str, one_of("near_field", "far_field")] | UnsetType = UNSET
    strength: float | UnsetType = UNSET


class Transcription(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Which model writes down what the caller says. Live, `model` is demanded wherever this is mentioned."""

    model: Annotated[str, one_of(*TRANSCRIPTION_MODELS)]
    language: str | UnsetType | None = UNSET
    prompt: str | UnsetType | None = UNSET
    languages: tuple[str, ...] | UnsetType | None = UNSET
    keywords: tuple[str, ...] | UnsetType | None = UNSET
    delay: Annotated[str, one_of("minimal", "low", "medium", "high", "xhigh")] | UnsetType | None = UNSET


class VoiceId(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A voice of one's own."""

    id: str


Voice = Annotated[str, one_of(*VOICES)] | VoiceId


class AudioInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Format | UnsetType = UNSET
    noise_reduction: NoiseReduction | UnsetType | None = UNSET
    transcription: Transcription | UnsetType | None = UNSET
    turn_detection: TurnDetection | UnsetType | None = UNSET


class AudioOutput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Format | UnsetType = UNSET
    voice: Voice | UnsetType = UNSET
    speed: Speed | UnsetType = UNSET


class Audio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    input: AudioInput | UnsetType = UNSET
    output: AudioOutput | UnsetType = UNSET


class TranscribedAudio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a transcription session, which says nothing."""

    input: AudioInput | UnsetType = UNSET


class ResponseAudioOutput(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    format: Format | UnsetType = UNSET
    voice: Voice | UnsetType = UNSET


class ResponseAudio(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What one response may have of its own: no speed."""

    output: ResponseAudioOutput | UnsetType = UNSET
