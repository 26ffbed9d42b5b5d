"""What each event of the model makes the bridge do."""

from collections.abc import Callable
from typing import Any

from twiliobridge.conversation import agent_side, caller_side, opening, session_side
from twiliobridge.conversation.commands import Command
from twiliobridge.conversation.mind import Mind
from twiliobridge.realtime import events as model

MODEL: dict[type, Callable[[Mind, Any, float], list[Command]]] = {
    model.SessionCreated: session_side.on_session_created,
    model.SessionUpdated: opening.confirmed,
    model.Error: session_side.on_error,
    model.SpeechStarted: caller_side.on_speech_started,
    model.SpeechStopped: caller_side.on_speech_stopped,
    model.AudioCommitted: caller_side.on_committed,
    model.AudioCleared: caller_side.on_cleared,
    model.IdleTimeout: caller_side.on_idle,
    model.InputTranscriptCompleted: caller_side.on_caller_transcript,
    model.ItemAdded: caller_side.on_item_added,
    model.ItemDone: caller_side.on_item_added,
    model.ResponseCreated: agent_side.on_response_created,
    model.OutputAudioDelta: agent_side.on_audio,
    model.OutputAudioDone: agent_side.on_audio_done,
    model.OutputTranscriptDelta: agent_side.on_agent_transcript,
    model.OutputTextDone: agent_side.on_text,
    model.OutputItemDone: agent_side.on_output_item_done,
    model.ResponseDone: agent_side.on_response_done,
    model.Unknown: agent_side.on_unknown,
}
"Events that are not named here change nothing."
