"""What each event of a response makes the bridge do."""

from twiliobridge.conversation import answers, barge_in, farewell, opening, waiting
from twiliobridge.conversation.agent_values import END_CALL
from twiliobridge.conversation.commands import Command, RunTool, ToPhone
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.phase import WAITING, Phase
from twiliobridge.conversation.playout import Part
from twiliobridge.conversation.remedies import Cause, cause_of
from twiliobridge.conversation.transcript import Speaker, ToolCall
from twiliobridge.mediastream.bounds import check_base64
from twiliobridge.mediastream.events import Play, audio_ms
from twiliobridge.realtime import events as model

LARGEST_PIECE = 4480
"""Base64 characters between two marks at the most: 420 ms, the least number of whole base64 groups and whole
packets that leaves the usual delta of 400 ms whole. A mark inside a packet comes back at its end."""


def on_response_created(mind: Mind, event: model.ResponseCreated, now: float) -> list[Command]:
    response = event.response
    if mind.hold.created(response):
        return [] if mind.owed.since is not None else mind.call_back(response.id, now)
    superseded = mind.responses.active
    if superseded is not None:
        mind.response_over(superseded)
    asked = mind.responses.created(response)
    mind.begun_at = now
    if mind.phase is Phase.CLOSING:
        return mind.call_back(response.id, now)
    if asked:
        return asked_for(mind, response.id, now)
    mind.caller_stopped()  # or else the service would not have answered
    commands = opening.greeting_plays(mind, now)
    if mind.greeting.insists():
        mind.responses.owe(mind.greeting.params)
        return commands + mind.call_back(response.id, now)
    return commands


def asked_for(mind: Mind, response_id: str, now: float) -> list[Command]:
    if mind.caller_has_floor and mind.speech_interrupts:  # our request crossed the first word, or key
        mind.responses.owe_again()
        return mind.call_back(response_id, now)
    mind.greeting.created(response_id, mind.responses.params)
    return []


def on_audio(mind: Mind, event: model.OutputAudioDelta, now: float) -> list[Command]:
    if mind.phase is WAITING or not playable(event.delta):
        return []
    part = Part.of(event)
    if event.response_id in mind.discarded:
        return barge_in.straggler(mind, part, now)
    sounds_on = event.response_id == mind.voiced and mind.owed.since is None
    commands = [] if sounds_on else first_sound(mind, event.response_id, now)
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


def first_sound(mind: Mind, response_id: str, now: float) -> list[Command]:
    """What the sound of a response puts an end to: waiting, and the words that ask for it."""
    commands = waiting.stop(mind, now)
    if response_id in mind.hold:
        return commands
    if mind.greeting.pending:
        mind.greeting.sent(response_id)
    if mind.owed.sounded(response_id) and mind.speaking is None:
        mind.recent.settle()
    if mind.hold.active is not None:
        mind.discarded.add(mind.hold.active)
        mind.hold.active = None
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
    if item.id is not None and item.status == "completed":
        mind.transcript.agent_done(item.id)
    whole = item.type == "function_call" and item.status != "incomplete" and item.call_id is not None
    call_id, name = str(item.call_id), item.name or ""
    if item.type == "function_call" and not whole:
        mind.tool_calls.cut_in = event.response_id
    if not whole or event.response_id in mind.discarded or mind.tool_calls.awaits(call_id):
        return []
    if name == END_CALL and mind.agent.may_hang_up:
        return farewell.goodbye_called(mind, call_id, event.response_id, now)
    generating = mind.responses.active == event.response_id
    mind.tool_calls.called(event.response_id, call_id, generating=generating)
    mind.transcript.call(call_id, ToolCall(name, item.arguments or "{}"), now)
    mind.owed.begin(now)
    if mind.agent.tool(name) is None or mind.tool_calls.full:
        return answer_tool(mind, call_id, f"error: there is no tool named {name!r} that can run now", now)
    return [RunTool(call_id, name, item.arguments or "{}")]


def answer_tool(mind: Mind, call_id: str, output: str, now: float) -> list[Command]:
    """A tool has answered; once all of its response have, the model is asked to go on."""
    if not mind.tool_calls.awaits(call_id):
        return []
    mind.transcript.answered(call_id, output, now)
    commands = mind.answer(call_id, output)
    if mind.tool_calls.answered(call_id):
        mind.responses.owe()
    return commands + farewell.closed_if_heard(mind, now) + mind.ask_for_response(now)


def on_text(mind: Mind, event: model.OutputTextDone, now: float) -> list[Command]:
    """Text is not heard; but what it says may be asked for aloud."""
    response_id, text = mind.written
    before = f"{text} " if response_id == event.response_id else ""
    mind.written = event.response_id, before + event.text
    return []


BETA_AUDIO = "response.audio.delta"
"Source: OpenAI docs, Realtime > Migrate from beta: it is response.output_audio.delta now."


def on_unknown(mind: Mind, event: model.Unknown, now: float) -> list[Command]:
    if event.type == BETA_AUDIO:
        mind.of_beta = mind.responses.active
    return []


def on_response_done(mind: Mind, event: model.ResponseDone, now: float) -> list[Command]:
    response = event.response
    mind.playout.ended(response.id)
    if mind.hold.done(response.id):
        return farewell.mark_tail(mind)
    awaited = mind.responses.active == response.id and response.id not in mind.discarded
    mind.responses.done(response.id)
    called = mind.tool_calls.called_in(response.id)
    mind.response_over(response.id)
    has_failed = response.status == "failed"
    commands = farewell.mark_tail(mind) + ([] if mind.responses.asked else mind.take_back())
    commands += farewell.response_done(mind, response.id, now, failed=has_failed)
    if mind.phase is not Phase.TALKING or not awaited or called or says_goodbye(mind, response.id):
        return commands + farewell.closed_if_heard(mind, now) + mind.ask_for_response(now)
    return commands + outcome(mind, response, now)


def says_goodbye(mind: Mind, response_id: str) -> bool:
    return mind.goodbye is not None and mind.goodbye.response_id == response_id


def outcome(mind: Mind, response: model.Response, now: float) -> list[Command]:
    """A response that is over, and called no tool: was it an answer?"""
    if mind.voiced != response.id:
        written = mind.written[1] if mind.written[0] == response.id else ""
        return answers.unheard(mind, response, written, now)
    if breaks_off(mind, response):
        return answers.broken_off(mind, response, now)
    if response.id == mind.owed.spoken_over:
        return answers.spoken_over(mind, now)
    mind.owed.settle()
    return mind.ask_for_response(now)


def breaks_off(mind: Mind, response: model.Response) -> bool:
    """Whether a response that was heard has left something out.

    One that has reached its longest length has said enough, unless it was about to call a tool.
    """
    if response.status == "incomplete":
        return cause_of(response) is Cause.FILTERED or mind.tool_calls.cut_in == response.id
    return response.status in {"failed", "cancelled"}
