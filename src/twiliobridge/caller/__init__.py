"""The mock phone: calls a Media Streams server as Twilio does, under Trio or asyncio."""

from twiliobridge.caller.access import DIRECT, Access
from twiliobridge.caller.api import ApiNumber, TwilioApi, open_twilio_api
from twiliobridge.caller.blocking import BlockingTwilioClient
from twiliobridge.caller.carrier import Carrier, Connect, WireCarrier, over_wire
from twiliobridge.caller.client import MockTwilioClient
from twiliobridge.caller.conditions import LineConditions, StreamKind
from twiliobridge.caller.dial import dial
from twiliobridge.caller.errors import (
    AudioFileError,
    CallEnded,
    CallerError,
    HandshakeFailed,
    NoStream,
    NotConnected,
    TooSlow,
    WebhookFailed,
)
from twiliobridge.caller.identity import CallIdentity
from twiliobridge.caller.notes import (
    AgentStartsBeingHeard,
    AgentStopsBeingHeard,
    Answered,
    CallerStartsSpeaking,
    CallerStopsSpeaking,
    CallOver,
    CallUpdated,
    Cleared,
    ConnectionDropped,
    KeyPressed,
    MarkEchoed,
    MarkReceived,
    MicrophoneOpens,
    Note,
    Observe,
    ServerClosed,
    StreamDialled,
    StreamStarted,
    StreamStopped,
    VerbRun,
    Warned,
    WebhookAsked,
)
from twiliobridge.caller.result import Answer, ConversationResult, TurnResult
from twiliobridge.caller.speech import Utterance
from twiliobridge.caller.tally import CallStatistics

__all__ = [
    "DIRECT",
    "Access",
    "AgentStartsBeingHeard",
    "AgentStopsBeingHeard",
    "Answer",
    "Answered",
    "ApiNumber",
    "AudioFileError",
    "BlockingTwilioClient",
    "CallEnded",
    "CallIdentity",
    "CallOver",
    "CallStatistics",
    "CallUpdated",
    "CallerError",
    "CallerStartsSpeaking",
    "CallerStopsSpeaking",
    "Carrier",
    "Cleared",
    "Connect",
    "ConnectionDropped",
    "ConversationResult",
    "HandshakeFailed",
    "KeyPressed",
    "LineConditions",
    "MarkEchoed",
    "MarkReceived",
    "MicrophoneOpens",
    "MockTwilioClient",
    "NoStream",
    "NotConnected",
    "Note",
    "Observe",
    "ServerClosed",
    "StreamDialled",
    "StreamKind",
    "StreamStarted",
    "StreamStopped",
    "TooSlow",
    "TurnResult",
    "TwilioApi",
    "Utterance",
    "VerbRun",
    "Warned",
    "WebhookAsked",
    "WebhookFailed",
    "WireCarrier",
    "dial",
    "open_twilio_api",
    "over_wire",
]
