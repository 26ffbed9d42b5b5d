"""A gallery of bridges, each broken in one way. `GALLERY` says which laws each one breaks.

Most are our own bridge with somebody at one of its wires, who changes what passes.
"""

import base64
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import numpy as np
import trio
from judged import KNOBS, healthy

from twiliobridge.audio import Resampler, dbfs, level, silence, ulaw_decode, ulaw_encode
from twiliobridge.audio.samples import to_float, to_int16
from twiliobridge.call import run_call
from twiliobridge.conversation import Ending, Relay
from twiliobridge.conversation.mind import Phase
from twiliobridge.conversation.playout import Playout
from twiliobridge.validate.target import HttpAnswer
from twiliobridge.wires import memory_wires


def text_of(fields):
    return json.dumps(fields, separators=(",", ":"))


def decode(payload):
    try:
        return base64.b64decode(payload)
    except ValueError:
        return b""


def encode(audio):
    return base64.b64encode(audio).decode()


class Meddler:
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


# ---------------------------------------------------------------- C1


async def ill(path):
    return HttpAnswer(500 if path == "/health" else 200, "{}")


async def mute(path):
    return HttpAnswer(200, "open") if path == "/health" else HttpAnswer(404, "")


# ---------------------------------------------------------------- C2


class NeverDescribes(Meddler):
    def outward(self, fields):
        return None if fields["type"] == "session.update" else fields


class SpeaksPcm(Meddler):
    """Talks to the model in 24 kHz PCM, and resamples."""

    def __init__(self, wire):
        super().__init__(wire)
        self.up, self.down = Resampler(8000, 24000), Resampler(24000, 8000)

    def outward(self, fields):
        if fields["type"] == "session.update" and "audio" in fields["session"]:
            self._set(fields, {"type": "audio/pcm", "rate": 24000})
        elif fields["type"] == "input_audio_buffer.append":
            samples = self.up.feed(to_float(ulaw_decode(decode(fields["audio"]))))
            fields["audio"] = encode(to_int16(samples).astype("<i2").tobytes())
        return fields

    def inward(self, fields):
        if fields["type"] == "session.updated":
            self._set(fields, {"type": "audio/pcmu"})
        elif fields["type"] == "response.output_audio.delta":
            samples = np.frombuffer(decode(fields["delta"]), "<i2")
            fields["delta"] = encode(ulaw_encode(to_int16(self.down.feed(to_float(samples)))))
        return fields

    def _set(self, fields, form):
        for side in fields["session"]["audio"].values():
            side["format"] = form


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


# ---------------------------------------------------------------- C3


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


# ---------------------------------------------------------------- C4


class Deaf200(Meddler):
    """The first 200 ms of the call never reach the model."""

    dropped = 0

    def outward(self, fields):
        if fields["type"] == "input_audio_buffer.append" and self.dropped < 1600:
            self.dropped += len(decode(fields["audio"]))
            return None
        return fields


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


# ---------------------------------------------------------------- C5


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
            self.flushed = dict(self._pending)
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


# ---------------------------------------------------------------- C6


class AnswersNobody(Meddler):
    """Only the first response, the greeting, is played."""

    first = ""

    def inward(self, fields):
        if fields["type"] == "response.output_audio.delta":
            self.first = self.first or fields["response_id"]
            return fields if fields["response_id"] == self.first else None
        return fields


class LosesATurn(Meddler):
    """The caller's third utterance arrives as silence."""

    turn, quiet = 0, 50

    def inward(self, fields):
        if fields["event"] == "media":
            loud = dbfs(level(ulaw_decode(decode(fields["media"]["payload"])))) > -45
            self.turn += loud and self.quiet >= 50
            self.quiet = 0 if loud else self.quiet + 1
            if self.turn == 3:
                fields["media"]["payload"] = encode(silence(20))
        return fields


class Forgets(Meddler):
    """Deletes what the caller said as soon as it is answered."""

    def __init__(self, wire):
        super().__init__(wire)
        self.said = []

    def inward(self, fields):
        if fields["type"] == "conversation.item.added" and fields["item"].get("role") == "user":
            self.said.append(fields["item"]["id"])
        if fields["type"] == "response.done":
            for item in self.said:
                self.also({"type": "conversation.item.delete", "item_id": item})
            self.said.clear()
        return fields


class CutsTheGoodbye(Relay):
    def model_said(self, event, now):
        commands = super().model_said(event, now)
        if self.phase is Phase.CLOSING:
            return [*commands, *self._mind.hang_up(Ending.AGENT_HUNG_UP, "")]
        return commands


# ---------------------------------------------------------------- C7


class IgnoresKeys(Meddler):
    def inward(self, fields):
        return None if fields["event"] == "dtmf" else fields


class Dies(Meddler):
    dead = False

    async def receive(self):
        text = await super().receive()
        if self.dead:
            await self.wire.aclose(1011)
            raise trio.EndOfChannel("a traceback")
        return text


class DiesOfBadJson(Dies):
    def unreadable(self, text):
        self.dead = True
        return text


class DiesOfUnknownEvents(Dies):
    def inward(self, fields):
        self.dead = self.dead or fields["event"] == "weather"
        return fields


class DiesOfBadBase64(Dies):
    def inward(self, fields):
        self.dead = self.dead or "@" in str(fields.get("media", {}).get("payload"))
        return fields


class DeafAfterNonsense(Meddler):
    deaf = False

    def unreadable(self, text):
        self.deaf = True

    def inward(self, fields):
        if self.deaf and fields["event"] == "media":
            fields["media"]["payload"] = encode(silence(20))
        return fields


class Flood:
    """After an oversized message no call is answered any more."""

    def __init__(self):
        self.drowned = False

    def phone(self, wire):
        flood = self

        class Drowns(Meddler):
            def inward(self, fields):
                flood.drowned = flood.drowned or "noise" in fields
                return None if flood.drowned else fields

        return Drowns(wire)


# ---------------------------------------------------------------- C8


class IgnoresStop(Meddler):
    def inward(self, fields):
        return None if fields["event"] == "stop" else fields


class NoticesNoDrop(Meddler):
    async def receive(self):
        try:
            return await super().receive()
        except trio.BrokenResourceError:
            await trio.sleep(8)
            raise


class WaitsForLostModel(Meddler):
    async def receive(self):
        try:
            return await super().receive()
        except trio.BrokenResourceError:
            await trio.sleep(15)
            raise


def leaks_the_model(dial):
    """The session is left open when the call is over."""

    async def hold(task_status=trio.TASK_STATUS_IGNORED):
        async with dial() as wire:
            task_status.started(wire)
            await trio.sleep(600)

    @asynccontextmanager
    async def dialling():
        async with trio.open_nursery() as starting:
            opened = trio.Event()
            got = []

            async def held():
                async with dial() as wire:
                    got.append(wire)
                    opened.set()
                    await trio.sleep(600)

            trio.lowlevel.spawn_system_task(held)
            await opened.wait()
            starting.cancel_scope.cancel()
        yield got[0]

    return dialling


async def leaks_a_task(*arguments, **more):
    summary = await run_call(*arguments, **more)
    trio.lowlevel.spawn_system_task(trio.sleep_forever)
    return summary


# ---------------------------------------------------------------- the gallery


@dataclass(frozen=True)
class Broken:
    name: str
    parts: dict
    own: str
    "The law that it breaks."
    besides: frozenset = frozenset()
    "Laws that it cannot but break, too."
    only: tuple = ()
    "Checks that are of use; after others nothing would be left to be judged."


def broken(name, own, *besides, only=(), **parts):
    return Broken(name, parts, own, frozenset(besides), only)


def gallery():
    """New ones each time: some remember."""
    clock, flood = MediaClock(), Flood()
    return [
        broken("is ill", "C1.1", get=ill),
        broken("tells no status", "C1.2", get=mute),
        broken("refuses the handshake", "C1.3", only=("C1",), answers=False),
        broken("never describes the session", "C2.1", only=("C2",), dialled=meddled(NeverDescribes)),
        broken("speaks PCM to the model", "C2.2", dialled=meddled(SpeaksPcm)),
        broken("says beta names", "C2.3", dialled=meddled(SaysBetaNames)),
        broken("speaks before session.updated", "C2.4", dialled=meddled(SpeaksTooEarly)),
        broken("is silent when the key is refused", "C2.5", run=stays_silent_without_model),
        broken("leaves when it is interrupted", "C3.1", phone=LeavesWhenInterrupted),
        broken("sends binary frames", "C3.2", phone=SendsBinary),
        broken("adds keys", "C3.3", phone=AddsKeys),
        broken("names another stream", "C3.4", phone=WrongStreamSid),
        broken("sends a WAV header", "C3.5", "C4.2", phone=WavHeader),
        broken("speaks before start", "C3.6", phone=SpeaksBeforeStart),
        broken("gives all marks one name", "C3.7", phone=SameMarks),
        broken("drops the caller's first 200 ms", "C4.1", dialled=meddled(Deaf200)),
        broken("drops the agent's first 200 ms", "C4.2", dialled=meddled(Swallows200)),
        broken("sends PCM as mu-law", "C4.3", "C4.2", "C4.5", phone=PcmAsMulaw),
        broken("resamples wrongly", "C4.3", "C4.2", phone=WrongRate),
        broken("paces badly", "C4.4", "C4.2", phone=PacesBadly),
        broken("is too loud", "C4.5", "C4.2", phone=TooLoud),
        broken("greets late", "C5.1", dialled=dials_late),
        broken("sets no turn detection", "C5.2", "C5.3", "C6.1", "C7.5", dialled=meddled(NoTurnDetection)),
        broken("never sends clear", "C5.3", phone=NeverClears),
        broken("keeps talking after clear", "C5.4", phone=TalksOn),
        broken("truncates at what was sent", "C5.5", "C5.6", "C5.7", dialled=meddled(TruncatesAtSent)),
        broken("never truncates", "C5.5", "C5.6", "C5.7", dialled=meddled(NeverTruncates)),
        broken("truncates by media.timestamp", "C5.6", phone=clock.phone, dialled=clock.dialled),
        broken("counts cleared marks as played", "C5.7", relay=CreditsFlushedMarks),
        broken("opens two sessions for a call", "C5.8", "C5.9", dialled=dials_twice),
        broken("shares one session between calls", "C5.9", dialled=party_line),
        broken("answers nobody", "C6.1", dialled=meddled(AnswersNobody)),
        broken("loses a turn", "C6.1", phone=LosesATurn),
        broken("is slow", "C6.2", knobs=replace(KNOBS, latency=3.2)),
        broken("forgets", "C6.3", dialled=meddled(Forgets)),
        broken("cuts the goodbye", "C6.4", relay=CutsTheGoodbye),
        broken("ignores keys", "C7.1", phone=IgnoresKeys),
        broken("dies of bad JSON", "C7.2", phone=DiesOfBadJson),
        broken("dies of unknown events", "C7.3", phone=DiesOfUnknownEvents),
        broken("dies of bad base64", "C7.4", phone=DiesOfBadBase64),
        broken("is deaf after nonsense", "C7.5", phone=DeafAfterNonsense),
        broken("drowns in one message", "C7.6", phone=flood.phone),
        broken("leaks the model's socket", "C8.1", "C8.2", "C8.3", "C8.4", dialled=leaks_the_model),
        broken("leaks a task", "C8.1", "C8.2", "C8.3", "C8.4", run=leaks_a_task),
        broken("ignores stop", "C8.2", phone=IgnoresStop),
        broken("notices no dropped connection", "C8.3", phone=NoticesNoDrop),
        broken("waits in silence for a lost model", "C8.4", dialled=meddled(WaitsForLostModel)),
    ]


NAMES = [each.name for each in gallery()]
GOOD = {"get": healthy}
