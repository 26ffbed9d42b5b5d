"""What can be wrong with a Media Stream.

    ProtocolError
    ├── LocalProtocolError    we were about to say something illegal: a bug at this end
    └── RemoteProtocolError   the peer said something illegal; `code` is what Twilio would log about it

Twilio never tells the server about a violation: it writes a code to its debugger and goes on. So a caller of
`MediaStream.receive` may go on too; the machine is where it was.
"""

from enum import IntEnum
from typing import Self

_TEXT_LIMIT = 160
"Characters of a peer's text in a message: two lines of a terminal."


class _Code(IntEnum):
    """A number of Twilio's with what it means (Twilio docs, Error and Warning Dictionary)."""

    meaning: str

    def __new__(cls, value: int, meaning: str = "") -> Self:
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code


class StreamCode(_Code):
    """What can be wrong with a stream."""

    UNKNOWN = 31900, "the stream failed for an unknown reason"
    CONNECTION_TIMEOUT = 31901, "the server did not answer the handshake in time"
    CONNECTION_REFUSED = 31902, "the server refused the connection"
    BROKEN_PIPE = 31903, "the server vanished without closing"
    HOST_UNREACHABLE = 31904, "the host name did not resolve, or no route led there"
    TLS = 31910, "the TLS handshake failed; certificates must be publicly trusted"
    HANDSHAKE = 31920, "the answer to the WebSocket handshake was not a plain 101"
    SERVER_CLOSED = 31921, "the server closed the socket, which may have been on purpose"
    NOT_WSS = 31922, "the stream URL is not wss"
    MALFORMED_URL = 31923, "the stream URL cannot be parsed"
    PROTOCOL = 31924, "a bad WebSocket frame, or a message on a unidirectional stream"
    UPSTREAM_OVERFLOW = 31930, "the server reads too slowly; caller audio was dropped"
    MEDIA_DISCARDED = 31931, "more than ten minutes of audio were queued; the rest was dropped"
    BAD_CONNECTOR = 31940, "no such connector"
    BAD_TRACK = 31941, "this kind of stream cannot carry that track"
    BAD_CONNECTOR_CONFIGURATION = 31942, "the connector's configuration is invalid"
    MALFORMED_MESSAGE = 31950, "a binary message; Media Streams are text"
    INVALID_MESSAGE = 31951, "text that is none of the messages a server may send"
    EXTENSION_NOT_FOUND = 31952, "no such stream extension"
    RTP_TIMEOUT = 31953, "the caller's audio stopped arriving"
    EXTENSION_STATUS = 31954, "the stream extension is in an unsupported status"
    DIALOGFLOW_QUOTA = 31960, "the Dialogflow quota is used up"


class WebhookCode(_Code):
    """What can be wrong with a webhook."""

    RETRIEVAL = 11200, "the webhook did not answer with a success"
    CONNECTION = 11205, "no connection to the webhook came about"
    NOT_TWIML = 12100, "the webhook's answer is not TwiML"


class ProtocolError(Exception):
    """Somebody left the protocol; the phase of the stream is what it was before."""


class LocalProtocolError(ProtocolError):
    """We may not say this, or not now. Nothing was sent and nothing was counted."""


class RemoteProtocolError(ProtocolError):
    """The peer may not say this, or not now."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        "What Twilio would log; None where the fault is Twilio's own."


def clip(text: object) -> str:
    """One printable line of at most 160 characters, whatever the peer sent."""
    line = str(text)[: _TEXT_LIMIT + 1]
    line = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)
    return line if len(line) <= _TEXT_LIMIT else line[: _TEXT_LIMIT - 3] + "..."
