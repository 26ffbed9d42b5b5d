"""The words of the caller as the client is told of them: word by word, then whole, with what it cost.

Source of the shapes: recorded sessions with gpt-realtime-whisper and gpt-4o-transcribe.
"""

from random import Random
from typing import Any

from msgspec.structs import replace

from twiliobridge.offline.deltas import obfuscation, words
from twiliobridge.offline.usage import audio_tokens
from twiliobridge.realtime.events import (
    InputTranscriptCompleted,
    InputTranscriptDelta,
    InputTranscriptFailed,
    ServerEvent,
)
from twiliobridge.realtime.responses import TranscriptFault
from twiliobridge.realtime.session import Session, as_text, leaf

WHOLE = "whisper-1"
"Its only delta is the whole text. Source: OpenAI, Realtime transcription."
BILLED_BY_TIME = frozenset({WHOLE, "gpt-realtime-whisper"})
LEADING_BLANK = frozenset({"gpt-realtime-whisper"})
"Models whose first word has a blank before it."
LOGPROBS = "item.input_audio_transcription.logprobs"
ENDING_TOKENS = 2
"Counted beside the words."
SURE = -0.001
"The logarithm of the probability of every token: nothing here is in doubt."


class Transcription:
    """As the session has it set up."""

    def __init__(self, session: Session, rng: Random) -> None:
        self._model = as_text(leaf(session.audio, "input", "transcription", "model")) or WHOLE
        self._explains = LOGPROBS in (session.include or ())
        self._rng = rng

    def found(self, item_id: str, text: str, length_ms: int) -> list[ServerEvent]:
        """`length_ms` of audio turned out to say `text`."""
        pieces = self._pieces(text)
        completed = InputTranscriptCompleted(
            item_id=item_id, transcript=text, usage=self._usage(len(pieces), length_ms)
        )
        if not self._explains:
            return [*(self._delta(item_id, piece) for piece in pieces), completed]
        return [
            *(replace(self._delta(item_id, piece), logprobs=(_logprob(piece),)) for piece in pieces),
            replace(completed, logprobs=tuple(map(_logprob, pieces))),
        ]

    def failed(self, item_id: str) -> list[ServerEvent]:
        fault = TranscriptFault(
            type="transcription_error", code="audio_unintelligible", message="No words found."
        )
        return [InputTranscriptFailed(item_id=item_id, error=fault)]

    def _pieces(self, text: str) -> list[str]:
        if not text or self._model == WHOLE:
            return [text] if text else []
        return words(f" {text}" if self._model in LEADING_BLANK else text)

    def _delta(self, item_id: str, piece: str) -> InputTranscriptDelta:
        return InputTranscriptDelta(item_id=item_id, delta=piece, obfuscation=obfuscation(piece, self._rng))

    def _usage(self, pieces: int, length_ms: int) -> dict[str, Any]:
        """Whole seconds, or tokens."""
        if self._model in BILLED_BY_TIME:
            return {"type": "duration", "seconds": -(-length_ms // 1000)}
        heard, written = audio_tokens(length_ms), pieces + ENDING_TOKENS
        return {
            "type": "tokens",
            "total_tokens": heard + written,
            "input_tokens": heard,
            "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
            "output_tokens": written,
        }


def _logprob(token: str) -> dict[str, Any]:
    return {"token": token, "logprob": SURE, "bytes": list(token.encode())}
