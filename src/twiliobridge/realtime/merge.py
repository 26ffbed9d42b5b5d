"""The session that a server keeps: how it begins, and what a `session.update` makes of it. Pure."""

from typing import Any, Literal

import msgspec

from twiliobridge.realtime.audio_settings import WITHOUT_TURNS
from twiliobridge.realtime.generations import generation
from twiliobridge.realtime.session import Session, SessionUpdate, TranscriptionSession, leaf

Tree = dict[str, Any]
Kind = Literal["realtime", "transcription"]

WHOLE: dict[str, Tree] = {
    "audio/pcm": {"type": "audio/pcm", "rate": 24000},
    "semantic_vad": {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    },
    "transcription": {"model": None, "language": None, "prompt": None},
}
"""What an object starts from when the client names only a part of it: by its `type`, or else by its key.

`server_vad` is missing here because it depends on the model. Live, transcription is reported with its nulls.
"""


def server_vad(model: str) -> Tree:
    return {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": generation(model).silence_duration_ms,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    }


def first_audio(model: str) -> Tree:
    return {
        "input": {
            "format": dict(WHOLE["audio/pcm"]),
            "transcription": None,
            "noise_reduction": None,
            "turn_detection": server_vad(model),
        },
        "output": {"format": dict(WHOLE["audio/pcm"]), "voice": generation(model).voice, "speed": 1.0},
    }


def default_session(model: str, session_id: str, expires_at: int) -> Session:
    """The session of a socket that has just opened. `expires_at`: seconds since the epoch."""
    return Session(
        id=session_id,
        model=model,
        instructions="Answer briefly, in the language of the caller.",
        expires_at=expires_at,
        audio=first_audio(model),
    )


def default_transcription(session_id: str, expires_at: int) -> TranscriptionSession:
    """The session of a socket with `intent=transcription`. It has no model of its own, and no output."""
    heard = first_audio(TRANSCRIBER)["input"] | {"turn_detection": turns_alone()}
    return TranscriptionSession(
        type="transcription",
        object="realtime.transcription_session",
        id=session_id,
        expires_at=expires_at,
        audio={"input": heard},
        include=None,
    )


def new_session(kind: Kind, model: str, session_id: str, expires_at: int) -> Session:
    """The session of that kind before anything was said of it."""
    if kind == "transcription":
        return default_transcription(session_id, expires_at)
    return default_session(model, session_id, expires_at)


def first_session(model: str, session_id: str, expires_at: int, update: SessionUpdate | None) -> Session:
    """The session that begins with `update`, of the kind that this says."""
    if update is None:
        return default_session(model, session_id, expires_at)
    return merged(new_session(update.type, model, session_id, expires_at), update)


TRANSCRIBER = "gpt-realtime"
"Live, a transcription session starts from the 200 ms of silence of the models before gpt-realtime-2."


def turns_alone() -> Tree:
    """What a transcription session reports of its turn detection: nothing about responses, as live."""
    of_responses = {"idle_timeout_ms", "create_response", "interrupt_response"}
    return {name: value for name, value in server_vad(TRANSCRIBER).items() if name not in of_responses}


def merged(session: Session, update: SessionUpdate) -> Session:
    """The session after the update; neither argument is changed.

    `audio` is merged to its leaves, everything else is replaced where mentioned. Null clears, absent stays.
    """
    said: dict[str, Any] = msgspec.to_builtins(update)
    changes = {name: value for name, value in said.items() if name not in {"type", "model", "audio"}}
    for name in changes.keys() & {"tools", "output_modalities"}:
        changes[name] = tuple(changes[name])
    if "audio" in said:
        changes["audio"] = _audio(session, said["audio"])
    return msgspec.structs.replace(session, **changes)


def _audio(session: Session, said: Tree) -> object:
    transcribes = session.type == "transcription"
    turns = turns_alone() if transcribes else server_vad(session.model)
    audio = laid_over("audio", session.audio, said, WHOLE | {"server_vad": turns})
    if transcribes and leaf(audio, "input", "transcription", "model") in WITHOUT_TURNS:
        return laid_over("audio", audio, {"input": {"turn_detection": None}}, WHOLE)
    return audio


def laid_over(key: str, old: object, new: object, whole: dict[str, Tree]) -> object:
    """`new` over `old`. An object of another `type` than the old one keeps nothing of it."""
    if not isinstance(new, dict):
        return new
    kind = new.get("type")
    if not isinstance(old, dict) or kind not in {None, old.get("type")}:
        old = whole.get(kind or key, {})
    return old | {name: laid_over(name, old.get(name), value, whole) for name, value in new.items()}
