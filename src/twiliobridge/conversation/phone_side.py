"""What each event of the phone makes the bridge do."""

from collections.abc import Callable
from typing import Any

from twiliobridge.conversation import barge_in, farewell
from twiliobridge.conversation.commands import Command, ToModel
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.mind import Mind, Phase
from twiliobridge.conversation.opening import begin
from twiliobridge.conversation.transcript import Speaker
from twiliobridge.mediastream import events as phone
from twiliobridge.realtime.events import AppendAudio, Content, Item


def on_start(mind: Mind, event: phone.Start, now: float) -> list[Command]:
    if "outbound" in event.tracks:
        return mind.hang_up(Ending.PHONE_UNREADABLE, "a <Start><Stream> only listens; use <Connect><Stream>")
    mind.start = event
    return begin(mind)


def on_media(mind: Mind, event: phone.Media, now: float) -> list[Command]:
    if event.track != "inbound":
        return []
    payloads = mind.inbound.heard(event, now)
    if mind.phase is Phase.WAITING:
        mind.early.keep(payloads)
        return []
    commands: list[Command] = []
    for payload in payloads:  # mostly one: a comprehension is a call of its own, 50 times a second
        commands.append(ToModel(AppendAudio(audio=payload)))  # noqa: PERF401 -- likewise
    return commands


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
    text = f"The caller pressed {digits} on the keypad."
    content = (Content(type="input_text", text=text),)
    commands = mind.send_item(Item(type="message", role="user", content=content))
    mind.transcript.write(f"keys {mind.items_made}", Speaker.KEYPAD, digits, now)
    mind.transcript.turn_ended(now)
    mind.responses.owe()
    return commands + mind.ask_for_response(now)


def on_mark(mind: Mind, event: phone.Mark, now: float) -> list[Command]:
    mind.playout.mark_returned(event.name, now)
    return farewell.closed_if_heard(mind)


def on_stop(mind: Mind, event: phone.Stop, now: float) -> list[Command]:
    return mind.hang_up(Ending.CALLER_HUNG_UP)


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
