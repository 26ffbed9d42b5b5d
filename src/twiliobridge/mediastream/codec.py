"""Media Streams messages: JSON text to events and back. No other file knows a field's name.

What Twilio says is read liberally where nothing depends on it (extra keys, numbers as numbers or as text) and
strictly where something does. What a server says is read as Twilio reads it: these keys and no others.
Written text has the shapes, the order of keys and the numbers-as-strings seen on Twilio's wire.

Source: Twilio docs, Voice > Media Streams > WebSocket Messages.
"""

from typing import Annotated

import msgspec

from twiliobridge.mediastream.bounds import COUNT_LIMIT, checked
from twiliobridge.mediastream.errors import LocalProtocolError, RemoteProtocolError, StreamCode, clip
from twiliobridge.mediastream.events import (
    Clear,
    Connected,
    Dtmf,
    Event,
    Mark,
    Media,
    Play,
    ServerEvent,
    Start,
    Stop,
    Track,
    TwilioEvent,
    Unknown,
)

Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_LIMIT)]


class Heard(msgspec.Struct, frozen=True):
    """A message read: the event, and what the connection must know besides."""

    event: Event
    stream_sid: str | None = None
    sequence: int | None = None


# ---- What Twilio says, as we read it ----


class _Said(msgspec.Struct, rename="camel", tag_field="event", kw_only=True):
    stream_sid: str | None = None
    sequence_number: Count | None = None


class _Connected(_Said, tag="connected"):
    protocol: str = "Call"
    version: str = "1.0.0"

    def event(self) -> Connected:
        return Connected(protocol=self.protocol, version=self.version)


class _MediaFormat(msgspec.Struct, rename="camel"):
    encoding: str
    sample_rate: Count
    channels: Count


class _StartBody(msgspec.Struct, rename="camel"):
    account_sid: str
    stream_sid: str
    call_sid: str
    tracks: tuple[Track, ...]
    media_format: _MediaFormat
    custom_parameters: dict[str, str] = {}


class _Start(_Said, tag="start"):
    start: _StartBody

    def event(self) -> Start:
        body = self.start
        return Start(
            stream_sid=body.stream_sid,
            call_sid=body.call_sid,
            account_sid=body.account_sid,
            tracks=body.tracks,
            encoding=body.media_format.encoding,
            sample_rate=body.media_format.sample_rate,
            channels=body.media_format.channels,
            custom_parameters=body.custom_parameters,
        )


class _MediaBody(msgspec.Struct):
    payload: str
    timestamp: Count
    track: Track = "inbound"


class _Media(_Said, tag="media"):
    media: _MediaBody

    def event(self) -> Media:
        body = self.media
        return Media(payload=body.payload, timestamp_ms=body.timestamp, track=body.track)


class _DtmfBody(msgspec.Struct):
    digit: str


class _Dtmf(_Said, tag="dtmf"):
    dtmf: _DtmfBody

    def event(self) -> Dtmf:
        return Dtmf(digit=self.dtmf.digit)


class _MarkBody(msgspec.Struct):
    name: str


class _Mark(_Said, tag="mark"):
    mark: _MarkBody

    def event(self) -> Mark:
        return Mark(name=self.mark.name)


class _StopBody(msgspec.Struct, rename="camel"):
    account_sid: str = ""
    call_sid: str = ""


class _Stop(_Said, tag="stop"):
    stop: _StopBody = msgspec.field(default_factory=_StopBody)
    "Tells nothing new, so a `stop` without it still stops."

    def event(self) -> Stop:
        return Stop(account_sid=self.stop.account_sid, call_sid=self.stop.call_sid)


# ---- What a server says, as Twilio reads it and as we write it ----


class _Order(msgspec.Struct, rename="camel", tag_field="event", forbid_unknown_fields=True):
    stream_sid: str


class _PlayBody(msgspec.Struct, forbid_unknown_fields=True):
    payload: str


class _Play(_Order, tag="media"):
    media: _PlayBody

    def event(self) -> Play:
        return Play(payload=self.media.payload)


class _LabelBody(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class _Label(_Order, tag="mark"):
    mark: _LabelBody

    def event(self) -> Mark:
        return Mark(name=self.mark.name)


class _Clear(_Order, tag="clear"):
    def event(self) -> Clear:
        return Clear()


# ---- Reading ----


class _Envelope(msgspec.Struct, rename="camel"):
    event: str
    stream_sid: str | None = None
    sequence_number: Count | None = None


# strict=False is msgspec's name for "a number may also be its decimal text".
_TWILIO = msgspec.json.Decoder(_Connected | _Start | _Media | _Dtmf | _Mark | _Stop, strict=False)
_SERVER = msgspec.json.Decoder(_Play | _Label | _Clear)
_ENVELOPE = msgspec.json.Decoder(_Envelope, strict=False)
_TWILIO_EVENTS = frozenset({"connected", "start", "media", "dtmf", "mark", "stop"})
_SERVER_EVENTS = frozenset({"media", "mark", "clear"})


def decode_twilio(text: str | bytes) -> Heard:
    """What Twilio said; `Unknown` if it is of a later version. RemoteProtocolError if it is no message."""
    if not isinstance(text, str):
        raise _binary(text)
    try:
        said = _TWILIO.decode(text)
        return Heard(checked(said.event()), said.stream_sid, said.sequence_number)
    except (ValueError, RecursionError) as error:
        envelope = _envelope(text)
        if envelope is None or envelope.event in _TWILIO_EVENTS:
            raise RemoteProtocolError(f"not a message of Twilio's: {clip(error)}") from error
        return Heard(Unknown(event=envelope.event), envelope.stream_sid, envelope.sequence_number)


def decode_server(text: str | bytes) -> Heard:
    """What a server said. RemoteProtocolError 31951 for whatever Twilio would not act on."""
    if not isinstance(text, str):
        raise _binary(text)
    try:
        order = _SERVER.decode(text)
        return Heard(checked(order.event()), order.stream_sid)
    except (ValueError, RecursionError) as error:
        envelope = _envelope(text)
        reason = str(error)
        if envelope is not None and envelope.event not in _SERVER_EVENTS:
            reason = f"event must be media, mark or clear, was {clip(repr(envelope.event))}"
        message = f"not a server's message: {clip(reason)}"
        raise RemoteProtocolError(message, StreamCode.INVALID_MESSAGE) from error


def _binary(data: bytes) -> RemoteProtocolError:
    message = f"expected a text frame, got {len(data)} bytes of binary"
    return RemoteProtocolError(message, StreamCode.MALFORMED_MESSAGE)


def _envelope(text: str) -> _Envelope | None:
    try:
        return _ENVELOPE.decode(text)
    except (ValueError, RecursionError):
        return None


# ---- Writing ----

_encode = msgspec.json.Encoder().encode


def encode_twilio(event: TwilioEvent, stream_sid: str, sequence: int, chunk: int) -> str:
    """Twilio's text; `chunk` counts within the track of a Media. LocalProtocolError if it cannot be said."""
    try:
        return _encode(_twilio_shape(checked(event), stream_sid, str(sequence), str(chunk))).decode()
    except ValueError as error:
        raise LocalProtocolError(f"{type(event).__name__} cannot be sent: {clip(error)}") from error


def encode_server(event: ServerEvent, stream_sid: str) -> str:
    """A server's text for an event. LocalProtocolError if Twilio would ignore it."""
    try:
        return _encode(_server_shape(checked(event), stream_sid)).decode()
    except ValueError as error:
        raise LocalProtocolError(f"{type(event).__name__} cannot be sent: {clip(error)}") from error


def _twilio_shape(event: TwilioEvent, sid: str, sequence: str, chunk: str) -> dict[str, object]:
    match event:
        case Media(payload=payload, timestamp_ms=ms, track=track):
            media = {"track": track, "chunk": chunk, "timestamp": str(ms), "payload": payload}
            return {"event": "media", "sequenceNumber": sequence, "media": media, "streamSid": sid}
        case Mark(name=name):
            return {"event": "mark", "sequenceNumber": sequence, "streamSid": sid, "mark": {"name": name}}
        case Dtmf(digit=digit):
            dtmf = {"track": "inbound_track", "digit": digit}  # media says "inbound": Twilio's inconsistency
            return {"event": "dtmf", "streamSid": sid, "sequenceNumber": sequence, "dtmf": dtmf}
        case Stop(account_sid=account, call_sid=call):
            stop = {"accountSid": account, "callSid": call}
            return {"event": "stop", "sequenceNumber": sequence, "streamSid": sid, "stop": stop}
        case Start():
            start = _start_shape(event)
            return {"event": "start", "sequenceNumber": sequence, "start": start, "streamSid": sid}
        case Connected(protocol=protocol, version=version):
            return {"event": "connected", "protocol": protocol, "version": version}


def _start_shape(event: Start) -> dict[str, object]:
    return {
        "accountSid": event.account_sid,
        "streamSid": event.stream_sid,
        "callSid": event.call_sid,
        "tracks": event.tracks,
        "mediaFormat": {
            "encoding": event.encoding,
            "sampleRate": event.sample_rate,
            "channels": event.channels,
        },
        "customParameters": event.custom_parameters,
    }


def _server_shape(event: ServerEvent, sid: str) -> _Play | _Label | _Clear:
    match event:
        case Play(payload=payload):
            return _Play(sid, _PlayBody(payload))
        case Mark(name=name):
            return _Label(sid, _LabelBody(name))
        case Clear():
            return _Clear(sid)
