"""A live conversation in a few lines of text."""

from collections.abc import Iterator

from twiliobridge.caller.live.result import LiveResult, LiveTurn, MicrophoneResult


def summary_text(result: LiveResult) -> str:
    """What happened, turn by turn, and what the devices did; ends with the verdict."""
    greeting = "none heard" if result.greeting_ms is None else f"{result.greeting_ms / 1000:.1f} s"
    lines = [
        f"{result.total_duration:.1f} s, {result.ended_by}; greeting: {greeting}",
        *(_turn(number, turn) for number, turn in enumerate(result.turns, 1)),
        f"turns: {result.turns_detected} spoken, {result.turns_answered} answered",
        *_microphone(result.microphone),
        _speaker(result),
        "PASSED" if result.success else f"FAILED: {result.error}",
    ]
    return "\n".join(lines)


def _microphone(microphone: MicrophoneResult) -> Iterator[str]:
    wire = microphone.mic_to_wire_ms
    yield (
        f"sent: {microphone.chunks_sent} chunks, {microphone.chunks_per_second:.1f} per second; "
        f"{microphone.chunks_dropped} dropped, {microphone.chunks_missing} missing, "
        f"{microphone.chunks_skipped} quiet ones skipped"
    )
    if not wire.greatest:
        return  # a turn that was recorded first has no such delay
    yield (
        f"mic to wire: {wire.median:.0f} ms median, {wire.p99:.0f} ms p99, {wire.greatest:.0f} ms at most; "
        f"before it, {microphone.device_latency_ms:.0f} ms in the device"
    )


def _speaker(result: LiveResult) -> str:
    return (
        f"heard: {result.total_audio_chunks_heard} chunks, {result.speaker_latency_ms:.0f} ms later on the "
        f"speaker, {result.speaker_dropped_ms:.0f} ms of them dropped"
    )


def _turn(number: int, turn: LiveTurn) -> str:
    answer = "no answer" if turn.latency_ms is None else f"answered after {turn.latency_ms:.0f} ms"
    return f"turn {number}: at {turn.began:.1f} s, spoke {turn.duration_ms / 1000:.1f} s, {answer}"
