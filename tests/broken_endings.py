"""Bridges that leave something behind, or wait for what will not come."""

from contextlib import asynccontextmanager
from dataclasses import replace

import trio
from meddler import Meddler

from twiliobridge.call import run_call
from twiliobridge.conversation import Relay
from twiliobridge.realtime.events import Error
from twiliobridge.wires import Unreachable


class Vanishes(Meddler):
    """Never says that a stream is over."""

    async def aclose(self, code=1000, reason=""):
        self.wire.vanish()


class Dies:
    """A program that ends where the caller hangs up while the model is dialled: nobody has caught that."""

    def __init__(self):
        self.alive = True

    def dialled(self, dial):
        @asynccontextmanager
        async def dialling():
            up = False
            try:
                async with dial() as wire:
                    up = True
                    yield wire
            except trio.Cancelled:
                self.alive = self.alive and up
                raise

        return dialling


class WaitsForLostModel(Relay):
    """Does not notice that the model is gone, nor that it gives no sign of life."""

    def __init__(self, agent, limits, now):
        patient = replace(limits, dead_air=1000, sign_of_life_after=1000, model_silence=1000)
        super().__init__(agent, patient, now)

    def model_lost(self, ending, detail, now, **more):
        return ()


class WaitsForTheNextHour(Relay):
    """Takes session_expired for an error among others, and waits for what the model says next."""

    expired = False

    def __init__(self, agent, limits, now):
        patient = replace(limits, dead_air=1000, sign_of_life_after=1000, model_silence=1000)
        super().__init__(agent, patient, now)

    def model_said(self, event, now):
        if isinstance(event, Error) and event.error.code == "session_expired":
            self.expired = True
            return ()
        return super().model_said(event, now)

    def model_lost(self, ending, detail, now, **more):
        return () if self.expired else super().model_lost(ending, detail, now, **more)


class Held:
    """A session in a task of its own, which outlives whoever has dialled it until `leave` is set."""

    def __init__(self, dial):
        self.dial, self.opened, self.leave = dial, trio.Event(), trio.Event()
        self.wire, self.failure = None, None
        trio.lowlevel.spawn_system_task(self.hold)

    async def hold(self):
        try:
            async with self.dial() as self.wire:
                self.opened.set()
                await self.leave.wait()
        except Unreachable as failure:
            self.failure = failure
            self.opened.set()

    async def answered(self):
        await self.opened.wait()
        if self.failure:
            raise self.failure
        return self.wire


def leaks_the_model(dial):
    """The session is left open when the call is over."""

    @asynccontextmanager
    async def dialling():
        yield await Held(dial).answered()

    return dialling


def leaks_while_dialling(dial):
    """A call that ends does not end the dialling, and nobody closes what comes of it."""

    @asynccontextmanager
    async def dialling():
        held = Held(dial)
        wire = await held.answered()
        try:
            yield wire
        finally:
            held.leave.set()

    return dialling


class Listening(Meddler):
    """Knows when the model said something last."""

    lost = False

    def __init__(self, wire):
        super().__init__(wire)
        self.latest = trio.current_time()

    async def receive(self):
        try:
            text = await super().receive()
        except (trio.EndOfChannel, trio.BrokenResourceError):
            self.lost = True
            raise
        self.latest = trio.current_time()
        return text


def leaks_when_quiet(dial):
    """Only the next message of the model's shows that the call is over."""

    @asynccontextmanager
    async def dialling():
        held, wire = Held(dial), None
        try:
            wire = Listening(await held.answered())
            yield wire
        finally:
            if wire is None or wire.lost or trio.current_time() - wire.latest < 1:
                held.leave.set()

    return dialling


async def leaks_a_task(*arguments, **more):
    summary = await run_call(*arguments, **more)
    trio.lowlevel.spawn_system_task(trio.sleep_forever)
    return summary
