"""A message as speech, while it is made."""

import math
from base64 import b64encode

from msgspec import UNSET
from msgspec.structs import replace

from twiliobridge.audio import AudioFormat
from twiliobridge.offline.items import Entry
from twiliobridge.offline.pacing import Pace
from twiliobridge.offline.parts import Events, Place, message_in
from twiliobridge.offline.usage import affordable, longest_speech_ms, speech_tokens, text_tokens
from twiliobridge.realtime.events import (
    Content,
    ContentPartAdded,
    ContentPartDone,
    OutputAudioDelta,
    OutputAudioDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    Status,
)

TRANSCRIPT_LEAD = 3
"Transcript deltas before the first audio delta; the text runs ahead of the sound, by about this much."


class SpokenPart:
    """A message as speech. Its audio comes from outside through `feed`, as fast as it is synthesised."""

    def __init__(self, place: Place, text: str, audio_format: AudioFormat, pace: Pace) -> None:
        self._place = place
        self._pace = pace
        self._words = pace.pieces(text)
        self._said = ""
        self._audio = bytearray()
        self._fed = False
        self._most: int | None = None
        "Bytes of audio at which it is cut."
        self.cut = self.overdrawn = False
        content = Content(type="output_audio", transcript="")
        self.entry = Entry(message_in(place, content), audio_format)

    @property
    def ready(self) -> bool:
        return bool(self._audio)

    @property
    def finished(self) -> bool:
        return (self._fed or self.cut) and not self._audio

    @property
    def whole(self) -> bool:
        return self.finished and not self.cut

    def feed(self, audio: bytes, *, last: bool) -> None:
        self._audio += audio
        self._fed = self._fed or last
        self._trim()

    def cut_at(self, ms: float, *, last: bool) -> None:
        if ms < math.inf:
            self._most = self.entry.format.byte_count(ms)
            self._trim()

    def _trim(self) -> None:
        if self._most is None or self.entry.length + len(self._audio) < self._most:
            return
        self.cut = True
        del self._audio[max(self._most - self.entry.length, 0) :]

    def open(self) -> Events:
        part = Content(type="audio", transcript="")
        return [*self._place.open(self.entry), ContentPartAdded(**self._place.part, part=part)]

    @property
    def tokens(self) -> int:
        return text_tokens(self._said) + speech_tokens(self.entry.length_ms)

    def grow(self, left: float = math.inf) -> tuple[Events, float]:
        size, count = self._within(left, self._pace.size(self.entry.format))
        chunk = bytes(self._audio[:size])
        del self._audio[: None if self.overdrawn else size]
        transcript = self._transcribe(count)
        self.entry.hold(chunk)
        delta = OutputAudioDelta(**self._place.part, delta=b64encode(chunk).decode())
        seconds = self._pace.seconds(self.entry.format.duration_ms(len(chunk)))
        return [*transcript, *([delta] if chunk else [])], seconds

    def _within(self, left: float, size: int) -> tuple[int, int]:
        """Bytes of audio and words that come next, as many as are paid for by the tokens that are left."""
        lead = TRANSCRIPT_LEAD if not self.entry.length else 2
        ends = self._fed and not self.cut and size >= len(self._audio)
        words = self._words if ends else self._words[:lead]
        told = affordable(self._said, words, left)
        most = self._bytes(left + text_tokens(self._said) - text_tokens("".join((self._said, *told))))
        if len(told) < len(words) or most < min(size, len(self._audio)):
            self.cut = self.overdrawn = True
        return min(size, most), len(told)

    def _bytes(self, tokens: float) -> int:
        """Of further audio for that many tokens."""
        if math.isinf(tokens):
            return len(self._audio)
        most = longest_speech_ms(speech_tokens(self.entry.length_ms) + int(tokens))
        return max(0, self.entry.format.byte_count(most) - self.entry.length)

    def _transcribe(self, count: int) -> Events:
        spoken, self._words = self._words[:count], self._words[count:]
        self._said += "".join(spoken)
        return [
            OutputTranscriptDelta(**self._place.part, delta=words, obfuscation=self._pace.obfuscation(words))
            for words in spoken
        ]

    def close(self, status: Status) -> Events:
        late = self._transcribe(len(self._words)) if status == "completed" else []
        transcript = UNSET if self.entry.cut else self._said
        content = Content(type="output_audio", transcript=transcript)
        self.entry.item = replace(self.entry.item, status=status, content=(content,))
        return [
            *late,
            OutputAudioDone(**self._place.part),
            OutputTranscriptDone(**self._place.part, transcript=self._said),
            ContentPartDone(**self._place.part, part=Content(type="audio", transcript=self._said)),
            *self._place.close(self.entry),
        ]
