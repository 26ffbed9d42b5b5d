"""The caller speaks, or presses a key, while the agent is heard.

In this order, all at one instant:

1. estimate what was heard, and list the parts that were not heard to their end;
2. discard their responses and the one being generated: none of their later audio goes out, and an item that
   shows itself only then is truncated at 0;
3. forget the pending marks, so that those which `clear` flushes cannot be taken for played ones;
4. `clear` to the phone first, because the ear notices delay, and whenever a mark is missing, because a
   stalled line plays later than estimated;
5. `response.cancel`, where the service does not cancel by itself;
6. `conversation.item.truncate` for each cut part, at what was heard of it: the queued ones at 0, so that the
   model never believes it said words that nobody heard.

A second interruption finds an empty ledger and does nothing. Source: OpenAI docs, Realtime > Interruption and
truncation over WebSocket; Twilio docs, Media Streams > clear.
"""

from twiliobridge.conversation import opening
from twiliobridge.conversation.commands import Command, ToModel, ToPhone
from twiliobridge.conversation.farewell import call_off, closed_if_heard
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.playout import Part, Unheard
from twiliobridge.conversation.resuming import correct
from twiliobridge.mediastream.events import Clear
from twiliobridge.realtime.events import TruncateItem


def by_voice(mind: Mind, now: float) -> list[Command]:
    """The model has heard the caller begin to speak. Where speech is not to interrupt, nothing is cut."""
    if not mind.speech_interrupts:
        return []
    return _interrupt(mind, now, service_cancels=mind.agent.turn_detection is not None)


def by_key(mind: Mind, now: float) -> list[Command]:
    """The service knows nothing of keys: it must be told to stop."""
    if mind.greeting_protected:
        return []
    return _interrupt(mind, now, service_cancels=False)


def _interrupt(mind: Mind, now: float, *, service_cancels: bool) -> list[Command]:
    active, silent = mind.responses.active, mind.playout.drained
    # A response that is already discarded needs no second cancellation.
    cancel = mind.more_to_come and not service_cancels
    cut = mind.playout.interrupt(now)
    opening.greeting_cut(mind, cut)
    mind.waiting_ms = 0.0
    for response_id in (active, mind.hold.active):
        if response_id is not None:
            mind.discarded.add(response_id)
    for unheard in cut:
        mind.discarded.add(unheard.part.response_id, (unheard.part,))
    commands: list[Command] = [] if silent else [ToPhone(Clear())]
    if cancel and active is not None:
        commands += mind.call_back(active, now)
    commands += [command for unheard in cut for command in _truncated(mind, unheard, now)]
    return commands + call_off(mind) + closed_if_heard(mind, now)


def straggler(mind: Mind, part: Part, now: float) -> list[Command]:
    """Late audio of a discarded response. The model must not believe that its first words were heard."""
    if part.response_id in mind.hold or not mind.discarded.first_heard_of(part):
        return []
    return _truncated(mind, Unheard(part, 0, 0.0), now)


def _truncated(mind: Mind, unheard: Unheard, now: float) -> list[Command]:
    """The transcript and the model are told what was heard of a part; a session only of its own items."""
    part = unheard.part
    mind.transcript.agent_cut(part.item_id, unheard.heard_ms, now)
    if part.item_id in mind.retold.former:
        return correct(mind, part.item_id) if mind.sessions.ready else []
    if part.response_id in mind.hold:
        return []
    return [
        ToModel(
            TruncateItem(
                item_id=part.item_id, content_index=part.content_index, audio_end_ms=unheard.heard_ms
            )
        )
    ]
