"""The Realtime server without OpenAI: it listens, decides by a script, and speaks."""

from twiliobridge.offline.brain import Brain, CallTool, Reply, Request, Say
from twiliobridge.offline.door import PATH, Door
from twiliobridge.offline.engines import EngineFailed, Engines, Recogniser, Voice
from twiliobridge.offline.knobs import Failure, Knobs, Transcripts
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.run import run_offline_session
from twiliobridge.offline.script import Script, ScriptError, banking
from twiliobridge.offline.server import open_offline_model, serve_offline
from twiliobridge.offline.start import load_offline_model

__all__ = [
    "PATH",
    "Brain",
    "CallTool",
    "Door",
    "EngineFailed",
    "Engines",
    "Failure",
    "Knobs",
    "OfflineModel",
    "Recogniser",
    "Reply",
    "Request",
    "Say",
    "Script",
    "ScriptError",
    "Transcripts",
    "Voice",
    "banking",
    "load_offline_model",
    "open_offline_model",
    "run_offline_session",
    "serve_offline",
]
