"""A recorded session's client, driven against a session of ours on a clock of its own."""

import base64

import msgspec
import numpy as np
from offline_driver import LOUD, Driver, Unhearing
from recorded_sessions import Recorded, event_of, in_main_strand

from clients.field_paths import Told, told
from twiliobridge.audio import AudioFormat
from twiliobridge.offline.brain import CallTool, Say
from twiliobridge.offline.knobs import Knobs
from twiliobridge.realtime.codec import read_client
from twiliobridge.realtime.events import AppendAudio, ArgumentsDone

STEP_MS = 20
PADDING_MS = 300
LONGEST_SECONDS = 30
SAID = "It is half past nine, and all is well."


class Hearing:
    def recognise(self, samples, rate):
        return "What time is it, please?"


def replies(session: Recorded):
    """What the model said in each response, in words of our own."""
    reply, found = [], []
    for kind, fields in session.events:
        if kind == "response.output_item.done":
            call = fields["item.type"] == "=function_call"
            phase = fields.get("item.phase", "=").removeprefix("=") or None
            reply.append(CallTool("look_up", {"what": "the time"}) if call else Say(SAID, phase))
        elif kind == "response.done":
            found.append(tuple(reply))
            reply.clear()
    return found


def silence_ms(session: Recorded) -> int:
    """With which the session ended the caller's turns."""
    path = "session.audio.input.turn_detection.silence_duration_ms"
    return int(next(fields[path] for kind, fields in session.events if kind == "session.updated")[1:])


class Line:
    """The caller's audio, PCM at 24 kHz: silence but for the turns."""

    def __init__(self, silence_ms: int) -> None:
        self._silence_ms = silence_ms
        self._turns = []
        self._at_ms = None

    @property
    def speaks_later(self) -> bool:
        return any(end > (self._at_ms or 0) for _, end in self._turns)

    def add(self, start_ms: int, end_ms: int) -> None:
        """A turn, as the service told its start and end."""
        self._at_ms = self._at_ms or 0
        self._turns.append((start_ms + PADDING_MS, end_ms - self._silence_ms))

    def frame(self) -> bytes:
        """The next 20 ms; nothing before the first turn is known."""
        if self._at_ms is None:
            return b""
        loud = any(start <= self._at_ms < end for start, end in self._turns)
        start, self._at_ms = 8 * self._at_ms, self._at_ms + STEP_MS
        samples = LOUD[start : start + 8 * STEP_MS] if loud else np.zeros(8 * STEP_MS, np.int16)
        return AudioFormat.PCM.encode(np.repeat(samples, 3))


class Replay:
    def __init__(self, session: Recorded) -> None:
        failed = any(kind.endswith("transcription.failed") for kind, _ in session.events)
        recogniser = Unhearing() if failed else Hearing()
        model = session.source["model"]
        self._driver = Driver(*replies(session), knobs=Knobs(), model=model, recogniser=recogniser)
        self._line = Line(silence_ms(session))
        self._expected = 0

    @property
    def texts(self) -> list[str]:
        """What ours told so far."""
        return self._driver.sent

    @property
    def events(self) -> list[Told]:
        return [told(text) for text in self.texts]

    def run(self, session: Recorded) -> list[Told]:
        """Each act of the client's comes once the events that it followed have come."""
        for step in session.steps:
            if (event := event_of(step)) is not None:
                self._expected += _counts(event[0])
            elif "speech" in step:
                self._line.add(**step["speech"])
            else:
                self._catch_up()
                self._say(step["client"])
        self._catch_up()
        self._driver.wait(1)
        return self.events

    def _say(self, event: dict) -> None:
        item = event.get("item", {})
        if "call_id" in item:
            call = self._driver.of(ArgumentsDone)[item["call_id"]]
            event = event | {"item": item | {"call_id": call.call_id}}
        self._driver.say(read_client(msgspec.json.encode(event).decode()))

    def _catch_up(self) -> None:
        """Until what was recorded so far has come, or would have."""
        end = self._driver.now + LONGEST_SECONDS
        while self._driver.now < end and (self._behind() or self._line.speaks_later):
            if frame := self._line.frame():
                self._driver.say(AppendAudio(audio=base64.b64encode(frame).decode()))
            self._driver.wait(STEP_MS / 1000)

    def _behind(self) -> bool:
        return sum(_counts(kind) for kind, _ in self.events) < self._expected


def _counts(kind: str) -> bool:
    return in_main_strand(kind) and not kind.endswith(".delta")
