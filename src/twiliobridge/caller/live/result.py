"""What a live conversation has shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from twiliobridge.caller.line import PhoneLine, Turn
from twiliobridge.caller.live.delays import Spread
from twiliobridge.caller.result import Keyed


@dataclass(frozen=True)
class LiveTurn(Keyed):
    """A turn of the caller, and the agent's answer to it."""

    began: float
    "Seconds after the start of the stream."
    duration_ms: float
    "Of speech: from its first loud frame to the end of its last."
    answered: bool
    latency_ms: float | None
    "From the end of the speech to the first audio heard after it; negative only if the agent did not wait."


@dataclass(frozen=True)
class MicrophoneResult(Keyed):
    """What the microphone did."""

    chunks_sent: int
    "Frames of 20 ms that it gave to the call."
    duration: float
    "Seconds, from its first frame until it was shut."
    chunks_per_second: float
    mic_to_wire_ms: Spread
    "From the device's hand-over to the wire. The device's own latency comes before it."
    device_latency_ms: float
    "As the device tells it."
    chunks_dropped: int
    "Captured, and lost: nobody took them, or they came too late."
    chunks_missing: int
    "Frames of silence in place of what the device did not give in time."
    chunks_skipped: int
    "Quiet ones left out, because the device's clock is faster than the call's."


@dataclass(frozen=True)
class LiveResult(Keyed):
    """A live conversation. `result["success"]` is `result.success`."""

    success: bool
    "Somebody spoke and was answered, the greeting was heard if one was awaited, and nobody dropped the line."
    total_duration: float
    "Seconds."
    total_audio_chunks_sent: int
    "Frames of 20 ms that the microphone gave to the call."
    total_audio_chunks_heard: int
    "Packets of 20 ms of the agent."
    greeting_ms: float | None
    "Audio of the greeting; None if none was awaited or heard."
    turns: tuple[LiveTurn, ...]
    turns_detected: int
    turns_answered: int
    microphone: MicrophoneResult
    speaker_latency_ms: float
    "As the device tells it, with the reserve against jitter."
    speaker_dropped_ms: float
    "Audio of the agent that the device had no room for."
    ended_by: str
    error: str | None
    "Why it was no success."


def live_turns(line: PhoneLine, turns: Sequence[Turn]) -> tuple[LiveTurn, ...]:
    """Each of `turns`, all speech, with what was heard after it and before the next."""
    bounds = [*(turn.first_stretch for turn in turns), len(line.heard.stretches)]
    return tuple(_turn(line, turn, heard) for turn, heard in zip(turns, pairwise(bounds), strict=True))


def _turn(line: PhoneLine, turn: Turn, heard: tuple[int, int]) -> LiveTurn:
    assert not isinstance(turn.said, str)
    began = turn.at if turn.said.began is None else turn.said.began
    ended = began if turn.said.speech_ended is None else turn.said.speech_ended
    answers = [each.began for each in line.heard.stretches[slice(*heard)]]
    answer = next((at for at in answers if at >= ended), answers[0] if answers else None)
    return LiveTurn(
        began=began - (line.began or 0.0),
        duration_ms=(ended - began) * 1000,
        answered=answer is not None,
        latency_ms=None if answer is None else (answer - ended) * 1000,
    )
