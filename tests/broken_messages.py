"""Bridges that are not there, whose model is not ready, or whose messages Twilio does not take."""

from contextlib import asynccontextmanager
from typing import ClassVar

import numpy as np
import trio
from meddler import Meddler, decode, encode, text_of

from twiliobridge.audio import Resampler, silence, ulaw_decode, ulaw_encode
from twiliobridge.audio.samples import to_float, to_int16
from twiliobridge.call import run_call
from twiliobridge.conversation import Ending
from twiliobridge.validate.target import HttpAnswer

STAND_IN = "MZ" + "0" * 32
START = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC" + "0" * 32,
        "streamSid": STAND_IN,
        "callSid": "",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {},
    },
    "streamSid": STAND_IN,
}


async def ill(path):
    return HttpAnswer(500 if path == "/health" else 200, "{}")


async def mute(path):
    return HttpAnswer(200, "open") if path == "/health" else HttpAnswer(404, "")


@asynccontextmanager
async def dials_before_it_answers(dial):
    """The handshake waits for the model's."""
    async with dial() as wire:

        @asynccontextmanager
        async def dialled():
            yield wire

        yield dialled


class NeverDescribes(Meddler):
    def outward(self, fields):
        return None if fields["type"] == "session.update" else fields


class SpeaksPcm(Meddler):
    """Talks to the model in 24 kHz PCM, and resamples."""

    form: ClassVar = {"type": "audio/pcm", "rate": 24000}

    def __init__(self, wire):
        super().__init__(wire)
        self.up, self.down = Resampler(8000, 24000), Resampler(24000, 8000)

    def to_model(self, audio):
        return to_int16(self.up.feed(to_float(ulaw_decode(audio)))).astype("<i2").tobytes()

    def to_phone(self, audio):
        return ulaw_encode(to_int16(self.down.feed(to_float(np.frombuffer(audio, "<i2")))))

    def outward(self, fields):
        if fields["type"] == "session.update" and "audio" in fields["session"]:
            self._set(fields, self.form)
        elif fields["type"] == "input_audio_buffer.append":
            fields["audio"] = encode(self.to_model(decode(fields["audio"])))
        return fields

    def inward(self, fields):
        if fields["type"] == "session.updated":
            sides = fields["session"]["audio"].values()
            if all(side["format"] == self.form for side in sides):
                self._set(fields, {"type": "audio/pcmu"})
        elif fields["type"] == "response.output_audio.delta":
            fields["delta"] = encode(self.to_phone(decode(fields["delta"])))
        return fields

    def _set(self, fields, form):
        for side in fields["session"]["audio"].values():
            side["format"] = form


class PlaysWhateverComes(Meddler):
    """Does not read the formats in session.updated."""

    def inward(self, fields):
        if fields["type"] == "session.updated":
            fields["session"]["audio"]["output"]["format"] = {"type": "audio/pcmu"}
        return fields


class SaysBetaNames(Meddler):
    def inward(self, fields):
        if fields["type"] == "session.updated":
            self.also({"type": "session.update", "session": {"type": "realtime", "modalities": ["audio"]}})
        return fields


class SpeaksTooEarly(Meddler):
    def outward(self, fields):
        if fields["type"] == "session.update":
            self.also({"type": "input_audio_buffer.append", "audio": encode(silence(20))})
        return fields


async def stays_silent_without_model(wire, *arguments, **more):
    """When the model refuses the key, the phone's socket stays open."""

    class Held(Meddler):
        over = None

        async def aclose(self, code=1000, reason=""):
            if reason == Ending.MODEL_REFUSED.value:
                with trio.CancelScope(shield=True):
                    await trio.sleep(30)
            await self.wire.aclose(code, reason)

    return await run_call(Held(wire), *arguments, **more)


class FirstMark(Meddler):
    """Something is wrong with the first mark of the call."""

    seen = False

    def outward(self, fields):
        if fields["event"] == "mark" and not self.seen:
            self.seen = True
            return self.spoilt(fields)
        return fields


class AddsKeys(FirstMark):
    def spoilt(self, fields):
        return {**fields, "sequenceNumber": "1"}


class WrongStreamSid(FirstMark):
    def spoilt(self, fields):
        return {**fields, "streamSid": "MZ" + "0" * 32}


class SendsBinary(FirstMark):
    def spoilt(self, fields):
        self.wire.send_binary(text_of(fields).encode())


class WavHeader(Meddler):
    """The first audio is a file's beginning."""

    seen = False

    def outward(self, fields):
        if fields["event"] == "media" and not self.seen:
            self.seen = True
            fields["media"]["payload"] = encode(b"RIFF".ljust(44, b"\0") + decode(fields["media"]["payload"]))
        return fields


class SpeaksBeforeStart(Meddler):
    def inward(self, fields):
        if fields["event"] == "connected":
            self.also({"event": "clear", "streamSid": ""})
        return fields


class GreetsBeforeStart(Meddler):
    """Takes `connected` for the beginning, and has the agent speak then."""

    sid, told = "", False

    def inward(self, fields):
        if fields["event"] == "connected" and not self.told:
            self.told = True
            return fields
        if fields["event"] == "start":
            self.sid = fields["streamSid"]
            return None
        return {**fields, "streamSid": STAND_IN} if "streamSid" in fields else fields

    async def receive(self):
        if self.told and not self.started:
            self.started = True
            return text_of(START)
        return await super().receive()

    started = False

    def outward(self, fields):
        return {**fields, "streamSid": self.sid}


class SameMarks(Meddler):
    """Every mark has one name."""

    def __init__(self, wire):
        super().__init__(wire)
        self.names = []

    def outward(self, fields):
        if fields["event"] == "mark":
            self.names.append(fields["mark"]["name"])
            fields["mark"]["name"] = "responsePart"
        return fields

    def inward(self, fields):
        if fields["event"] == "mark":
            fields["mark"]["name"] = self.names.pop(0)
        return fields


class LeavesWhenInterrupted(Meddler):
    leaving = False

    def outward(self, fields):
        self.leaving = self.leaving or fields["event"] == "clear"
        return fields

    async def receive(self):
        if self.leaving:
            raise trio.EndOfChannel("enough")
        return await super().receive()
