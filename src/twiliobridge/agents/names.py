"""Names that the service may refuse. It may also have new ones, so they are doubted, not refused."""

from difflib import get_close_matches

from twiliobridge.conversation import Agent
from twiliobridge.realtime.audio_settings import TRANSCRIPTION_MODELS, VOICES
from twiliobridge.realtime.session import MODELS


def doubts(agent: Agent) -> list[str]:
    """One line for each name of OpenAI's that this version does not know."""
    heard_by = agent.transcription.model if agent.transcription else ""
    named = [("model", agent.model, MODELS), ("transcription.model", heard_by, TRANSCRIPTION_MODELS)]
    if isinstance(agent.voice, str):
        named.append(("voice", agent.voice, VOICES))
    return [_doubt(key, name, sorted(known)) for key, name, known in named if name and name not in known]


def _doubt(key: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    meant = f"perhaps {near[0]} is meant" if near else f"known are: {', '.join(known)}"
    return f"{key}: {name!r} is none that this version knows, and the service may refuse it; {meant}"
