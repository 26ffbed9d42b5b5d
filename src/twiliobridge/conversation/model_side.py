"""What each event of the model makes the bridge do."""

from collections.abc import Callable
from typing import Any

from twiliobridge.conversation import barge_in, farewell, opening
from twiliobridge.conversation.agent import END_CALL
from twiliobridge.conversation.commands import Command, RunTool, ToPhone
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind, Phase, to_model
from twiliobridge.conversation.playout import Part
from twiliobridge.conversation.transcript import Speaker
from twiliobridge.mediastream.bounds import check_base64
from twiliobridge.mediastream.events import Play, audio_ms
from twiliobridge.realtime import events as model
from twiliobridge.realtime.errors import is_fatal

LARGEST_PIECE = 4480
"""Base64 characters between two marks at the most: 420 ms, the least number of whole base64 groups and whole
packets that leaves the usual delta of 400 ms whole. A mark inside a packet comes back at its end."""

MOST_FAILURES = 2
"Responses that may fail in a row before the call goes back to TwiML."

ALREADY_ACTIVE = "conversation_already_has_active_response"


# ---------------------------------------------------------------- session


def on_session_created(mind: Mind, event: model.SessionCreated, now: float) -> list[Command]:
    mind.session_open = True
    return opening.begin(mind)


def on_error(mind: Mind, event: model.Error, now: float) -> list[Command]:
    error = event.error
    if mind.phase is Phase.WAITING or is_fatal(error):
        ending = Ending.MODEL_REFUSED if mind.phase is Phase.WAITING else Ending.MODEL_LOST
        return farewell.model_gone(mind, ending, reason_of(error), now)
    if error.event_id is not None:
        mind.responses.item_arrived(error.event_id)
    crossed = error.code == ALREADY_ACTIVE
    # Some services do not say which event they refuse; only a request can find a response active.
    ours = (crossed or error.event_id is not None) and mind.responses.refused(error.event_id, now)
    return failed(mind, error, now) if ours and not crossed else mind.ask_for_response(now)


# ---------------------------------------------------------------- the caller, as the model hears it


def on_speech_started(mind: Mind, event: model.SpeechStarted, now: float) -> list[Command]:
    mind.speaking = event.item_id
    mind.inbound.speech_started()
    mind.transcript.write(event.item_id, Speaker.CALLER, "", now)
    return barge_in.by_voice(mind, now)


def on_speech_stopped(mind: Mind, event: model.SpeechStopped, now: float) -> list[Command]:
    caller_stopped(mind)
    mind.transcript.turn_ended(now)
    return response_follows(mind, now)


def on_committed(mind: Mind, event: model.AudioCommitted, now: float) -> list[Command]:
    """Ends the turn of a service that does not say `speech_stopped`."""
    if mind.speaking != event.item_id:
        return []
    caller_stopped(mind)
    mind.transcript.turn_ended(now)
    return response_follows(mind, now)


def on_cleared(mind: Mind, event: model.AudioCleared, now: float) -> list[Command]:
    """The turn in progress is gone; no response follows."""
    caller_stopped(mind)
    return mind.ask_for_response(now)


def on_idle(mind: Mind, event: model.IdleTimeout, now: float) -> list[Command]:
    """The caller has been silent for long; the service speaks by itself."""
    caller_stopped(mind)
    return response_follows(mind, now)


def caller_stopped(mind: Mind) -> None:
    mind.speaking = None
    mind.inbound.speech_stopped()


def response_follows(mind: Mind, now: float) -> list[Command]:
    """Of the service by itself, or else because the bridge asks: the caller is answered either way."""
    detection = mind.agent.turn_detection
    if detection is not None and detection.create_response is False:
        mind.responses.owe()
    else:
        mind.responses.turn_ended(now)
    return mind.ask_for_response(now)


def on_caller_transcript(mind: Mind, event: model.InputTranscriptCompleted, now: float) -> list[Command]:
    mind.transcript.write(event.item_id, Speaker.CALLER, event.transcript, now)
    return []


def on_item_added(mind: Mind, event: model.ItemAdded | model.ItemDone, now: float) -> list[Command]:
    mind.responses.item_arrived(event.item.id)
    return []


# ---------------------------------------------------------------- the agent


def on_response_created(mind: Mind, event: model.ResponseCreated, now: float) -> list[Command]:
    superseded = mind.responses.active
    if superseded is not None and mind.tool_calls.response_done(superseded):
        mind.responses.owe()
    asked = mind.responses.created(event.response)
    if mind.phase is Phase.CLOSING:
        return call_back(mind, event.response.id)
    if asked and mind.caller_has_floor:  # the request crossed the caller's first word, or key
        mind.responses.owe_again()
        return call_back(mind, event.response.id)
    if not asked:
        caller_stopped(mind)  # or else the service would not have answered
    return []


def call_back(mind: Mind, response_id: str) -> list[Command]:
    """A response that nobody is to hear."""
    mind.discarded.add(response_id)
    return to_model(model.CancelResponse(response_id=response_id))


def on_audio(mind: Mind, event: model.OutputAudioDelta, now: float) -> list[Command]:
    if mind.phase is Phase.WAITING or not playable(event.delta):
        return []
    part = Part.of(event)
    if event.response_id in mind.discarded:
        return barge_in.straggler(mind, part, now)
    commands: list[Command] = []
    for start in range(0, len(event.delta), LARGEST_PIECE):
        piece = event.delta[start : start + LARGEST_PIECE]
        duration = audio_ms(piece)
        if not mind.playout.has_room(duration, now):
            break
        mind.voiced = event.response_id
        mind.transcript.agent_audio(event.item_id, duration, now)
        commands.append(ToPhone(Play(payload=piece)))
        if mind.playout.sent(part, duration, now):
            commands += farewell.mark_tail(mind)
    return commands


def playable(delta: str) -> bool:
    """What is no base64, the phone would refuse; what is empty, a truncation."""
    try:
        check_base64(delta)
    except ValueError:
        return False
    return delta != ""


def on_audio_done(mind: Mind, event: model.OutputAudioDone, now: float) -> list[Command]:
    mind.playout.ended(event.response_id, Part.of(event))
    return farewell.mark_tail(mind)


def on_agent_transcript(mind: Mind, event: model.OutputTranscriptDelta, now: float) -> list[Command]:
    if event.response_id not in mind.discarded:
        mind.transcript.write(event.item_id, Speaker.AGENT, event.delta, now)
    return []


def on_output_item_done(mind: Mind, event: model.OutputItemDone, now: float) -> list[Command]:
    item = event.item
    whole = item.type == "function_call" and item.status != "incomplete" and item.call_id is not None
    call_id, name = str(item.call_id), item.name or ""
    if not whole or event.response_id in mind.discarded or mind.tool_calls.awaits(call_id):
        return []
    if name == END_CALL and mind.agent.may_hang_up:
        return farewell.goodbye_called(mind, call_id, event.response_id, now)
    generating = mind.responses.active == event.response_id
    mind.tool_calls.called(event.response_id, call_id, generating=generating)
    mind.transcript.write(call_id, Speaker.TOOL, f"{name}({item.arguments or '{}'})", now)
    if mind.agent.tool(name) is None or mind.tool_calls.full:
        return answer_tool(mind, call_id, f"error: there is no tool named {name!r} that can run now", now)
    return [RunTool(call_id, name, item.arguments or "{}")]


def answer_tool(mind: Mind, call_id: str, output: str, now: float) -> list[Command]:
    """A tool has answered; once all of its response have, the model is asked to go on."""
    if not mind.tool_calls.awaits(call_id):
        return []
    mind.transcript.write(call_id, Speaker.TOOL, f" -> {output}", now)
    commands = mind.answer(call_id, output)
    if mind.tool_calls.answered(call_id):
        mind.responses.owe()
    return commands + mind.ask_for_response(now)


def on_response_done(mind: Mind, event: model.ResponseDone, now: float) -> list[Command]:
    response = event.response
    mind.responses.done(response.id)
    mind.playout.ended(response.id)
    if mind.tool_calls.response_done(response.id):
        mind.responses.owe()
    has_failed = response.status == "failed"
    commands = farewell.mark_tail(mind) + farewell.response_done(mind, response.id, now, failed=has_failed)
    if has_failed and mind.phase is Phase.TALKING:
        details = response.status_details
        return commands + failed(mind, details.error if details else None, now)
    if not has_failed:
        mind.responses.failures = 0
    return commands + farewell.closed_if_heard(mind) + mind.ask_for_response(now)


def failed(mind: Mind, error: model.ResponseFault | None, now: float) -> list[Command]:
    """One more try, then the call goes back to TwiML."""
    mind.responses.failures += 1
    fatal = error is not None and is_fatal(error)
    if fatal or mind.responses.failures >= MOST_FAILURES:
        return farewell.model_gone(mind, Ending.MODEL_LOST, reason_of(error), now)
    mind.responses.owe_again()
    return mind.ask_for_response(now)


def reason_of(error: model.ResponseFault | None) -> str:
    return f"{error.code}: {error.message}" if error else "response failed without a reason"


MODEL: dict[type, Callable[[Mind, Any, float], list[Command]]] = {
    model.SessionCreated: on_session_created,
    model.SessionUpdated: opening.confirmed,
    model.Error: on_error,
    model.SpeechStarted: on_speech_started,
    model.SpeechStopped: on_speech_stopped,
    model.AudioCommitted: on_committed,
    model.AudioCleared: on_cleared,
    model.IdleTimeout: on_idle,
    model.InputTranscriptCompleted: on_caller_transcript,
    model.ItemAdded: on_item_added,
    model.ItemDone: on_item_added,
    model.ResponseCreated: on_response_created,
    model.OutputAudioDelta: on_audio,
    model.OutputAudioDone: on_audio_done,
    model.OutputTranscriptDelta: on_agent_transcript,
    model.OutputItemDone: on_output_item_done,
    model.ResponseDone: on_response_done,
}
"Events that are not named here change nothing."
