"""Bridges that lose sound, or change it."""

import numpy as np
from meddler import Meddler, decode, encode, meddled

from twiliobridge.audio import ulaw_decode, ulaw_encode


class Deaf200(Meddler):
    """The first 200 ms of the call never reach the model."""

    dropped = 0

    def outward(self, fields):
        if fields["type"] == "input_audio_buffer.append" and self.dropped < 1600:
            self.dropped += len(decode(fields["audio"]))
            return None
        return fields


class Deaf:
    """What the caller says before the session is up is not kept."""

    def __init__(self):
        self.up = False

    def phone(self, wire):
        deaf = self
        deaf.up = False

        class Drops(Meddler):
            def inward(self, fields):
                return None if fields["event"] == "media" and not deaf.up else fields

        return Drops(wire)

    def dialled(self, dial):
        deaf = self

        class Watches(Meddler):
            def inward(self, fields):
                deaf.up = deaf.up or fields["type"] == "session.updated"
                return fields

        return meddled(Watches)(dial)


class Swallows200(Meddler):
    """The first 200 ms of every item are not played."""

    def __init__(self, wire):
        super().__init__(wire)
        self.left = {}

    def inward(self, fields):
        if fields["type"] == "response.output_audio.delta":
            left = self.left.setdefault(fields["item_id"], 1600)
            audio = decode(fields["delta"])
            self.left[fields["item_id"]] = max(0, left - len(audio))
            if len(audio) <= left:
                return None
            fields["delta"] = encode(audio[left:])
        return fields


class Distorts(Meddler):
    def outward(self, fields):
        if fields["event"] == "media":
            fields["media"]["payload"] = encode(self.distorted(decode(fields["media"]["payload"])))
        return fields


class PcmAsMulaw(Distorts):
    def distorted(self, audio):
        return ulaw_decode(audio).astype("<i2").tobytes()


class WrongRate(Distorts):
    """Every sample twice: 8 kHz sent as if it were 16."""

    def distorted(self, audio):
        return bytes(np.repeat(np.frombuffer(audio, np.uint8), 2))


class TooLoud(Distorts):
    def distorted(self, audio):
        return ulaw_encode(np.clip(ulaw_decode(audio).astype(np.int32) * 12, -32768, 32767).astype(np.int16))


class PacesBadly(Meddler):
    """Sends the agent's audio frame by frame, a little slower than it is played."""

    def __init__(self, wire):
        super().__init__(wire)
        self.waiting, self.ticks = [], 0

    def outward(self, fields):
        if fields["event"] == "media":
            audio = decode(fields["media"]["payload"])
            for start in range(0, len(audio), 160):
                self.waiting.append({**fields, "media": {"payload": encode(audio[start : start + 160])}})
        elif fields["event"] == "mark":
            self.waiting.append(fields)
        else:
            marks = [each for each in self.waiting if each["event"] == "mark"]
            self.waiting = []
            for each in (*marks, fields):
                self.also(each)

    def inward(self, fields):
        if fields["event"] == "media":
            self.ticks += 1
            while self.waiting and self.waiting[0]["event"] == "mark":
                self.also(self.waiting.pop(0))
            if self.waiting and self.ticks % 8:
                self.also(self.waiting.pop(0))
        return fields
