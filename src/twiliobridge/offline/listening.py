"""What the session hears: turns in the appended audio, the items they become, and the words in them."""

from base64 import b64decode
from random import Random

from msgspec.structs import replace

from twiliobridge.audio import AudioFormat
from twiliobridge.conversation import vad
from twiliobridge.conversation.vad import Gate
from twiliobridge.offline import refusals
from twiliobridge.offline.input_buffer import InputBuffer, Sound
from twiliobridge.offline.items import Conversation, Entry, message
from twiliobridge.offline.jobs import Action, Recognise
from twiliobridge.offline.transcription import Transcription
from twiliobridge.realtime.events import (
    AudioCommitted,
    Content,
    IdleTimeout,
    Item,
    ItemAdded,
    ItemDone,
    ServerEvent,
    SpeechStarted,
    SpeechStopped,
)
from twiliobridge.realtime.ids import Ids
from twiliobridge.realtime.session import Session, TurnRules, leaf


class Listening:
    """The ears of a session, up to the words: those come from outside through `understood`."""

    def __init__(
        self, session: Session, conversation: Conversation, gate: Gate, ids: Ids, rng: Random
    ) -> None:
        self._conversation = conversation
        self._ids = ids
        self._rng = rng
        self._transcription = _transcription(session, rng)
        self._answered_ms = 0
        self._turn: SpeechStarted | None = None
        self._noise: SpeechStarted | None = None
        "The turn, where it is none of the caller's."
        self.buffer = InputBuffer(_format(session), session.turn_rules, gate)
        self.unheard: set[str] = set()
        "Items whose words are still being found."

    @property
    def rules(self) -> TurnRules | None:
        return self.buffer.rules

    def configure(self, session: Session) -> None:
        self.buffer.configure(_format(session), session.turn_rules)
        self._transcription = _transcription(session, self._rng)
        if not self.buffer.speaking:
            self._turn = None

    def append(self, audio: str) -> list[SpeechStarted | SpeechStopped]:
        """The turns that begin and end in this audio, base64. Raises RemoteProtocolError if it is none."""
        turns = self.buffer.append(decoded(audio, self.buffer.format))
        return [news for turn in turns if (news := self._news(turn)) is not None]

    def _news(self, turn: vad.SpeechStarted | vad.SpeechStopped) -> SpeechStarted | SpeechStopped | None:
        """None for speech that begins in noise: that was told already."""
        if isinstance(turn, vad.SpeechStarted):
            noise, self._noise = self._noise, None
            if noise is not None and noise is self._turn:
                return None
            start = self.buffer.padded(turn.ms)
            self._turn = SpeechStarted(audio_start_ms=start, item_id=self._ids.new("item"))
            return self._turn
        assert self._turn is not None  # the detector alternates
        return SpeechStopped(audio_end_ms=turn.ms, item_id=self._turn.item_id)

    def end_turn(self, news: SpeechStopped) -> list[Action]:
        """Commits what was said from the padded start of the turn to its end."""
        started, self._turn = self._turn, None
        start = started.audio_start_ms if started else 0
        return self._committed(news.item_id, self.buffer.take(start, news.audio_end_ms))

    def commit(self) -> list[Action]:
        """Commits everything in the buffer, by the client's wish."""
        sound = self.buffer.commit()
        item_id = self._turn.item_id if self._turn else self._ids.new("item")
        self._turn = None
        return self._committed(item_id, sound)

    def noise_begins(self) -> list[SpeechStarted]:
        """Something is taken for speech; nothing, where turns are not detected or one has begun already."""
        if self.rules is None or self._turn is not None:
            return []
        start = self.buffer.padded(round(self.buffer.end_ms))
        self._turn = self._noise = SpeechStarted(audio_start_ms=start, item_id=self._ids.new("item"))
        return [self._turn]

    def noise_ends(self) -> list[SpeechStopped]:
        """Nothing where it is no more: committed, cleared, or gone over into speech."""
        noise, self._noise = self._noise, None
        if noise is None or noise is not self._turn:
            return []
        return [SpeechStopped(audio_end_ms=round(self.buffer.end_ms), item_id=noise.item_id)]

    def clear(self) -> None:
        self.buffer.clear()
        self._turn = None

    def answered(self) -> None:
        """The model has said all that it has to say: from now on it may be too quiet."""
        self._answered_ms = round(self.buffer.end_ms)

    def too_quiet(self) -> list[Action]:
        """A turn that is the silence since the answer: `idle_timeout_ms`, where audio came all the time."""
        end = round(self.buffer.end_ms)
        longest = (self.rules.idle_timeout_ms if self.rules else None) or 0
        start = max(self._answered_ms, end - longest)
        item_id = self._ids.new("item")
        timeout = IdleTimeout(audio_start_ms=start, audio_end_ms=end, item_id=item_id)
        return [timeout, *self._committed(item_id, self.buffer.take(start, end))]

    def _committed(self, item_id: str, sound: Sound) -> list[Action]:
        item = message(item_id, "user", Content(type="input_audio", transcript=None))
        added = self.add(Entry(item, sound.format), sound)
        previous = next(event for event in added if isinstance(event, ItemAdded)).previous_item_id
        return [AudioCommitted(item_id=item_id, previous_item_id=previous), *added]

    def add(self, entry: Entry, sound: Sound | None, after: str | None = None) -> list[Action]:
        """A whole item of the client's, with the sound in it: it is understood later."""
        if sound:
            entry.hold(sound.audio)
        previous = self._conversation.add(entry, after)
        events: list[Action] = [
            ItemAdded(item=entry.item, previous_item_id=previous),
            ItemDone(item=entry.item, previous_item_id=previous),
        ]
        if sound is None:
            return events
        if not sound.audio:
            entry.heard = ""
            return events
        self.unheard.add(entry.item_id)
        return [*events, Recognise(entry.item_id, sound.samples(), sound.format.rate)]

    def understood(self, item_id: str, text: str | None) -> list[ServerEvent]:
        """The words of an item, or None if they could not be found; what the client is told of it."""
        self.unheard.discard(item_id)
        entry = self._conversation.find(item_id)
        if entry is None:
            return []
        entry.heard = text or ""
        if self._transcription is None:
            return []
        if text is None:
            return self._transcription.failed(item_id)
        entry.item = transcribed(entry.item, text)
        return self._transcription.found(item_id, text, entry.length_ms)


def decoded(audio: str, audio_format: AudioFormat, param: str = "audio") -> bytes:
    try:
        return b64decode(audio, validate=True)
    except ValueError:
        raise refusals.bad_audio(audio_format, param) from None


def transcribed(item: Item, text: str) -> Item:
    parts = item.content or ()
    told = (replace(part, transcript=text) if part.type == "input_audio" else part for part in parts)
    return replace(item, content=tuple(told))


def _transcription(session: Session, rng: Random) -> Transcription | None:
    """None where the client has asked for none."""
    asked = leaf(session.audio, "input", "transcription") is not None
    return Transcription(session, rng) if asked else None


def _format(session: Session) -> AudioFormat:
    return AudioFormat(session.input_format)
