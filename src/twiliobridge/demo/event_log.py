"""`events.jsonl`: everything that passed the bridge and everything that the phone noted, on one clock.

One object per line: `at` (seconds), `leg` (phone, model, caller), `direction` (in, out, seen from the
bridge), `type`, and the event's own fields, where audio is its length in milliseconds of mu-law. The caller's
50 frames a second, and their way on to the model, are left out.
"""

from typing import Any

import msgspec

from twiliobridge.call import Leg
from twiliobridge.caller import Note
from twiliobridge.mediastream.events import Media, Play, audio_size
from twiliobridge.realtime.events import AppendAudio, OutputAudioDelta


class EventLog:
    def __init__(self) -> None:
        self._lines: list[bytes] = []

    def noted(self, now: float, note: Note) -> None:
        self._write(now, "caller", "", note)

    def passed(self, leg: Leg, direction: str, event: object, now: float) -> None:
        if not isinstance(event, Media | AppendAudio):
            self._write(now, leg, direction, event)

    def text(self) -> bytes:
        return b"".join(line + b"\n" for line in self._lines)

    def _write(self, now: float, leg: str, direction: str, event: object) -> None:
        kind = {"at": round(now, 4), "leg": leg, "direction": direction, "event": type(event).__name__}
        self._lines.append(msgspec.json.encode(kind | _fields(event)))


def _fields(event: object) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(event)
    fields.pop("event", None)
    match event:
        case Play(payload=payload):
            return {"audio_ms": audio_size(payload) / 8}
        case OutputAudioDelta(delta=delta):
            return {**fields, "delta": f"{audio_size(delta) / 8:g} ms"}
    return fields
