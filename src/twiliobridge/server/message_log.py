"""A call's messages as debug lines, each with its CallSid: what `--verbose` shows."""

import logging
from collections import Counter
from typing import Literal

import msgspec

from twiliobridge.call import Leg
from twiliobridge.mediastream import Media, Play, Start
from twiliobridge.realtime.events import AppendAudio, OutputAudioDelta

log = logging.getLogger(__name__)

AUDIO = (Media, Play, AppendAudio, OutputAudioDelta)
"Comes a hundred times a second: counted, and told once a second."

LONGEST = 300
"Characters of a line; a session's instructions have pages."


class MessageLog:
    """A `Watch`."""

    def __init__(self) -> None:
        self._sid = "(no start yet)"
        self._audio: Counter[str] = Counter()
        self._told = 0.0

    def __call__(self, leg: Leg, direction: Literal["in", "out"], event: object, now: float) -> None:
        if isinstance(event, AUDIO):
            self._audio[f"{leg} {direction}"] += 1
            if now - self._told >= 1:
                self._tell_audio(now)
            return
        if isinstance(event, Start):
            self._sid = event.call_sid
        log.debug("%s %s %s %s %s", self._sid, leg, direction, type(event).__name__, brief(event))

    def _tell_audio(self, now: float) -> None:
        counts = ", ".join(f"{way}: {count}" for way, count in sorted(self._audio.items()))
        log.debug("%s audio messages: %s", self._sid, counts)
        self._audio.clear()
        self._told = now


def brief(event: object) -> str:
    text = msgspec.json.encode(event).decode()
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
