"""A gallery of bridges, each broken in one way. `GALLERY` says which laws each one breaks.

Most are our own bridge with somebody at one of its wires, who changes what passes.
"""

import base64
import json
from contextlib import asynccontextmanager

from twiliobridge.wires import Wire


def text_of(fields):
    return json.dumps(fields, separators=(",", ":"))


def decode(payload):
    try:
        return base64.b64decode(payload)
    except ValueError:
        return b""


def encode(audio):
    return base64.b64encode(audio).decode()


class Meddler(Wire):
    """A wire with somebody at it: `inward` and `outward` get the fields of each message, and return those
    that go on, or None.
    """

    def __init__(self, wire):
        self.wire = wire

    def inward(self, fields):
        return fields

    def outward(self, fields):
        return fields

    async def receive(self):
        while True:
            text = await self.wire.receive()
            try:
                fields = json.loads(text)
            except ValueError:
                fields = self.unreadable(text)
                if fields is not None:
                    return fields
                continue
            fields = self.inward(fields)
            if fields is not None:
                return text_of(fields)

    def unreadable(self, text):
        return text

    def send(self, text):
        fields = self.outward(json.loads(text))
        if fields is not None:
            self.wire.send(text_of(fields))

    def also(self, fields):
        self.wire.send(text_of(fields))

    async def aclose(self, code=1000, reason=""):
        await self.wire.aclose(code, reason)


def meddled(kind):
    """For `bridge(dialled=...)`: the same model, with somebody at the wire to it."""

    def worse(dial):
        @asynccontextmanager
        async def dialling():
            async with dial() as wire:
                yield kind(wire)

        return dialling

    return worse
