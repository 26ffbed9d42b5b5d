"""A call that outlives its session with the model.

A lost session is followed by another, within bounds. What is queued is heard on; what the caller says
meanwhile is kept. The new session is described as the first was, and told the conversation: what was heard of
the agent's words, what the caller said, the calls of tools with what came of them. An answer that was cut off
is asked for from where it stopped.
"""

from dataclasses import replace

from twiliobridge.conversation import farewell
from twiliobridge.conversation.answers import GO_ON
from twiliobridge.conversation.commands import Command, DialModel, LeaveModel, Note, ToModel
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.instructions import as_item
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.phase import Phase
from twiliobridge.conversation.retold import LEFT_OUT, items_of, recent_lines
from twiliobridge.conversation.sessions import Stage
from twiliobridge.realtime.events import AppendAudio, DeleteItem


def lost(
    mind: Mind, ending: Ending, detail: str, now: float, *, transient: bool = True, pause: float = 0.0
) -> list[Command]:
    """The session is of no more use, or none could be opened: another is, or the call ends as it must."""
    sessions = mind.sessions
    if sessions.stage in {Stage.AWAY, Stage.GIVEN_UP}:
        return []
    if mind.phase is Phase.CLOSING or not transient:
        return farewell.model_gone(mind, ending, detail, now)
    leave_off(mind, now)
    sessions.left(f"{ending.value}: {detail}", now, pause)
    if not sessions.may_go_on(mind.limits, call_stands=mind.phase is Phase.TALKING):
        return farewell.model_gone(mind, ending, detail, now)
    wait = sessions.redial_at - now
    note = Note(f"{ending.value} ({detail}); another session is opened" + (f" in {wait:g} s" if wait else ""))
    return [note, LeaveModel(), *redial(mind, now)]


def redial(mind: Mind, now: float) -> list[Command]:
    if mind.sessions.stage is not Stage.AWAY or now < mind.sessions.redial_at:
        return []
    mind.sessions.dialled(now)
    mind.model_heard, mind.probed = now, False
    return [DialModel()]


def leave_off(mind: Mind, now: float) -> None:
    """What the session was about, as far as the next must take it up."""
    if mind.phase is not Phase.TALKING or not mind.sessions.ready:
        return
    active = mind.responses.active
    heard_from = active is not None and mind.voiced == active and active not in mind.discarded
    mind.responses.session_lost(wanted=mind.responses.asked or mind.more_to_come)
    if heard_from:
        mind.responses.owe(mind.wish(GO_ON))
    elif mind.owed.since is not None and not mind.recent.holding and not mind.tool_calls.running:
        mind.responses.owe()
    if active is not None:
        mind.discard(active)
        mind.response_over(active)
    if mind.responses.owed or mind.speaking is not None:  # a turn in hand may end at any moment now
        mind.owed.begin(now)
    if mind.recent.holding:
        mind.transcript.turn_lost()
    mind.caller_stopped()
    mind.hold.active, mind.wished = None, None
    if mind.goodbye is not None:  # its calls are of the lost session; what is said next is the goodbye
        mind.goodbye = replace(mind.goodbye, call_ids=(), answered=True)
    mind.retold.former = mind.playout.items
    mind.recent.hold(mind.limits.missed_audio_ms)


def resume(mind: Mind, now: float) -> list[Command]:
    """The new session stands."""
    commands = retell(mind)
    missed = [ToModel(AppendAudio(audio=payload)) for payload in mind.recent.payloads]
    mind.model_heard = now
    return [*commands, *missed, *mind.ask_for_response(now)]


def retell(mind: Mind) -> list[Command]:
    mind.retold.begin()
    lines, left_out = recent_lines(mind.transcript.keyed_lines())
    commands = mind.tell_of_call()
    if left_out:
        commands += mind.send_item(as_item(LEFT_OUT))
    for key, line in lines:
        for item in items_of(key, line):
            commands += mind.send_item(item)
            mind.retold.told(key, f"bridge_item_{mind.items_made}")
    return commands


def correct(mind: Mind, key: str) -> list[Command]:
    """A line that was told to the session has been cut: it is told again, as it was heard."""
    place = mind.retold.place_of(key)
    line = dict(mind.transcript.keyed_lines()).get(key)
    if place is None or line is None:
        return []
    told, before = place
    commands: list[Command] = [ToModel(DeleteItem(item_id=told))]
    heard = items_of(key, line)
    for item in heard:
        commands += mind.send_item(item, after=before)
    mind.retold.replaced(key, f"bridge_item_{mind.items_made}" if heard else None)
    return commands
