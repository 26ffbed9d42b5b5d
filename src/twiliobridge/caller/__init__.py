"""The mock phone: calls a Media Streams server as Twilio does, under Trio or asyncio."""

from twiliobridge.caller.carrier import Carrier, WireCarrier, over_wire
from twiliobridge.caller.client import MockTwilioClient
from twiliobridge.caller.dial import dial
from twiliobridge.caller.errors import (
    AudioFileError,
    CallEnded,
    CallerError,
    HandshakeFailed,
    NotConnected,
    TooSlow,
)
from twiliobridge.caller.identity import CallIdentity
from twiliobridge.caller.notes import (
    AgentStartsBeingHeard,
    AgentStopsBeingHeard,
    CallerStartsSpeaking,
    CallerStopsSpeaking,
    Cleared,
    ConnectionDropped,
    KeyPressed,
    MarkEchoed,
    MarkReceived,
    Note,
    Observe,
    ServerClosed,
    StreamStarted,
    StreamStopped,
    Warned,
)
from twiliobridge.caller.result import Answer, ConversationResult, TurnResult
from twiliobridge.caller.speech import Utterance

__all__ = [
    "AgentStartsBeingHeard",
    "AgentStopsBeingHeard",
    "Answer",
    "AudioFileError",
    "CallEnded",
    "CallIdentity",
    "CallerError",
    "CallerStartsSpeaking",
    "CallerStopsSpeaking",
    "Carrier",
    "Cleared",
    "ConnectionDropped",
    "ConversationResult",
    "HandshakeFailed",
    "KeyPressed",
    "MarkEchoed",
    "MarkReceived",
    "MockTwilioClient",
    "NotConnected",
    "Note",
    "Observe",
    "ServerClosed",
    "StreamStarted",
    "StreamStopped",
    "TooSlow",
    "TurnResult",
    "Utterance",
    "Warned",
    "WireCarrier",
    "dial",
    "over_wire",
]
