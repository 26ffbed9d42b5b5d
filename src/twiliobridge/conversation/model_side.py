"""What each event of the model makes the bridge do."""

from collections.abc import Callable
from typing import Any

from twiliobridge.audio.format import AudioFormat
from twiliobridge.conversation import barge_in, farewell, opening
from twiliobridge.conversation.agent import END_CALL
from twiliobridge.conversation.commands import Command, RunTool, ToPhone
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind, Phase, to_model
from twiliobridge.conversation.playout import Part
from twiliobridge.conversation.transcript import Speaker
from twiliobridge.mediastream.events import Mark, Play, audio_size
from twiliobridge.realtime import events as model
from twiliobridge.realtime.errors import FATAL_CODES

LARGEST_PIECE = 4272
"Base64 characters between two marks at the most: 3204 bytes, so that the usual delta of 400 ms stays whole."

MOST_FAILURES = 2
"Responses that may fail in a row before the call goes back to TwiML."

ALREADY_ACTIVE = "conversation_already_has_active_response"


# ---------------------------------------------------------------- session


def on_session_created(mind: Mind, event: model.SessionCreated, now: float) -> list[Command]:
    mind.session_open = True
    return opening.begin(mind)


def on_error(mind: Mind, event: model.Error, now: float) -> list[Command]:
    error = event.error
    if mind.phase is Phase.WAITING or error.code in FATAL_CODES:
        ending = Ending.MODEL_REFUSED if mind.phase is Phase.WAITING else Ending.MODEL_LOST
        return lost(mind, ending, f"{error.code}: {error.message}", now)
    if not mind.responses.refused(error.event_id):
        return []  # a race of two interruptions, or of a truncation and a deletion: nothing is owed for it
    if error.code != ALREADY_ACTIVE:
        return failed(mind, f"{error.code}: {error.message}", now)
    mind.responses.owe()
    mind.responses.turn_ended(now)  # the service was faster; it gets its second again
    return []


def lost(mind: Mind, ending: Ending, detail: str, now: float) -> list[Command]:
    """The model is gone: what the caller is still hearing is heard, then the call goes back to TwiML."""
    mind.responses.active = None
    if mind.closing is not None:
        return farewell.closed_if_heard(mind)
    return farewell.close_when_heard(mind, ending, detail, now)


# ---------------------------------------------------------------- the caller, as the model hears it


def on_speech_started(mind: Mind, event: model.SpeechStarted, now: float) -> list[Command]:
    mind.caller_speaking = True
    mind.inbound.speech_started()
    mind.transcript.write(event.item_id, Speaker.CALLER, "", now)
    return barge_in.by_voice(mind, now)


def on_speech_stopped(mind: Mind, event: model.SpeechStopped, now: float) -> list[Command]:
    mind.caller_speaking = False
    mind.inbound.speech_stopped()
    mind.transcript.turn_ended(now)
    detection = mind.agent.turn_detection
    if detection is not None and detection.create_response is not False:
        mind.responses.turn_ended(now)
    return mind.ask_for_response(now)


def on_caller_transcript(mind: Mind, event: model.InputTranscriptCompleted, now: float) -> list[Command]:
    mind.transcript.write(event.item_id, Speaker.CALLER, event.transcript, now)
    return []


def on_item_added(mind: Mind, event: model.ItemAdded | model.ItemDone, now: float) -> list[Command]:
    mind.responses.item_confirmed(event.item.id)
    return []


# ---------------------------------------------------------------- the agent


def on_response_created(mind: Mind, event: model.ResponseCreated, now: float) -> list[Command]:
    mind.responses.created(event.response.id)
    if not mind.caller_speaking:
        return []
    # Our request crossed the caller's first word. The caller goes first.
    mind.responses.discard(event.response.id)
    mind.responses.owe()
    return to_model(model.CancelResponse(response_id=event.response.id))


def on_audio(mind: Mind, event: model.OutputAudioDelta, now: float) -> list[Command]:
    discarded = mind.responses.is_discarded(event.response_id)
    if mind.phase is Phase.WAITING or discarded or mind.playout.overflows:
        return []
    part, commands = Part.of(event), list[Command]()
    for start in range(0, len(event.delta), LARGEST_PIECE):
        piece = event.delta[start : start + LARGEST_PIECE]
        commands.append(ToPhone(Play(payload=piece)))
        mind.playout.sent(part, audio_size(piece), now)
        if mind.playout.mark_due:
            commands.append(ToPhone(Mark(name=mind.playout.mark())))
    mind.voiced = event.response_id
    duration_ms = AudioFormat.PCMU.duration_ms(audio_size(event.delta))
    mind.transcript.agent_audio(event.item_id, duration_ms, now)
    return commands


def on_audio_done(mind: Mind, event: model.OutputAudioDone, now: float) -> list[Command]:
    if not mind.playout.unmarked or mind.responses.is_discarded(event.response_id):
        return []
    return [ToPhone(Mark(name=mind.playout.mark()))]


def on_agent_transcript(mind: Mind, event: model.OutputTranscriptDelta, now: float) -> list[Command]:
    if not mind.responses.is_discarded(event.response_id):
        mind.transcript.write(event.item_id, Speaker.AGENT, event.delta, now)
    return []


def on_output_item_done(mind: Mind, event: model.OutputItemDone, now: float) -> list[Command]:
    item = event.item
    whole = item.type == "function_call" and item.status != "incomplete" and item.call_id is not None
    if not whole or mind.responses.is_discarded(event.response_id):
        return []
    call_id, name = str(item.call_id), item.name or ""
    if name == END_CALL and mind.agent.may_hang_up:
        return farewell.goodbye_called(mind, call_id, event.response_id)
    mind.tool_calls.called(event.response_id, call_id)
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
    if mind.tool_calls.response_done(response.id):
        mind.responses.owe()
    if response.status == "failed":
        return failed(mind, reason_of(response), now)
    mind.responses.failures = 0
    commands = farewell.response_done(mind, response.id, now) or farewell.closed_if_heard(mind)
    return commands + mind.ask_for_response(now)


def failed(mind: Mind, detail: str, now: float) -> list[Command]:
    """One more try, then the call goes back to TwiML."""
    mind.responses.failures += 1
    fatal = detail.partition(":")[0] in FATAL_CODES
    if fatal or mind.responses.failures >= MOST_FAILURES:
        return lost(mind, Ending.MODEL_LOST, detail, now)
    mind.responses.owe()
    return mind.ask_for_response(now)


def reason_of(response: model.Response) -> str:
    details = response.status_details
    error = details.error if details else None
    return f"{error.code}: {error.message}" if error else "response failed without a reason"


MODEL: dict[type, Callable[[Mind, Any, float], list[Command]]] = {
    model.SessionCreated: on_session_created,
    model.SessionUpdated: opening.confirmed,
    model.Error: on_error,
    model.SpeechStarted: on_speech_started,
    model.SpeechStopped: on_speech_stopped,
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
