"""A sound on the line while the caller waits for a tool or for the model. The first word stops it."""

import base64
from math import inf

from twiliobridge.conversation.commands import Command, ToPhone
from twiliobridge.conversation.farewell import mark_tail
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.playout import WAITING
from twiliobridge.mediastream.events import Clear, Play

PIECE_MS = 1000
AHEAD = 0.3
"Seconds before a piece is over, when the next is sent."


def due(mind: Mind) -> float | None:
    """When the next piece must be sent: after some silence, and while it plays, before it ends."""
    since = mind.quiet_since
    if not mind.agent.waiting or since is None:
        return None
    if mind.waiting_ms:
        return mind.playout.ends - AHEAD
    return since + mind.limits.waiting_after


def play(mind: Mind, now: float) -> list[Command]:
    sound = mind.agent.waiting
    begin = int(mind.waiting_ms * 8) % len(sound)
    again = PIECE_MS * 8 // len(sound) + 1
    piece = (sound[begin:] + sound * again)[: PIECE_MS * 8]
    mind.waiting_ms += len(piece) / 8
    mind.playout.sent(WAITING, len(piece) / 8, now)
    mind.playout.ended(WAITING.response_id)
    return [ToPhone(Play(payload=base64.b64encode(piece).decode())), *mark_tail(mind)]


def stop(mind: Mind, now: float) -> list[Command]:
    """Something is about to be said: what is queued of the sound gives way to it.

    On a line that stalls, words may still be queued before it; then it is heard to the end of its piece.
    """
    if not mind.waiting_ms:
        return []
    mind.waiting_ms = 0.0
    if mind.playout.drained or mind.playout.items != {WAITING.item_id}:
        return []
    mind.playout.interrupt(now)
    return [ToPhone(Clear())]


def ends(mind: Mind) -> float:
    """When a caller has waited for too long, whatever they hear; a tool has its own bound."""
    since = mind.owed.since
    return inf if since is None or mind.tool_calls.running else since + mind.limits.longest_wait
