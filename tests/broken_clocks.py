"""Bridges whose clock is right in the greeting, and wrong in some later phase of a call."""

from contextvars import ContextVar

import trio
from meddler import Meddler, decode, encode

from twiliobridge.audio import RATE, dbfs, level, ulaw_decode


class Clocked(Meddler):
    """Truncates by the time since `began`, which is told of each item as it begins."""

    def __init__(self, wire):
        super().__init__(wire)
        self.items, self.latest, self.cut = {}, None, set()

    def begun(self, now):
        return now

    def inward(self, fields):
        if fields["type"] == "response.output_audio.delta" and fields["response_id"] not in self.cut:
            now = trio.current_time()
            if fields["item_id"] not in self.items:
                self.items[fields["item_id"]] = fields["response_id"], self.begun(now)
            self.latest = now
        return fields

    def outward(self, fields):
        if fields["type"] == "conversation.item.truncate" and fields["item_id"] in self.items:
            response, began = self.items[fields["item_id"]]
            self.cut.add(response)
            if began is not None:
                fields["audio_end_ms"] = max(0, round((trio.current_time() - began) * 1000))
            self.truncated()
        return fields

    def truncated(self):
        pass


class ClockRunsOn(Clocked):
    """The clock of an answer that nobody interrupts is never stopped: the next answer goes on with it."""

    running = None

    def begun(self, now):
        self.running = self.running or now
        return self.running

    def truncated(self):
        self.running = None


class ClockRunsInPauses(Clocked):
    """Six seconds without a word of the model's count as heard."""

    def begun(self, now):
        paused = self.latest is not None and now - self.latest > 6
        return self.latest if paused else None


class StopsTheClockForTools(Clocked):
    """What is said after the call of a tool is taken for unheard."""

    called = False

    def inward(self, fields):
        self.called = self.called or fields["type"] == "response.function_call_arguments.done"
        return super().inward(fields)

    def begun(self, now):
        return now + 600 if self.called else None


class KnowsOneItem(Meddler):
    """The model is not told of items of which nothing was heard."""

    def outward(self, fields):
        unheard = fields["type"] == "conversation.item.truncate" and fields["audio_end_ms"] == 0
        return None if unheard or fields["type"] == "conversation.item.delete" else fields


HEARD = ContextVar("HEARD")
"When the caller of the call whose task asks was loud, in a list of one."


class HearsTheCaller(Meddler):
    def __init__(self, wire):
        super().__init__(wire)
        self.loud = [0.0]
        HEARD.set(self.loud)

    def inward(self, fields):
        if fields["event"] == "media":
            frame = ulaw_decode(decode(fields["media"]["payload"]))
            if dbfs(level(frame)) > -45:
                self.loud[0] = trio.current_time()
        return fields


class WaitsForSpeech(Meddler):
    """Once speech_started has come, nothing is played before the caller was heard."""

    def __init__(self, wire):
        super().__init__(wire)
        self.loud, self.waits_since = HEARD.get(), None

    def inward(self, fields):
        if fields["type"] == "input_audio_buffer.speech_started":
            self.waits_since = trio.current_time() - 1
        if self.waits_since is not None and self.loud[0] > self.waits_since:
            self.waits_since = None
        held_back = self.waits_since is not None and fields["type"] == "response.output_audio.delta"
        return None if held_back else fields


class FillsTheBuffer(Meddler):
    """Three minutes of silence are queued, and cleared with the rest."""

    def outward(self, fields):
        if fields["event"] == "clear":
            filling = {"payload": encode(b"\x7f" * 180 * RATE)}
            self.also({"event": "media", "streamSid": fields["streamSid"], "media": filling})
        return fields
