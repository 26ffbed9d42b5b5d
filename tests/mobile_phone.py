"""A phone for long calls, and what a relay holds on to in them."""

import base64
import gc
from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, ModuleType

import trio

from twiliobridge.conversation import Agent
from twiliobridge.conversation.transcript import Transcript
from twiliobridge.mediastream import Clear, Connected, Mark, Media, MediaStream, Play, Role, Start, Stop
from twiliobridge.mediastream.playback import MarkEcho, PlaybackBuffer, Played

START = Start(stream_sid="MZ" + "1" * 32, call_sid="CA" + "2" * 32, account_sid="AC" + "3" * 32)
STOP = Stop(account_sid=START.account_sid, call_sid=START.call_sid)
NOT_KEPT = (type, ModuleType, FunctionType, BuiltinFunctionType, Agent, Transcript)
GONE = (trio.EndOfChannel, trio.BrokenResourceError, trio.ClosedResourceError)


class MobilePhone:
    """A phone whose carrier sends nothing while nobody speaks, and 200 ms at a time when somebody does.

    A frame every 20 ms would take this test a minute. What is played is played as by Twilio.
    """

    def __init__(self, wire):
        self.wire, self.stream, self.buffer = wire, MediaStream(Role.TWILIO), PlaybackBuffer()
        self.news = trio.Event()
        self.heard = bytearray()
        "All that was played."

    def tell(self, event):
        self.wire.send(self.stream.send(event))

    async def run(self):
        self.began = trio.current_time()
        self.tell(Connected())
        self.tell(START)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.play)
            with suppress(*GONE):
                while True:
                    self.take(self.stream.receive(await self.wire.receive()), trio.current_time())
            nursery.cancel_scope.cancel()

    def take(self, event, now):
        match event:
            case Play():
                self.echo(self.buffer.play(base64.b64decode(event.payload), now))
            case Mark():
                self.echo(self.buffer.mark(event.name, now))
            case Clear():
                self.echo(self.buffer.clear(now))
        self.news.set()

    async def play(self):
        while True:
            self.news = trio.Event()
            with trio.move_on_at(self.buffer.deadline() or float("inf")):
                await self.news.wait()
            self.echo(self.buffer.advance(trio.current_time()))

    def echo(self, outcomes):
        for outcome in outcomes:
            match outcome:
                case MarkEcho():
                    self.tell(Mark(name=outcome.name))
                case Played():
                    self.heard += outcome.audio

    async def speak(self, audio):
        for start in range(0, len(audio), 1600):
            now_ms = round(1000 * (trio.current_time() - self.began))
            frame = base64.b64encode(audio[start : start + 1600]).decode()
            self.tell(Media(payload=frame, timestamp_ms=now_ms))
            await trio.sleep(0.2)


def kept(call):
    """How many objects the relay holds on to, apart from the transcript."""
    seen, found = set(), [call.relay._mind]
    while found:
        thing = found.pop()
        if id(thing) not in seen and not isinstance(thing, NOT_KEPT):
            seen.add(id(thing))
            found += gc.get_referents(thing)
    return len(seen)
