"""Twilio Media Streams without a socket: both ends' language, the playback buffer, signatures, TwiML."""

from twiliobridge.mediastream.connection import MediaStream, StreamStatistics
from twiliobridge.mediastream.errors import LocalProtocolError, ProtocolError, RemoteProtocolError, StreamCode
from twiliobridge.mediastream.events import (
    Clear,
    Connected,
    Dtmf,
    Event,
    Mark,
    Media,
    Play,
    ServerEvent,
    Start,
    Stop,
    Track,
    TwilioEvent,
    Unknown,
)
from twiliobridge.mediastream.playback import Discarded, MarkEcho, Outcome, PlaybackBuffer, Played
from twiliobridge.mediastream.signature import sign, verify, verify_body
from twiliobridge.mediastream.state import TRANSITIONS, UNIDIRECTIONAL, Phase, Role, render
from twiliobridge.mediastream.twiml import TwimlError, connect_stream, parse_twiml

__all__ = [
    "TRANSITIONS",
    "UNIDIRECTIONAL",
    "Clear",
    "Connected",
    "Discarded",
    "Dtmf",
    "Event",
    "LocalProtocolError",
    "Mark",
    "MarkEcho",
    "Media",
    "MediaStream",
    "Outcome",
    "Phase",
    "Play",
    "PlaybackBuffer",
    "Played",
    "ProtocolError",
    "RemoteProtocolError",
    "Role",
    "ServerEvent",
    "Start",
    "Stop",
    "StreamCode",
    "StreamStatistics",
    "Track",
    "TwilioEvent",
    "TwimlError",
    "Unknown",
    "connect_stream",
    "parse_twiml",
    "render",
    "sign",
    "verify",
    "verify_body",
]
