"""The Realtime server without OpenAI: it listens, decides by a script, and speaks."""

from twiliobridge.offline.behaviours import BEHAVIOURS, behaving
from twiliobridge.offline.brain import (
    Brain,
    CallTool,
    Cut,
    Fail,
    Offer,
    Part,
    Reply,
    Request,
    Say,
    Stall,
    Write,
)
from twiliobridge.offline.control import serve_control
from twiliobridge.offline.cues import Cue, Cues
from twiliobridge.offline.door import PATH, Door
from twiliobridge.offline.engines import EngineFailed, Engines, Recogniser, Voice
from twiliobridge.offline.faults import Answer, Loss, Noise, Odd
from twiliobridge.offline.incidents import Incident, Moment, incidents
from twiliobridge.offline.knob_text import described, set_knob
from twiliobridge.offline.knobs import Knobs, Transcripts
from twiliobridge.offline.mcp.servers import McpServer, McpServers
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.run import run_offline_session
from twiliobridge.offline.script import Script, ScriptError, banking
from twiliobridge.offline.server import open_offline_model, serve_offline
from twiliobridge.offline.server_thread import ServerThread, open_server_thread
from twiliobridge.offline.start import load_offline_model

__all__ = [
    "BEHAVIOURS",
    "PATH",
    "Answer",
    "Brain",
    "CallTool",
    "Cue",
    "Cues",
    "Cut",
    "Door",
    "EngineFailed",
    "Engines",
    "Fail",
    "Incident",
    "Knobs",
    "Loss",
    "McpServer",
    "McpServers",
    "Moment",
    "Noise",
    "Odd",
    "Offer",
    "OfflineModel",
    "Part",
    "Recogniser",
    "Reply",
    "Request",
    "Say",
    "Script",
    "ScriptError",
    "ServerThread",
    "Stall",
    "Transcripts",
    "Voice",
    "Write",
    "banking",
    "behaving",
    "described",
    "incidents",
    "load_offline_model",
    "open_offline_model",
    "open_server_thread",
    "run_offline_session",
    "serve_control",
    "serve_offline",
    "set_knob",
]
