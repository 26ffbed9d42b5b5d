"""Bridges that lose turns, keys, their nerve, or what they opened."""

import trio
from meddler import Meddler, decode, encode

from twiliobridge.audio import dbfs, level, silence, ulaw_decode
from twiliobridge.conversation import Ending, Relay
from twiliobridge.conversation.phase import Phase


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
            return [*commands, *self._mind.end(Ending.AGENT_HUNG_UP, "", now)]
        return commands


class IgnoresKeys(Meddler):
    def inward(self, fields):
        return None if fields["event"] == "dtmf" else fields


class Dies(Meddler):
    dead = False
    lingers = 0.0

    async def receive(self):
        text = await super().receive()
        if self.dead:
            await trio.sleep(self.lingers)
            await self.wire.aclose(1011)
            raise trio.EndOfChannel("a traceback")
        return text


class DiesOfBadJson(Dies):
    def unreadable(self, text):
        self.dead = True
        return text


class DiesOfBadJsonAtLast(DiesOfBadJson):
    """Its session with the model is closed first, and the model is far away."""

    lingers = 1.0


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
