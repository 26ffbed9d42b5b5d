"""Bridges that do lawfully what ours does not do."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
from broken_messages import SpeaksPcm
from meddler import Meddler, decode, encode

from twiliobridge.agents import banking_agent
from twiliobridge.audio import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode


class SpeaksAlaw(SpeaksPcm):
    """Talks to the model in A-law, and encodes anew."""

    form: ClassVar = {"type": "audio/pcma"}

    def to_model(self, audio):
        return alaw_encode(ulaw_decode(audio))

    def to_phone(self, audio):
        return ulaw_encode(alaw_decode(audio))


class ResamplesRoughly(SpeaksPcm):
    """Each sample three times, and the mean of three: what is written where there is no resampler."""

    def to_model(self, audio):
        return np.repeat(ulaw_decode(audio), 3).astype("<i2").tobytes()

    def to_phone(self, audio):
        self.rest = np.concatenate([getattr(self, "rest", np.zeros(0)), np.frombuffer(audio, "<i2")])
        whole = len(self.rest) // 3 * 3
        samples, self.rest = self.rest[:whole].reshape(-1, 3).mean(axis=1), self.rest[whole:]
        return ulaw_encode(samples.astype(np.int16))


class TurnsDown(Meddler):
    """Passes mu-law on, at a third of its volume: no byte is what it was."""

    def inward(self, fields):
        if fields["type"] == "response.output_audio.delta":
            samples = ulaw_decode(decode(fields["delta"])).astype(np.int32) // 3
            fields["delta"] = encode(ulaw_encode(samples.astype(np.int16)))
        return fields


def quiet_agent():
    """Waits for the caller to speak."""
    return replace(banking_agent(), greeting=None)
