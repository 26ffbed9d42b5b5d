"""Bridges that are wrong about sessions and interruptions."""

from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import trio
from meddler import Meddler, decode, meddled

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
    """Truncates by media.timestamp, as if that were the time of playing."""

    latest: int = 0
    first: dict = field(default_factory=dict)

    def phone(self, wire):
        clock = self

        class Listens(Meddler):
            def inward(self, fields):
                if fields["event"] == "media":
                    clock.latest = int(fields["media"]["timestamp"])
                if fields["event"] == "start":
                    clock.latest = 0
                return fields

        return Listens(wire)

    def dialled(self, dial):
        clock = self

        class Truncates(Meddler):
            def inward(self, fields):
                if fields["type"] == "response.output_audio.delta":
                    clock.first.setdefault(fields["item_id"], clock.latest)
                return fields

            def outward(self, fields):
                if fields["type"] == "conversation.item.truncate" and fields["item_id"] in clock.first:
                    fields["audio_end_ms"] = max(0, clock.latest - clock.first[fields["item_id"]])
                return fields

        return meddled(Truncates)(dial)


def dials_twice(dial):
    @asynccontextmanager
    async def dialling():
        async with dial() as wire, dial():
            yield wire

    return dialling


def party_line(dial):
    """Calls that are up at once share one session."""
    members, shared = [], {}

    async def pump(wire, shared):
        with suppress(trio.EndOfChannel, trio.BrokenResourceError):
            while True:
                text = await wire.receive()
                if not shared["up"].is_set():
                    shared["hello"] = text
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
    async def dialling():
        near, far = memory_wires()
        async with trio.open_nursery() as nursery:
            try:
                members.append(far)
                if len(members) > 1:
                    await shared["up"].wait()
                    far.send(shared["hello"])
                    nursery.start_soon(forward, far, shared["wire"])
                    yield near
                else:
                    shared["up"] = trio.Event()
                    async with dial() as shared["wire"]:
                        wire = shared["wire"]
                        nursery.start_soon(pump, wire, shared)
                        nursery.start_soon(forward, far, wire)
                        yield near
            finally:
                members.remove(far)
                nursery.cancel_scope.cancel()

    return dialling
