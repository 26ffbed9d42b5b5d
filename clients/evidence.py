"""What a driver tells: what its client gave to whoever uses it."""

from typing import Any

import msgspec


class ToolUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A function of the client's own that the client ran."""

    name: str
    arguments: dict[str, Any]


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    heard: list[str] = []
    "What the agent said or wrote, turn by turn."
    audio_bytes: int = 0
    "Of the agent's speech."
    understood: list[str] = []
    "Transcripts of what the caller said."
    tools: list[ToolUse] = []
    cuts: list[str] = []
    "The client's own words or events for an interruption."
    speech: list[str] = []
    "Where the client told that somebody speaks."
    order: list[str] = []
    "Of the caller's transcript and the end of the response, or events that no types know."
    took: dict[str, float] = {}
    "Seconds: `dial`, from `updated` asked for to told, to the `first` event of a response."
    agents: list[str] = []
    "Who was in charge, one after the other."
    outcomes: list[str] = []
    "How responses ended, where the client tells."
    errors: list[str] = []
    "Faults, as the client surfaced them."
    endings: list[str] = []
    "What the client made of a lost or refused connection."

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.heard).split())


def read_evidence(output: str) -> Evidence:
    """The last line of what a driver printed. ValueError if that is no evidence."""
    lines = output.strip().splitlines()
    if not lines:
        raise ValueError("the driver printed nothing")
    try:
        return msgspec.json.decode(lines[-1], type=Evidence)
    except msgspec.DecodeError as error:
        raise ValueError(f"the driver's last line is no evidence: {error}") from error
