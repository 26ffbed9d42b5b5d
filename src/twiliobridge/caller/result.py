"""What a call has shown. Each result is a frozen value; its fields are read by name or, as in a dict, by
key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, overload

from twiliobridge.audio import FRAME_BYTES, FRAME_MS


class Keyed:
    """`result["success"]` is `result.success`."""

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 -- each field has its own type; by key none is known
        if key not in self.keys():
            raise KeyError(key)
        return getattr(self, key)

    def keys(self) -> list[str]:
        """With `__getitem__`, what `dict(result)` needs."""
        return [each.name for each in fields(self)]  # type: ignore[arg-type]  # every subclass is a dataclass


@dataclass(frozen=True)
class Answer(Sequence[bytes]):
    """What the agent was heard to say: a sequence of frames of 160 bytes, 20 ms, mu-law."""

    audio: bytes = field(repr=False)
    began: float
    "When it began to be heard, in seconds."
    ended: float
    latency_ms: float
    "From the end of what it answers to the first audio heard after that. The end is that of the last 20 ms "
    "frame of the caller's speech above -45 dBFS, of the key, or the start of the stream. Negative only if "
    "the agent did not wait for it."
    gaps_ms: tuple[float, ...] = ()
    "Silences in it, where the playback buffer ran empty."
    talked_over_ms: float = 0.0
    "How much of it was heard before the caller had ended: the agent interrupted."

    @property
    def duration_ms(self) -> int:
        """Of what was heard, without the gaps in it."""
        return len(self) * FRAME_MS

    def __len__(self) -> int:
        return len(self.audio) // FRAME_BYTES

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return list(self)[index]
        start = range(0, len(self.audio), FRAME_BYTES)[index]
        return self.audio[start : start + FRAME_BYTES]

    def __iter__(self) -> Iterator[bytes]:
        return (self.audio[start : start + FRAME_BYTES] for start in range(0, len(self.audio), FRAME_BYTES))


@dataclass(frozen=True)
class TurnResult(Keyed):
    """One question and what became of it."""

    audio_file: Path
    answered: bool
    latency_ms: float | None
    "As `Answer.latency_ms`; None without an answer."
    answer_ms: float
    "Audio heard in answer."
    error: str | None
    "Why there was no answer."
    talked_over_ms: float = 0.0
    "As `Answer.talked_over_ms`."


@dataclass(frozen=True)
class ConversationResult(Keyed):
    """A conversation, turn by turn."""

    success: bool
    "Every turn was sent, and every turn was answered."
    turns_planned: int
    turns_sent: int
    "To their last frame."
    turns_answered: int
    turns: tuple[TurnResult, ...]
    "Those that were begun, in order."
    greeting_ms: float | None
    "Audio of the greeting; None if none was waited for."
    error: str | None
    "Why it ended before its time."
