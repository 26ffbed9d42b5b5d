"""The ways in which a call can end."""

from enum import Enum


class Ending(Enum):
    CALLER_HUNG_UP = "caller hung up"
    "Twilio sent `stop`, or closed the socket in good order."
    AGENT_HUNG_UP = "agent hung up"
    "`end_call`, after its goodbye was heard."
    PHONE_LOST = "phone lost"
    "The socket broke without `stop`."
    PHONE_SILENT = "phone sent no start"
    PHONE_UNREADABLE = "phone sent too many malformed messages"
    PHONE_STALLED = "phone stopped reading"
    MODEL_UNREACHABLE = "model unreachable"
    "No connection, or no session in time."
    MODEL_REFUSED = "model refused the session"
    MODEL_LOST = "model lost"
    "The model's socket closed, or it reported a fatal error."
    MODEL_SILENT = "model fell silent"
    MODEL_STALLED = "model stopped reading"
    TOO_LONG = "call reached its longest duration"
    SHUTDOWN = "server shut down"
