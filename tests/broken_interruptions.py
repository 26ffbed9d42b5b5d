"""Bridges that are wrong about sessions and interruptions."""

from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

import trio
from meddler import Meddler, decode

from twiliobridge.conversation import Relay
from twiliobridge.conversation.playout import Playout
from twiliobridge.wires import memory_wires


def dials_late(dial):
    @asynccontextmanager
    async def dialling():
        await trio.sleep(4.9)
        async with dial() as wire:
            yield wire

    return dialling


class NoTurnDetection(Meddler):
    def outward(self, fields):
        if fields["type"] == "session.update" and "audio" in fields["session"]:
            fields["session"]["audio"]["input"]["turn_detection"] = None
        return fields


class NeverClears(Meddler):
    def outward(self, fields):
        return None if fields["event"] == "clear" else fields


class TalksOn(Meddler):
    """After `clear`, what it had queued itself still goes out."""

    last = None

    def outward(self, fields):
        if fields["event"] == "media":
            self.last = fields
        if fields["event"] == "clear" and self.last:
            self.also(fields)
            return self.last
        return fields


class TruncatesAtSent(Meddler):
    def __init__(self, wire):
        super().__init__(wire)
        self.sent = {}

    def inward(self, fields):
        if fields["type"] == "response.output_audio.delta":
            item = fields["item_id"]
            self.sent[item] = self.sent.get(item, 0) + len(decode(fields["delta"])) // 8
        return fields

    def outward(self, fields):
        if fields["type"] == "conversation.item.truncate":
            fields["audio_end_ms"] = self.sent.get(fields["item_id"], 0)
        return fields


class TruncatesLate(Meddler):
    """By 200 ms: what a bridge has queued within itself counts as heard."""

    def outward(self, fields):
        if fields["type"] == "conversation.item.truncate":
            fields["audio_end_ms"] += 200
        return fields


class NeverTruncates(Meddler):
    def outward(self, fields):
        return None if fields["type"] == "conversation.item.truncate" else fields


class CreditsFlushedMarks(Relay):
    """Marks that `clear` sends back count as played, for whatever is said next."""

    class Credulous(Playout):  # noqa: D106 -- see above
        credit = 0.0

        def __init__(self):
            super().__init__()
            self.flushed = {}

        def interrupt(self, now):
            first = self._marks_made - len(self._pending) + 1
            self.flushed = {f"m{number}": position for number, position in enumerate(self._pending, first)}
            self.credit, unheard = 0.0, super().interrupt(now)
            return unheard

        def mark_returned(self, name, now):
            self.credit = max(self.credit, self.flushed.pop(name, 0.0))
            super().mark_returned(name, now)

        def position(self, now):
            return min(self._sent, super().position(now) + self.credit)

    def __init__(self, agent, limits, now):
        super().__init__(agent, limits, now)
        self._mind.playout = self.Credulous()


@dataclass
class MediaClock:
    """The latest media.timestamp of a call, and that at which each item began to be sent."""

    latest: int = 0
    first: dict = field(default_factory=dict)


CLOCK = ContextVar("CLOCK")
"Of the call whose task asks."


class ListensToTheClock(Meddler):
    def __init__(self, wire):
        super().__init__(wire)
        self.clock = MediaClock()
        CLOCK.set(self.clock)

    def inward(self, fields):
        if fields["event"] == "media":
            self.clock.latest = int(fields["media"]["timestamp"])
        return fields


class TruncatesByTheClock(Meddler):
    """As if media.timestamp were the time of playing."""

    def __init__(self, wire):
        super().__init__(wire)
        self.clock = CLOCK.get()

    def inward(self, fields):
        if fields["type"] == "response.output_audio.delta":
            self.clock.first.setdefault(fields["item_id"], self.clock.latest)
        return fields

    def outward(self, fields):
        if fields["type"] == "conversation.item.truncate" and fields["item_id"] in self.clock.first:
            fields["audio_end_ms"] = max(0, self.clock.latest - self.clock.first[fields["item_id"]])
        return fields


def dials_twice(dial):
    @asynccontextmanager
    async def dialling():
        async with dial() as wire, dial():
            yield wire

    return dialling


def party_line(dial):
    """Two calls that are up at once share one session; where there are more, each has its own."""
    up, shared = [], {}

    async def pump(wire, members):
        with suppress(trio.EndOfChannel, trio.BrokenResourceError):
            while True:
                text = await wire.receive()
                shared.setdefault("hello", text)
                shared["up"].set()
                for member in members:
                    member.send(text)
        for member in members:
            member.vanish()

    async def forward(far, wire):
        with suppress(trio.EndOfChannel, trio.BrokenResourceError, trio.ClosedResourceError):
            while True:
                wire.send(await far.receive())

    @asynccontextmanager
    async def hosting():
        near, far = memory_wires()
        shared.update(up=trio.Event(), members=[far])
        async with dial() as wire, trio.open_nursery() as nursery:
            shared["wire"] = wire
            nursery.start_soon(pump, wire, shared["members"])
            nursery.start_soon(forward, far, wire)
            yield near
            nursery.cancel_scope.cancel()

    @asynccontextmanager
    async def joining():
        near, far = memory_wires()
        await shared["up"].wait()
        far.send(shared["hello"])
        shared["members"].append(far)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(forward, far, shared["wire"])
            yield near
            nursery.cancel_scope.cancel()

    @asynccontextmanager
    async def dialling():
        mine = object()
        up.append(mine)
        try:
            await trio.sleep(0.1)
            alone = len(up) != 2
            async with dial() if alone else hosting() if up[0] is mine else joining() as wire:
                yield wire
        finally:
            up.remove(mine)

    return dialling
