"""What happened on a call, as values for a narrator, a test or a log. `Observe` is told each, with the time
in seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class StreamStarted:
    stream_sid: str


@dataclass(frozen=True)
class CallerStartsSpeaking:
    duration_ms: float


@dataclass(frozen=True)
class CallerStopsSpeaking:
    pass


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
    """What Twilio would have written to its debugger (Error and Warning Dictionary, 319xx)."""

    code: int
    text: str


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


Note = (
    StreamStarted
    | CallerStartsSpeaking
    | CallerStopsSpeaking
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
