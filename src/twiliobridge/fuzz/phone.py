"""Writes what Twilio says in a lawful conversation, with placeholders for the identifiers of the call."""

from collections.abc import Iterator
from typing import Any

import msgspec

from twiliobridge.fuzz.scenario import ACCOUNT_SID, CALL_SID, STREAM_SID, Message
from twiliobridge.fuzz.voice import SILENT_FRAME, SPEECH_FRAME
from twiliobridge.mediastream import Connected, Dtmf, Mark, Media, MediaStream, Role, Start, Stop
from twiliobridge.mediastream.events import ServerEvent, TwilioEvent

Json = dict[str, Any]
Path = tuple[str, ...]

FIRST_TIMESTAMP_MS, STEP_MS = 155, 20

START = Start(stream_sid=STREAM_SID, call_sid=CALL_SID, account_sid=ACCOUNT_SID)
STOP = Stop(account_sid=ACCOUNT_SID, call_sid=CALL_SID)


class Phone:
    """Twilio's end of one stream; `mediastream` decides what it may say."""

    def __init__(self) -> None:
        self._stream: MediaStream[TwilioEvent, ServerEvent] = MediaStream(Role.TWILIO)
        self._messages: list[Message] = []
        self._timestamp_ms = FIRST_TIMESTAMP_MS

    def said(self) -> list[Message]:
        return self._messages

    def say(self, event: TwilioEvent) -> list[Message]:
        """The message, alone in a list. LocalProtocolError if it may not be said now."""
        message = Message(json=msgspec.json.decode(self._stream.send(event), type=dict))
        self._messages.append(message)
        return [message]

    def open(self) -> None:
        self.say(Connected())
        self.say(START)

    def speak(self, payload: str = SPEECH_FRAME) -> None:
        self.say(Media(payload=payload, timestamp_ms=self._timestamp_ms))
        self._timestamp_ms += STEP_MS

    def keep_silent(self) -> None:
        self.speak(SILENT_FRAME)


def paths(value: object, before: Path = ()) -> Iterator[Path]:
    """Where each field of a message is."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*before, name)
            yield from paths(inner, (*before, name))


def _every_message() -> dict[str, Json]:
    phone = Phone()
    phone.open()
    phone.speak()
    for event in (Dtmf(digit="1"), Mark(name="mark"), STOP):
        phone.say(event)
    return {str(each.json["event"]): each.json for each in phone.said()}


MESSAGES = _every_message()
"One of each kind that Twilio sends."
