"""What happened on a call, as values for a narrator, a test or a log. `Observe` is told each, with the time
in seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from twiliobridge.mediastream.errors import StreamCode, WebhookCode
from twiliobridge.mediastream.twiml import Verb


@dataclass(frozen=True)
class StreamStarted:
    stream_sid: str


@dataclass(frozen=True)
class MicrophoneOpens:
    """From now on, what it captures is what the call hears."""


@dataclass(frozen=True)
class CallerStartsSpeaking:
    duration_ms: float | None
    "None if somebody speaks live."


@dataclass(frozen=True)
class CallerStopsSpeaking:
    pass


@dataclass(frozen=True)
class Answered:
    """The agent begins to answer somebody who speaks live."""

    latency_ms: float
    "From the end of the speech; told once that end is certain."


@dataclass(frozen=True)
class KeyPressed:
    digit: str


@dataclass(frozen=True)
class AgentStartsBeingHeard:
    pass


@dataclass(frozen=True)
class AgentStopsBeingHeard:
    """The playback buffer ran empty, or was cleared."""

    heard_ms: float
    "Since the agent began to be heard."


@dataclass(frozen=True)
class MarkReceived:
    name: str


@dataclass(frozen=True)
class MarkEchoed:
    name: str
    cleared: bool
    "Not played: sent back because of a `clear`."


@dataclass(frozen=True)
class Cleared:
    cut_ms: float
    "Audio that was queued and will never be heard."


@dataclass(frozen=True)
class Warned:
    """What Twilio would have written to its debugger (Error and Warning Dictionary)."""

    code: StreamCode | WebhookCode
    text: str
    message: str = ""
    "The beginning of what gave offence, on one line; empty where no single message did."

    @property
    def meaning(self) -> str:
        """The dictionary's entry, in short."""
        return self.code.meaning


@dataclass(frozen=True)
class StreamStopped:
    """The caller hung up: `stop` was sent."""


@dataclass(frozen=True)
class ConnectionDropped:
    """The caller's connection was aborted, without `stop`."""


@dataclass(frozen=True)
class ServerClosed:
    code: int
    "WebSocket close code; 1006 if the connection vanished."


@dataclass(frozen=True)
class WebhookAsked:
    """A request of Twilio's to the server: for TwiML, or to tell of the stream."""

    url: str
    status: int
    "HTTP status of the answer."
    about: str = ""
    "The StreamEvent, of a status callback."
    method: str = "POST"


@dataclass(frozen=True)
class StreamDialled:
    """What TwiML leads to is reached from here at another address; see `public_url` and `stream_origin`."""

    url: str
    "As the TwiML has it."
    where: str


@dataclass(frozen=True)
class VerbRun:
    """A verb of the TwiML had its turn."""

    verb: Verb
    followed: bool = True
    "Not: nothing is known about it, or it is one stream more than this phone carries."


@dataclass(frozen=True)
class CallUpdated:
    """The server changed the call by REST."""

    change: str
    "`Status=completed`, `Url=` or `Twiml=` with its value."


@dataclass(frozen=True)
class CallOver:
    """Nothing follows: the stream is down, and the TwiML has come to its end."""


Note = (
    WebhookAsked
    | VerbRun
    | StreamDialled
    | CallUpdated
    | CallOver
    | StreamStarted
    | MicrophoneOpens
    | CallerStartsSpeaking
    | CallerStopsSpeaking
    | Answered
    | KeyPressed
    | AgentStartsBeingHeard
    | AgentStopsBeingHeard
    | MarkReceived
    | MarkEchoed
    | Cleared
    | Warned
    | StreamStopped
    | ConnectionDropped
    | ServerClosed
)

Observe = Callable[[float, Note], None]
