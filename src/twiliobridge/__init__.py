"""Twilio Media Streams to OpenAI Realtime, on structured concurrency.

The server is in `twiliobridge.server`, the model that needs no key in `twiliobridge.offline`.
"""

from twiliobridge.call import CallSummary, Dial, Watch, run_call
from twiliobridge.caller import (
    Answer,
    AudioFileError,
    BlockingTwilioClient,
    CallEnded,
    CallerError,
    ConversationResult,
    HandshakeFailed,
    LineConditions,
    MockTwilioClient,
    NoStream,
    NotConnected,
    StreamKind,
    TooSlow,
    TurnResult,
    WebhookFailed,
    open_twilio_api,
)
from twiliobridge.conversation import (
    Agent,
    CallInfo,
    Ending,
    Endpoint,
    Limits,
    Line,
    Speaker,
    Tool,
    ToolError,
)
from twiliobridge.settings import Settings

__all__ = [
    "Agent",
    "Answer",
    "AudioFileError",
    "BlockingTwilioClient",
    "CallEnded",
    "CallInfo",
    "CallSummary",
    "CallerError",
    "ConversationResult",
    "Dial",
    "Ending",
    "Endpoint",
    "HandshakeFailed",
    "Limits",
    "Line",
    "LineConditions",
    "MockTwilioClient",
    "NoStream",
    "NotConnected",
    "Settings",
    "Speaker",
    "StreamKind",
    "TooSlow",
    "Tool",
    "ToolError",
    "TurnResult",
    "Watch",
    "WebhookFailed",
    "open_twilio_api",
    "run_call",
]
