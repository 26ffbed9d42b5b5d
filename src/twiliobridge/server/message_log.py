"""A call's messages as debug lines, each with its CallSid: what `--verbose` shows."""

import logging
from typing import Literal

from twiliobridge.call import Leg
from twiliobridge.mediastream import Media, Play, Start
from twiliobridge.realtime.events import AppendAudio, OutputAudioDelta
from twiliobridge.wires.message_lines import MessageLines

log = logging.getLogger(__name__)

AUDIO = (Media, Play, AppendAudio, OutputAudioDelta)


class MessageLog:
    """A `Watch`."""

    def __init__(self) -> None:
        self._lines = MessageLines(log, "(no start yet)")

    def __call__(self, leg: Leg, direction: Literal["in", "out"], event: object, now: float) -> None:
        if isinstance(event, Start):
            self._lines.name = event.call_sid
        self._lines.tell(f"{leg} {direction}", event, audio=isinstance(event, AUDIO), now=now)
