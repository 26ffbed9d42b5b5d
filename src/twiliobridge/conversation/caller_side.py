"""What the bridge does when the model hears the caller: turns, and the words in them."""

from twiliobridge.conversation import barge_in, opening
from twiliobridge.conversation.commands import Command
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.transcript import Speaker
from twiliobridge.realtime import events as model


def on_speech_started(mind: Mind, event: model.SpeechStarted, now: float) -> list[Command]:
    mind.speaking = event.item_id
    mind.inbound.speech_started()
    mind.recent.hold(mind.limits.missed_audio_ms)
    mind.transcript.write(event.item_id, Speaker.CALLER, "", now)
    commands = opening.greeting_plays(mind, now) + barge_in.by_voice(mind, now)
    mind.caller_silence.broken(now)
    if mind.speech_interrupts:
        mind.owed.settle()
    return commands


def on_speech_stopped(mind: Mind, event: model.SpeechStopped, now: float) -> list[Command]:
    mind.caller_stopped()
    mind.transcript.turn_ended(now)
    return response_follows(mind, now)


def on_committed(mind: Mind, event: model.AudioCommitted, now: float) -> list[Command]:
    """Ends the turn of a service that does not say `speech_stopped`."""
    if mind.speaking != event.item_id:
        return []
    mind.caller_stopped()
    mind.transcript.turn_ended(now)
    return response_follows(mind, now)


def on_cleared(mind: Mind, event: model.AudioCleared, now: float) -> list[Command]:
    """The turn in progress is gone; no response follows."""
    mind.caller_stopped()
    return mind.ask_for_response(now)


def on_idle(mind: Mind, event: model.IdleTimeout, now: float) -> list[Command]:
    """The caller has been silent for long; the service speaks by itself."""
    mind.caller_stopped()
    return response_follows(mind, now)


def response_follows(mind: Mind, now: float) -> list[Command]:
    """Of the service by itself, or else because the bridge asks: the caller is answered either way."""
    detection = mind.agent.turn_detection
    mind.caller_silence.broken(now)
    mind.owed.begin_anew(now)
    mind.owed.spoken_over = mind.responses.active if mind.more_to_come else None
    if detection is not None and detection.create_response is False:
        mind.responses.owe()
    else:
        mind.responses.turn_ended(now)
    return mind.ask_for_response(now)


def on_caller_transcript(mind: Mind, event: model.InputTranscriptCompleted, now: float) -> list[Command]:
    mind.transcript.write(event.item_id, Speaker.CALLER, event.transcript, now)
    if event.transcript and mind.speaking is None:
        mind.recent.settle()  # its words are known, and another session can be told them
    return []


def on_item_added(mind: Mind, event: model.ItemAdded | model.ItemDone, now: float) -> list[Command]:
    mind.responses.item_arrived(event.item.id)
    return []
