"""A whole call in one process and in virtual time: mock phone, bridge and offline model over memory wires.

Everybody speaks in numbers: every four bytes say whose they are and where they belong, so of whatever was
heard one can tell which reply it is of. `call_laws` reads the evidence.
"""

from contextlib import asynccontextmanager
from math import inf

import trio
from call_laws import check_laws
from numbered_speech import Ears, LoudGate, Orator, Voice, speech

from twiliobridge.call import run_call
from twiliobridge.caller import LineConditions, MockTwilioClient, over_wire
from twiliobridge.conversation import Agent, Limits, Relay
from twiliobridge.offline.engines import Engines
from twiliobridge.offline.jobs import QUIET, Close
from twiliobridge.offline.knobs import Knobs
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.run import outwait, run_offline_session
from twiliobridge.offline.server import admission
from twiliobridge.wires import Wire, memory_wires

AGENT = Agent(instructions="Be brief.", greeting="Hello.")
USUAL, BOUNDS, GOOD_LINE = Knobs(), Limits(), LineConditions()
BACKLOG = 1 << 20
GREETING = 1
"The number of the speech with which most scripts begin."

LONGEST = 300.0
"Virtual seconds that a test may take; no call of theirs needs so many."


# ---------------------------------------------------------------- speech and who understands it


ENGINES = Engines(voice=Voice(), recogniser=Ears(), gate=LoudGate, at_once=True)


def orator(*replies, knobs=USUAL, engines=ENGINES):
    """A model of which each session says these replies, one after the other."""
    return OfflineModel(engines, lambda: Orator(*replies), knobs)


def orator_of_a_call(*replies, knobs=USUAL):
    """What one session has said, the next does not say again: they are of one call."""
    brain = Orator(*replies)
    return OfflineModel(ENGINES, lambda: brain, knobs)


# ---------------------------------------------------------------- wires that remember


def nothing(text):
    return False


def everything(text):
    return True


class End(Wire):
    """One end of a memory wire: remembers what it said and when, and hears everything `lag` seconds late."""

    def __init__(self, name, wire, log, lag):
        self.name, self.wire, self.lag, self._log = name, wire, lag, log
        self.sent, self.taken = [], []
        self.lost = nothing
        "Tells of a message whether it gets lost on its way out."
        self.left_at = inf
        "When it was closed, in seconds."
        self._readable = trio.Event()
        self.read_on()
        self._held = None

    def send(self, text):
        if self.lost(text):
            return
        self.wire.send(text)
        self.sent.append((trio.current_time(), text))
        self._log.append((self.name, text))

    async def receive(self):
        if not self._readable.is_set():
            await self._readable.wait()
        if self._held is None:
            self._held = await self.wire.receive()
        if self.lag:
            await trio.sleep_until(self.peer.sent[len(self.taken)][0] + self.lag)
        self.taken.append((trio.current_time(), self._held))
        text, self._held = self._held, None
        return text

    def stop_reading(self):
        if self._readable.is_set():  # or else whoever waits would wait for ever
            self._readable = trio.Event()

    def read_on(self):
        self._readable.set()

    async def aclose(self, code=1000, reason=""):
        """Needs a moment, as a socket does; without one it breaks off."""
        try:
            await trio.lowlevel.checkpoint()
        except trio.Cancelled:
            self.vanish()
            raise
        self.left_at = min(self.left_at, trio.current_time())
        await self.wire.aclose(code, reason)

    def vanish(self):
        self.left_at = min(self.left_at, trio.current_time())
        self.wire.vanish()

    @property
    def left(self):
        return self.wire._farewell is not None


def ends(near_name, far_name, log, lag=0.0, backlog=BACKLOG):
    wires = memory_wires(backlog)
    near, far = (End(name, wire, log, lag) for name, wire in zip((near_name, far_name), wires, strict=True))
    near.peer, far.peer = far, near
    return near, far


# ---------------------------------------------------------------- the call


class Session:
    """One session with the model, and both ends of its wire."""

    def __init__(self, log, lag):
        self.to_model, self.model = ends("to model", "model", log, lag)
        self.scope, self.farewell = trio.CancelScope(), Close(1000)

    async def serve(self, offline):
        """As the offline server does: a session, and its close code on the wire."""
        try:
            with self.scope:
                self.farewell = await run_offline_session(self.model, offline)
            if self.farewell.code == QUIET:
                await outwait(self.model)
            if self.farewell.code == 1006:
                self.model.vanish()
            else:
                await self.model.aclose(self.farewell.code, self.farewell.reason)
        finally:
            with trio.CancelScope(shield=True):
                await self.model.aclose()

    def end(self, code, reason):
        self.farewell = Close(code, reason)
        self.scope.cancel()

    @property
    def left(self):
        return self.to_model.left and self.model.left

    def knows(self, item_id):
        """Whether the model has spoken of this item."""
        return any(item_id in text for _, text in self.model.sent)


class Call:
    def __init__(self, model, lag, backlog, conditions=GOOD_LINE):
        self.log, self.notes, self.watched = [], [], []
        self.lag = lag
        self._news = trio.Event()
        self.phone, self.bridge = ends("phone", "to phone", self.log, lag, backlog)
        self.offline = model
        self.sessions = [Session(self.log, lag)]
        self.dials = 0
        self.refuses = None
        "Raised instead of opening a session."
        self.client = MockTwilioClient(
            "wss://in.process/twilio-agent",
            connect=over_wire(self.phone),
            conditions=conditions,
            observe=lambda now, note: self.notes.append((now, note)),
        )
        self.summary, self.over, self.over_at = None, trio.Event(), None

    @property
    def line(self):
        return self.client.line

    async def run(self, dial, agent, limits, shutdown=None, tools=None):
        self.summary = await run_call(
            self.bridge,
            dial or self.dial,
            agent,
            limits,
            watch=self.watch,
            relay=self.make_relay,
            shutdown=shutdown,
            tools=tools,
        )
        self.over_at = trio.current_time()
        self.over.set()

    def watch(self, leg, way, event, now):
        self.watched.append((leg, way, event, now))
        self._news.set()
        self._news = trio.Event()

    def make_relay(self, agent, limits, now):
        self.relay = Relay(agent, limits, now)
        return self.relay

    @asynccontextmanager
    async def dial(self):
        if self.refuses:
            raise self.refuses
        await admission(self.offline)
        self.dials += 1
        if self.dials > 1:
            self.sessions.append(Session(self.log, self.lag))
        session = self.sessions[-1]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(session.serve, self.offline)
            try:
                yield session.to_model
            finally:
                with trio.CancelScope(shield=True):
                    await session.to_model.aclose()

    @property
    def to_model(self):
        """The bridge's end of the session that was dialled last."""
        return self.sessions[-1].to_model

    @property
    def model(self):
        return self.sessions[-1].model

    @property
    def farewell(self):
        return self.sessions[-1].farewell

    def end_session(self, code, reason=""):
        """The model closes, whatever it was about to say."""
        self.sessions[-1].end(code, reason)

    def events(self, kind, leg=None, way=None):
        """What the bridge dealt with: (moment, event)."""
        return [
            (now, event)
            for at, direction, event, now in self.watched
            if isinstance(event, kind) and leg in {None, at} and way in {None, direction}
        ]

    async def wait_for(self, kind, test=lambda event: True):  # noqa: ARG005
        """The first such event that the bridge deals with, from the beginning of the call."""
        while not (found := [event for _, event in self.events(kind) if test(event)]):
            await self._news.wait()
        return found[0]

    async def turn(self, number, ms=400):
        """Says something, and returns what was heard in answer."""
        await self.line.say_all(speech(number, ms))
        return await self.client.wait_for_ai_response(30)


@asynccontextmanager
async def open_call(  # noqa: PLR0913 -- by name
    *replies,
    model=None,
    knobs=USUAL,
    agent=AGENT,
    limits=BOUNDS,
    lag=0.0,
    backlog=BACKLOG,
    dial=None,
    errors=(),
    tools=None,
):
    """A call in progress, with its stream started. `errors`: the codes of those that the model may report.

    When the block ends the caller hangs up, if nobody has; then every law must hold.
    """
    call = Call(model or orator_of_a_call(*replies, knobs=knobs), lag, backlog)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(call.run, dial, agent, limits, None, tools)
        async with call.client:
            await call.client.initiate_call_flow()
            with trio.fail_after(LONGEST):
                yield call
        with trio.fail_after(60):
            await call.over.wait()
    check_laws(call, errors)
