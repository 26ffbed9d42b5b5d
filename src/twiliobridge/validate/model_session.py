"""One session with the model, as it was seen: what it was told and said, and when."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import trio
from msgspec.structs import replace

from twiliobridge.audio import FRAME_MS, AudioFormat
from twiliobridge.offline.refusals import expired
from twiliobridge.realtime import RemoteProtocolError, error_event
from twiliobridge.realtime import events as model
from twiliobridge.realtime.codec import encode, read_client, read_server
from twiliobridge.realtime.session import Session
from twiliobridge.validate.injection import Injection

E = TypeVar("E")

FORMATS = frozenset(each.value for each in AudioFormat)


EXPIRED = 1001
"The service's close code at the end of a session's hour."
ASKED = "event_asked_by_validation_"
"Begins the id of what the suite says to the model in the bridge's place."


Alter = Callable[[str], str]
"An event of the model's, and what is told instead."


def as_it_is(text: str) -> str:
    return text


class Tapped(Protocol):
    """A wire on which something is said in either side's name. What a broken wire does not take is lost."""

    def to_model(self, text: str) -> None: ...
    def to_bridge(self, text: str) -> None: ...


class Unreadable:
    """A message that is no event."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


@dataclass(frozen=True)
class Passed:
    at: float
    "Seconds."
    event: object
    "Of `realtime.events`, or Unreadable."
    by_bridge: bool
    "Or else by the model."


class ModelSession:
    """One session with the model. Times in seconds on the clock of the event loop."""

    def __init__(self, dialled: float) -> None:
        self.dialled = dialled
        self.closed: float | None = None
        self.refused = False
        "By the model: it was dialled, and there was none."
        self.log: list[Passed] = []
        "All that passed, in order."
        self.texts: list[str] = []
        "What the bridge said, but for audio, as it was written."
        self.input_format = AudioFormat.PCM
        "Of what is appended: the one that was confirmed last, and the service's own before that."
        self.output_format = AudioFormat.PCM
        "Of what the model says, likewise."
        self.close_code = 1000
        "With which the service closes the socket, where the suite has ended the session."
        self.altered: Alter = as_it_is
        "What the bridge is told of what the model says."
        self._appended = bytearray()
        self._injection = Injection()
        self._wire: Tapped | None = None
        self._asked = 0

    def events(self, kind: type[E]) -> list[tuple[float, E]]:
        """All events of one kind, of both directions, each with its time."""
        return [(each.at, each.event) for each in self.log if isinstance(each.event, kind)]

    @property
    def told(self) -> list[tuple[float, object]]:
        """What the bridge said."""
        return [(each.at, each.event) for each in self.log if each.by_bridge]

    @property
    def appended(self) -> bytes:
        """All that the bridge appended to the input buffer, in the session's input format."""
        return bytes(self._appended)

    @property
    def appended_bytes(self) -> int:
        return len(self._appended)

    def appended_since(self, begin: int) -> bytes:
        """Without the first `begin` bytes."""
        return bytes(self._appended[begin:])

    @property
    def frame_bytes(self) -> int:
        """Of 20 ms of what is appended."""
        return self.input_format.byte_count(FRAME_MS)

    def spoken(self) -> Iterator[tuple[float, str, bytes]]:
        """The deltas of speech: when, of which item, and the audio, in the session's output format."""
        for at, event in self.events(model.OutputAudioDelta):
            yield at, event.item_id, decoded(event.delta)

    def item_audio(self, item_id: str) -> bytes:
        return b"".join(audio for _, item, audio in self.spoken() if item == item_id)

    def words_since(self, at: float) -> list[str]:
        """What the model said from then on, in words, item by item."""
        return [event.transcript for when, event in self.events(model.OutputTranscriptDone) if when >= at]

    # ------------------------------------------------ what the suite does

    def joined(self, wire: Tapped) -> Injection:
        """The wire on which the session goes on; what it receives besides."""
        self._wire = wire
        return self._injection

    def drop(self) -> None:
        """The model vanishes, from here on and for this session."""
        self._injection.cut("the validation dropped the model")

    def ask(self, event: model.ClientEvent) -> None:
        """Says something to the model in the bridge's place. The answer goes to the bridge; if it is a
        refusal, nobody hears of it.
        """
        self._asked += 1
        if self._wire is not None:
            self._wire.to_model(encode(replace(event, event_id=f"{ASKED}{self._asked}")))

    def expire(self) -> None:
        """The session's hour is over: the bridge is told, and the socket is closed."""
        fault = expired()
        if self._wire is not None:
            self._wire.to_bridge(encode(error_event(fault)))
        self.close_code = EXPIRED
        self._injection.cut(f"closed with {EXPIRED} {fault}")

    # ------------------------------------------------ what passes

    def note(self, text: str | bytes, *, by_bridge: bool) -> None:
        read = read_client if by_bridge else read_server
        event: object
        try:
            event = read(text)
        except RemoteProtocolError as fault:
            event = Unreadable(str(fault))
        self.log.append(Passed(trio.current_time(), event, by_bridge))
        if isinstance(event, model.AppendAudio):
            self._appended += decoded(event.audio)
        elif by_bridge:
            self.texts.append(text if isinstance(text, str) else "")
        elif isinstance(event, model.SessionCreated | model.SessionUpdated):
            self.input_format = _format(event.session, "input")
            self.output_format = _format(event.session, "output")


def _format(session: Session, side: str) -> AudioFormat:
    kind = (((session.audio or {}).get(side) or {}).get("format") or {}).get("type")
    return AudioFormat(kind) if kind in FORMATS else AudioFormat.PCM


def decoded(payload: str) -> bytes:
    try:
        return base64.b64decode(payload, validate=True)
    except ValueError:
        return b""
