"""The conversation as the server keeps it: items in order, their audio, and what the model remembers."""

from base64 import b64encode
from dataclasses import dataclass, field

from msgspec import UNSET
from msgspec.structs import replace

from twiliobridge.audio import AudioFormat
from twiliobridge.offline import refusals
from twiliobridge.offline.mcp.memory import in_memory
from twiliobridge.realtime.items import Content, Item

MOST_ITEMS = 2000
"The oldest fall out of the conversation, as they fall out of the service's context window."
MOST_AUDIO_BYTES = 64 * 1024 * 1024
"Of all items together, 22 minutes of PCM; beyond it the oldest items keep their length but not their sound."


@dataclass(eq=False)
class Entry:
    """One item, and what its wire form does not tell."""

    item: Item
    format: AudioFormat = AudioFormat.PCM
    "Of `audio`."
    audio: bytearray = field(default_factory=bytearray)
    length: int = 0
    "Bytes of audio in the conversation, also where the sound itself is no longer kept."
    heard: str | None = None
    "What the recogniser made of the caller's audio: the model knows it, whether or not the client asked."
    cut: bool = False
    "Truncated: no transcript any more."

    @property
    def item_id(self) -> str:
        return self.item.id or ""

    @property
    def length_ms(self) -> int:
        """Whole milliseconds: the fraction that is left over counts for none."""
        return self.length // self.format.bytes_per_ms

    @property
    def spoken(self) -> bool:
        """Whether this is the model's own audio."""
        parts = self.item.content or ()
        return self.item.role == "assistant" and any(part.type == "output_audio" for part in parts)

    def hold(self, audio: bytes) -> None:
        self.audio += audio
        self.length += len(audio)


class Conversation:
    """Entries in order. What a client may not do to them raises RemoteProtocolError and changes nothing."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    @property
    def first_id(self) -> str | None:
        return self._entries[0].item_id if self._entries else None

    def find(self, item_id: str) -> Entry | None:
        return next((entry for entry in self._entries if entry.item_id == item_id), None)

    def before(self, item_id: str) -> str | None:
        """The id of the item before it."""
        ids = [None, *(entry.item_id for entry in self._entries)]
        return ids[ids.index(item_id) - 1] if item_id in ids else None

    def add(self, entry: Entry, after: str | None = None) -> str | None:
        """Puts the entry in place: at the end, after the item named, or at the front for `root`.

        Returns the id of the item before it.
        """
        if self.find(entry.item_id):
            raise refusals.id_in_use(entry.item_id)
        place = len(self._entries) if after is None else self._place_after(after)
        self._entries.insert(place, entry)
        previous = self._entries[place - 1].item_id if place else None
        self._forget()
        return previous

    def _place_after(self, item_id: str) -> int:
        if item_id == "root":
            return 0
        for place, entry in enumerate(self._entries, 1):
            if entry.item_id == item_id:
                return place
        raise refusals.no_such_predecessor(item_id)

    def delete(self, item_id: str) -> None:
        self._entries.remove(self._named("delete", item_id))

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Keeps the first `audio_end_ms` of the model's speech, and no transcript of it.

        Source: OpenAI API reference, Realtime > conversation.item.truncate.
        """
        entry = self._named("truncate", item_id)
        if not entry.spoken or not entry.length:
            raise refusals.not_the_models_audio()
        parts = entry.item.content or ()
        if content_index >= len(parts) or parts[content_index].type != "output_audio":
            raise refusals.no_such_part(content_index)
        if audio_end_ms > entry.length_ms:
            raise refusals.shorter_already(entry.length_ms, audio_end_ms)
        entry.length = entry.format.byte_count(audio_end_ms)
        del entry.audio[entry.length :]
        entry.cut = True
        entry.item = replace(entry.item, content=tuple(replace(part, transcript=UNSET) for part in parts))

    def retrieved(self, item_id: str) -> Item:
        """The item with its audio, in the format in which it was made."""
        entry = self._named("retrieve", item_id)
        if not entry.audio:
            return entry.item
        sound = b64encode(entry.audio).decode()
        parts = tuple(
            replace(part, audio=sound) if part.type.endswith("_audio") else part
            for part in entry.item.content or ()
        )
        return replace(entry.item, content=parts)

    def has_call(self, call_id: str | None) -> bool:
        return any(
            entry.item.type == "function_call" and entry.item.call_id == call_id for entry in self._entries
        )

    def has_speech(self) -> bool:
        """Whether the model has been heard: then its voice stays."""
        return any(entry.spoken and entry.length for entry in self._entries)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    def memory(self) -> tuple[Item, ...]:
        """What the model goes by: the caller's audio as words."""
        return tuple(item for entry in self._entries for item in in_memory(_as_remembered(entry)))

    def remembered(self, item_id: str) -> Item:
        return _as_remembered(self._named("retrieve", item_id))

    def _named(self, deed: str, item_id: str) -> Entry:
        entry = self.find(item_id)
        if entry is None:
            raise refusals.no_such_item(deed, item_id)
        return entry

    def _forget(self) -> None:
        del self._entries[:-MOST_ITEMS]
        kept = sum(len(entry.audio) for entry in self._entries)
        for entry in self._entries:
            if kept <= MOST_AUDIO_BYTES:
                return
            kept -= len(entry.audio)
            entry.audio.clear()


def _as_remembered(entry: Entry) -> Item:
    if entry.heard is None or not entry.item.content:
        return entry.item
    parts = tuple(
        replace(part, transcript=entry.heard) if part.type == "input_audio" else part
        for part in entry.item.content
    )
    return replace(entry.item, content=parts)


def message(item_id: str, role: str, *parts: Content, status: str = "completed") -> Item:
    return Item(id=item_id, type="message", status=status, role=role, content=parts)
