"""What is said over a Media Stream, as values.

Twilio says `Connected`, `Start`, `Media`, `Dtmf`, `Mark`, `Stop`; the server says `Play`, `Mark`, `Clear`.
Stream SIDs of messages after `start`, sequence numbers and chunk counters are the connection's business and
appear in no event. Source: Twilio docs, Voice > Media Streams > WebSocket Messages.
"""

from typing import Literal

import msgspec

Track = Literal["inbound", "outbound"]
"""Inbound: what the caller says. Outbound: what the caller hears."""


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """The first message: the socket is up."""

    protocol: str = "Call"
    version: str = "1.0.0"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """The second message: which call this is, and what its audio looks like."""

    stream_sid: str
    "MZ and 32 hex digits."
    call_sid: str
    "CA and 32 hex digits."
    account_sid: str
    "AC and 32 hex digits."
    tracks: tuple[Track, ...] = ("inbound",)
    encoding: str = "audio/x-mulaw"
    sample_rate: int = 8000
    "Hz"
    channels: int = 1
    custom_parameters: dict[str, str] = {}
    "From TwiML's <Parameter> elements."


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """Audio of one track, as Twilio sends it."""

    payload: str
    "Base64 of headerless mu-law, 8 kHz mono; 160 bytes (20 ms) on the wire."
    timestamp_ms: int
    "Presentation time from the stream's start. The first is not 0; it jumps where silence was not sent."
    track: Track = "inbound"

    @property
    def size(self) -> int:
        """Bytes of audio in the payload: 8 for a millisecond."""
        return audio_size(self.payload)


class Dtmf(msgspec.Struct, frozen=True, kw_only=True):
    """The caller pressed a key."""

    digit: str
    "One of 0-9 * # A-D."


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """From the server: a label in the playback buffer. From Twilio: that label was reached, or cleared."""

    name: str


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """The last message: the stream has ended; Twilio closes the socket next."""

    account_sid: str
    call_sid: str


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """The server's `media` message: audio appended to the playback buffer."""

    payload: str
    "Base64 of headerless mu-law, 8 kHz mono, any length."

    @property
    def size(self) -> int:
        """Bytes of audio in the payload: 8 for a millisecond."""
        return audio_size(self.payload)


class Clear(msgspec.Struct, frozen=True, kw_only=True):
    """Empties the playback buffer; every pending mark is sent back at once."""


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A well-formed message of an event that this version does not know."""

    event: str


TwilioEvent = Connected | Start | Media | Dtmf | Mark | Stop
ServerEvent = Play | Mark | Clear
Event = TwilioEvent | ServerEvent | Unknown


def audio_size(payload: str) -> int:
    """Bytes that a padded base64 text stands for."""
    return int(audio_ms(payload) * 8)


def audio_ms(payload: str) -> float:
    """Milliseconds that such a text of mu-law at 8 kHz plays."""
    return (len(payload) // 4 * 3 - payload.count("=", -2)) / 8
