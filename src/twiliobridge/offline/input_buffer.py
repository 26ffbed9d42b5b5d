"""The input audio buffer: appended audio on its own clock, the turns in it, and what a commit takes out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twiliobridge.audio import RATE, AudioFormat, Resampler, to_float, to_int16
from twiliobridge.conversation.vad import Gate, SpeechStarted, SpeechStopped, TurnDetector
from twiliobridge.offline import refusals
from twiliobridge.realtime.session import TurnRules

LONGEST_MS = 600_000
"Audio kept for one commit; the oldest goes first. Precedent: Twilio buffers 10 minutes of playback."
LONGEST_QUIET_MS = 60_000
"The same while turns are detected and nobody speaks."
LEAST_COMMIT_MS = 100
"Less is refused. Source: OpenAI's error `input_audio_buffer_commit_empty`."
SPEECH_MS = 80
"Speech without a break before a turn begins; measured to be right for telephone speech."
SEMANTIC_SILENCE_MS = {"low": 1200, "medium": 600, "auto": 600, "high": 300}
"Nobody here reads meaning: `semantic_vad` is a silence, longer for the less eager. A guess."
LEAST_THRESHOLD = 0.01
"At 0, silence would be speech."


@dataclass(frozen=True)
class Sound:
    """What one commit took out of the buffer."""

    audio: bytes
    format: AudioFormat
    start_ms: float = 0

    def samples(self) -> npt.NDArray[np.int16]:
        return self.format.decode(self.audio)


class InputBuffer:
    """Audio in the session's input format. Milliseconds count all audio ever appended, cleared or not."""

    def __init__(self, audio_format: AudioFormat, rules: TurnRules | None, gate: Gate) -> None:
        self._gate = gate
        self._audio = bytearray()
        self._start_ms = 0.0  # of the first byte kept
        self._odd = b""
        self._begin(audio_format, rules)

    def _begin(self, audio_format: AudioFormat, rules: TurnRules | None) -> None:
        self.format = audio_format
        self.rules = rules
        self._to_gate = Resampler(audio_format.rate, RATE)
        self._turns = (
            TurnDetector(self._gate, _silence_ms(rules, self._gate), SPEECH_MS, _threshold(rules))
            if rules
            else None
        )
        self._turns_from_ms = self.end_ms

    @property
    def end_ms(self) -> float:
        """The clock: milliseconds appended so far."""
        return self._start_ms + self.length_ms

    @property
    def length_ms(self) -> float:
        return self.format.duration_ms(len(self._audio))

    @property
    def speaking(self) -> bool:
        return self._turns is not None and self._turns.speaking

    def configure(self, audio_format: AudioFormat, rules: TurnRules | None) -> None:
        """After a session.update. Another format makes what is in the buffer unreadable: it is dropped."""
        if audio_format is not self.format:
            self.clear()
            self._odd = b""
        elif rules and self._turns:
            self.rules = rules
            self._turns.silence_ms, self._turns.threshold = _silence_ms(rules, self._gate), _threshold(rules)
            return
        self._begin(audio_format, rules)

    def append(self, audio: bytes) -> list[SpeechStarted | SpeechStopped]:
        """Takes audio in chunks of any size; gives the turns found in it, on the buffer's clock, unpadded."""
        audio = self._odd + audio
        whole = len(audio) - len(audio) % self.format.sample_bytes
        audio, self._odd = audio[:whole], audio[whole:]
        self._audio += audio
        turns = self._turns.feed(self._narrow(audio)) if self._turns else []
        self._keep(LONGEST_MS if self.speaking or turns or not self.rules else LONGEST_QUIET_MS)
        return [type(turn)(round(turn.ms + self._turns_from_ms)) for turn in turns]

    def _narrow(self, audio: bytes) -> npt.NDArray[np.int16]:
        samples = self.format.decode(audio)
        if self.format.rate == RATE:
            return samples
        return to_int16(self._to_gate.feed(to_float(samples)))

    def _keep(self, most_ms: int) -> None:
        excess = len(self._audio) - self.format.byte_count(most_ms)
        if excess > 0:
            self._drop(excess)

    def _drop(self, size: int) -> None:
        del self._audio[:size]
        self._start_ms += self.format.duration_ms(size)

    def padded(self, onset_ms: int) -> int:
        """Where a turn with that onset begins: earlier by the prefix padding."""
        padding = self.rules.prefix_padding_ms if self.rules else 0
        return max(0, onset_ms - padding)

    def commit(self) -> Sound:
        """Everything in the buffer, which is empty afterwards. Refuses less than 100 ms."""
        if self.length_ms < LEAST_COMMIT_MS:
            raise refusals.too_little_audio(self.length_ms)
        sound = self.take(round(self._start_ms), round(self.end_ms))
        self.clear()
        return sound

    def take(self, start_ms: int, end_ms: int) -> Sound:
        """The turn between two moments, so far as it is still kept; the buffer loses all up to its end."""
        begin = max(0, self.format.byte_count(start_ms - self._start_ms))
        end = max(begin, self.format.byte_count(end_ms - self._start_ms))
        sound = Sound(bytes(self._audio[begin:end]), self.format, max(start_ms, self._start_ms))
        self._drop(min(end, len(self._audio)))
        return sound

    def clear(self) -> None:
        """Empties the buffer; a turn in progress is forgotten, the clock goes on."""
        self._drop(len(self._audio))
        if self.speaking:
            self._begin(self.format, self.rules)


def _silence_ms(rules: TurnRules, gate: Gate) -> int:
    semantic = rules.type == "semantic_vad"
    silence = SEMANTIC_SILENCE_MS[rules.eagerness] if semantic else rules.silence_duration_ms
    return max(silence, gate.frame_ms)


def _threshold(rules: TurnRules) -> float:
    return max(rules.threshold, LEAST_THRESHOLD)
