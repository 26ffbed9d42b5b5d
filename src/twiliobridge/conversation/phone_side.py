"""What each event of the phone makes the bridge do."""

from collections.abc import Callable
from typing import Any

from twiliobridge.conversation import barge_in, farewell, opening, retold
from twiliobridge.conversation.commands import Command, ToModel
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.inbound import FRAME_CHARACTERS
from twiliobridge.conversation.mind import Mind
from twiliobridge.conversation.phase import Phase
from twiliobridge.conversation.sessions import READY
from twiliobridge.conversation.transcript import Speaker
from twiliobridge.mediastream import events as phone
from twiliobridge.realtime.events import AppendAudio, Content, Item


def on_start(mind: Mind, event: phone.Start, now: float) -> list[Command]:
    if "outbound" in event.tracks:
        detail = "a <Start><Stream> only listens; use <Connect><Stream>"
        return mind.end(Ending.PHONE_UNREADABLE, detail, now)
    mind.start = event
    mind.sessions.describable(now)
    return opening.begin(mind)


def on_media(mind: Mind, event: phone.Media, now: float) -> list[Command]:
    if event.track != "inbound":
        return []
    commands: list[Command] = []
    for payload in mind.inbound.heard(event, now):  # mostly one
        if len(payload) <= FRAME_CHARACTERS:
            mind.recent.keep(payload)
        else:
            mind.recent.keep_long(payload)
        commands.append(ToModel(AppendAudio(audio=payload)))
    return commands if mind.sessions.stage is READY else []


def on_dtmf(mind: Mind, event: phone.Dtmf, now: float) -> list[Command]:
    """The first key silences the agent, as callers know it from any menu."""
    if mind.phase is Phase.WAITING:
        mind.keypad.keep(event.digit, now)
        return []
    interrupted = barge_in.by_key(mind, now)
    digits = mind.keypad.press(event.digit, now)
    return interrupted + (keyed(mind, digits, now) if digits else [])


def keyed(mind: Mind, digits: str, now: float) -> list[Command]:
    """A turn made of keys."""
    content = (Content(type="input_text", text=retold.keyed(digits)),)
    commands = mind.send_item(Item(type="message", role="user", content=content))
    mind.transcript.write(f"keys {mind.items_made}", Speaker.KEYPAD, digits, now)
    mind.transcript.turn_ended(now)
    mind.caller_silence.broken(now)
    mind.owed.begin_anew(now)
    mind.responses.owe()
    return commands + mind.ask_for_response(now)


def on_mark(mind: Mind, event: phone.Mark, now: float) -> list[Command]:
    mind.playout.mark_returned(event.name, now)
    if mind.greeting.pending:
        return opening.greeting_plays(mind, now) + farewell.closed_if_heard(mind, now)
    return farewell.closed_if_heard(mind, now)


def on_stop(mind: Mind, event: phone.Stop, now: float) -> list[Command]:
    return mind.end(Ending.CALLER_HUNG_UP, "", now)


def ignore(mind: Mind, event: object, now: float) -> list[Command]:
    return []


PHONE: dict[type, Callable[[Mind, Any, float], list[Command]]] = {
    phone.Connected: ignore,
    phone.Start: on_start,
    phone.Media: on_media,
    phone.Dtmf: on_dtmf,
    phone.Mark: on_mark,
    phone.Stop: on_stop,
    phone.Unknown: ignore,
}
