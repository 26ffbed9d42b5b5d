"""The output items of a response while they are made: each is opened, grows by deltas, and is closed once.

Source of every order of events: recorded sessions of the live service.
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Protocol

from msgspec import UNSET
from msgspec.structs import replace

from twiliobridge.audio import AudioFormat
from twiliobridge.offline.brain import CallTool
from twiliobridge.offline.items import Conversation, Entry
from twiliobridge.offline.pacing import TEXT_DELTA_SECONDS, Pace
from twiliobridge.realtime.events import (
    ArgumentsDelta,
    ArgumentsDone,
    Content,
    ContentPartAdded,
    ContentPartDone,
    Item,
    ItemAdded,
    ItemDone,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputTextDelta,
    OutputTextDone,
    OutputTranscriptDelta,
    OutputTranscriptDone,
    ServerEvent,
    Status,
)

Events = list[ServerEvent]

TRANSCRIPT_LEAD = 3
"Transcript deltas before the first audio delta; the text runs ahead of the sound, by about this much."


@dataclass
class Place:
    """Where an item stands: in its response and, unless that is out of band, in the conversation."""

    response_id: str
    item_id: str
    output_index: int
    conversation: Conversation
    "For a response out of band, one of its own that nobody reads."
    in_band: bool
    previous_id: str | None = None

    def open(self, entry: Entry) -> Events:
        shown = replace(entry.item, content=()) if entry.item.content else entry.item
        self.previous_id = self.conversation.add(entry)
        added = OutputItemAdded(response_id=self.response_id, output_index=self.output_index, item=shown)
        return [added, *([ItemAdded(item=shown, previous_item_id=self.previous_id)] if self.in_band else [])]

    def close(self, entry: Entry) -> Events:
        done = OutputItemDone(response_id=self.response_id, output_index=self.output_index, item=entry.item)
        return [
            *([ItemDone(item=entry.item, previous_item_id=self.previous_id)] if self.in_band else []),
            done,
        ]

    @property
    def part(self) -> dict[str, Any]:
        """The fields that every event about the item's only content part has."""
        return {
            "response_id": self.response_id,
            "item_id": self.item_id,
            "output_index": self.output_index,
            "content_index": 0,
        }


class OutputPart(Protocol):
    """One output item. `open`, then `grow` while `ready`, then `close`; `close` also cuts it short."""

    entry: Entry

    @property
    def ready(self) -> bool:
        """Whether there is something to grow by."""
        ...

    @property
    def finished(self) -> bool: ...

    def open(self) -> Events: ...

    def grow(self) -> tuple[Events, float]:
        """The next delta, and the seconds that making it took."""
        ...

    def close(self, status: Status) -> Events: ...


class SpokenPart:
    """A message as speech. Its audio comes from outside through `feed`, as fast as it is synthesised."""

    def __init__(self, place: Place, text: str, audio_format: AudioFormat, pace: Pace) -> None:
        self._place = place
        self._pace = pace
        self._words = pace.pieces(text)
        self._said = ""
        self._audio = bytearray()
        self._whole = False
        content = Content(type="output_audio", transcript="")
        self.entry = Entry(_message(place.item_id, content), audio_format)

    @property
    def ready(self) -> bool:
        return bool(self._audio)

    @property
    def finished(self) -> bool:
        return self._whole and not self._audio

    def feed(self, audio: bytes, *, last: bool) -> None:
        self._audio += audio
        self._whole = self._whole or last

    def open(self) -> Events:
        part = Content(type="audio", transcript="")
        return [*self._place.open(self.entry), ContentPartAdded(**self._place.part, part=part)]

    def grow(self) -> tuple[Events, float]:
        size = self._pace.size(self.entry.format)
        chunk = bytes(self._audio[:size])
        del self._audio[:size]
        lead = TRANSCRIPT_LEAD if not self.entry.length else 2
        words = self._transcribe(len(self._words) if self.finished else lead)
        self.entry.hold(chunk)
        delta = OutputAudioDelta(**self._place.part, delta=b64encode(chunk).decode())
        return [*words, delta], self._pace.seconds(self.entry.format.duration_ms(len(chunk)))

    def _transcribe(self, count: int) -> Events:
        spoken, self._words = self._words[:count], self._words[count:]
        self._said += "".join(spoken)
        return [
            OutputTranscriptDelta(**self._place.part, delta=words, obfuscation=self._pace.obfuscation())
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


class WrittenPart:
    """A message as text."""

    def __init__(self, place: Place, text: str, pace: Pace) -> None:
        self._place = place
        self._pace = pace
        self._words = pace.pieces(text)
        self._said = ""
        self.entry = Entry(_message(place.item_id, Content(type="output_text", text="")))

    @property
    def ready(self) -> bool:
        return bool(self._words)

    @property
    def finished(self) -> bool:
        return not self._words

    def open(self) -> Events:
        part = Content(type="text", text="")
        return [*self._place.open(self.entry), ContentPartAdded(**self._place.part, part=part)]

    def grow(self) -> tuple[Events, float]:
        words = self._words.pop(0)
        self._said += words
        delta = OutputTextDelta(**self._place.part, delta=words, obfuscation=self._pace.obfuscation())
        return [delta], TEXT_DELTA_SECONDS

    def close(self, status: Status) -> Events:
        content = Content(type="output_text", text=self._said)
        self.entry.item = replace(self.entry.item, status=status, content=(content,))
        return [
            OutputTextDone(**self._place.part, text=self._said),
            ContentPartDone(**self._place.part, part=Content(type="text", text=self._said)),
            *self._place.close(self.entry),
        ]


class CallPart:
    """A function call. Cut short it gets no `arguments.done`: half a JSON text would be taken for a call."""

    def __init__(self, place: Place, call: CallTool, call_id: str, pace: Pace) -> None:
        self._place = place
        self._pace = pace
        self._shreds = pace.shreds(json.dumps(dict(call.arguments), ensure_ascii=False))
        self._written = ""
        self._call: dict[str, Any] = {
            "response_id": place.response_id,
            "item_id": place.item_id,
            "output_index": place.output_index,
            "call_id": call_id,
        }
        self.entry = Entry(
            Item(
                id=place.item_id,
                type="function_call",
                status="in_progress",
                name=call.name,
                call_id=call_id,
                arguments="",
            )
        )

    @property
    def ready(self) -> bool:
        return bool(self._shreds)

    @property
    def finished(self) -> bool:
        return not self._shreds

    def open(self) -> Events:
        return self._place.open(self.entry)

    def grow(self) -> tuple[Events, float]:
        shred = self._shreds.pop(0)
        self._written += shred
        delta = ArgumentsDelta(**self._call, delta=shred, obfuscation=self._pace.obfuscation())
        return [delta], TEXT_DELTA_SECONDS

    def close(self, status: Status) -> Events:
        self.entry.item = replace(self.entry.item, status=status, arguments=self._written)
        name = self.entry.item.name or ""
        done = ArgumentsDone(**self._call, name=name, arguments=self._written)
        return [*([done] if status == "completed" else []), *self._place.close(self.entry)]


def _message(item_id: str, content: Content) -> Item:
    return Item(id=item_id, type="message", status="in_progress", role="assistant", content=(content,))
