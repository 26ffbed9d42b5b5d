"""Twilio Media Streams to OpenAI Realtime, on structured concurrency.

The server is in `twiliobridge.server`, the model that needs no key in `twiliobridge.offline`.
"""

from twiliobridge.call import CallSummary, Dial, Watch, run_call
from twiliobridge.caller import (
    Answer,
    AudioFileError,
    CallEnded,
    CallerError,
    ConversationResult,
    HandshakeFailed,
    MockTwilioClient,
    NotConnected,
    TooSlow,
    TurnResult,
)
from twiliobridge.conversation import Agent, CallInfo, Ending, Limits, Line, Speaker, Tool
from twiliobridge.settings import Settings

__all__ = [
    "Agent",
    "Answer",
    "AudioFileError",
    "CallEnded",
    "CallInfo",
    "CallSummary",
    "CallerError",
    "ConversationResult",
    "Dial",
    "Ending",
    "HandshakeFailed",
    "Limits",
    "Line",
    "MockTwilioClient",
    "NotConnected",
    "Settings",
    "Speaker",
    "TooSlow",
    "Tool",
    "TurnResult",
    "Watch",
    "run_call",
]
