"""The OpenAI Realtime protocol (GA), without I/O, for both ends."""

from twiliobridge.realtime.connection import RealtimeConnection, Statistics
from twiliobridge.realtime.errors import (
    BENIGN_CODES,
    CLOSE_CODES,
    FATAL_CODES,
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
    error_event,
    is_benign,
    is_fatal,
)
from twiliobridge.realtime.ids import Ids
from twiliobridge.realtime.merge import default_session, merged
from twiliobridge.realtime.session import (
    DEFAULT_MODEL,
    MODELS,
    PCM,
    PCMA,
    PCMU,
    VOICES,
    SemanticVad,
    ServerVad,
    Session,
    SessionUpdate,
)
from twiliobridge.realtime.state import TRANSITIONS, Phase, Role

__all__ = [
    "BENIGN_CODES",
    "CLOSE_CODES",
    "DEFAULT_MODEL",
    "FATAL_CODES",
    "MODELS",
    "PCM",
    "PCMA",
    "PCMU",
    "TRANSITIONS",
    "VOICES",
    "Ids",
    "LocalProtocolError",
    "Phase",
    "ProtocolError",
    "RealtimeConnection",
    "RemoteProtocolError",
    "Role",
    "SemanticVad",
    "ServerVad",
    "Session",
    "SessionUpdate",
    "Statistics",
    "default_session",
    "error_event",
    "is_benign",
    "is_fatal",
    "merged",
]
