"""A caller and a model for tests of a call: the real protocols, a script of three lines each, no sound."""

import base64
from contextlib import asynccontextmanager, suppress

import trio

from twiliobridge.mediastream import Connected, Media, MediaStream, Phase, Play, Start, Stop
from twiliobridge.mediastream import Mark as PhoneMark
from twiliobridge.mediastream import Role as PhoneRole
from twiliobridge.realtime import RealtimeConnection, default_session, merged
from twiliobridge.realtime import Role as ModelRole
from twiliobridge.realtime.events import (
    CreateResponse,
    Item,
    OutputAudioDelta,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    Response,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    SessionUpdated,
    UpdateSession,
)
from twiliobridge.wires import memory_wires

START = Start(
    stream_sid="MZ" + "1" * 32,
    call_sid="CA" + "2" * 32,
    account_sid="AC" + "3" * 32,
    custom_parameters={"plan": "gold"},
)
STOP = Stop(account_sid=START.account_sid, call_sid=START.call_sid)
GONE = (trio.EndOfChannel, trio.BrokenResourceError, trio.ClosedResourceError)


def audio(ms):
    """Base64 of `ms` milliseconds of mu-law."""
    return base64.b64encode(b"\x55" * (8 * ms)).decode()


class Phone:
    """Twilio's end of a media stream over any wire. Marks come back at once, as if nothing took time."""

    def __init__(self, wire):
        self.wire = wire
        self.stream = MediaStream(PhoneRole.TWILIO)
        self.heard = []
        self.clock_ms = 0

    def say(self, event):
        with suppress(*GONE):
            self.wire.send(self.stream.send(event))

    def call(self, **more):
        self.say(Connected())
        self.say(START)

    def frame(self, ms=20):
        self.say(Media(payload=audio(ms), timestamp_ms=self.clock_ms))
        self.clock_ms += ms

    async def hear(self):
        """The next event; marks are echoed as they pass, until `say(STOP)`."""
        event = self.stream.receive(await self.wire.receive())
        self.heard.append(event)
        if isinstance(event, PhoneMark) and self.stream.phase is Phase.STREAMING:
            self.say(event)
        return event

    async def hear_speech(self):
        """Hears until a mark comes that closes some speech."""
        while not (isinstance(await self.hear(), PhoneMark) and any(map(is_speech, self.heard))):
            pass

    async def hear_the_end(self):
        with suppress(*GONE):
            while True:
                await self.hear()


def is_speech(event):
    return isinstance(event, Play)


class Model:
    """OpenAI's end over any wire: accepts the session, answers each `response.create` with 60 ms of speech,
    or, while `tool_calls` lasts, with the call of a tool.
    """

    def __init__(self, wire, tool_calls=(), speech_parts=3, part_ms=20):
        self.wire = wire
        self.speech_parts, self.part_ms = speech_parts, part_ms
        self.connection = RealtimeConnection(ModelRole.SERVER, seed="test")
        self.session = default_session("test", "sess_1", 0)
        self.tool_calls = list(tool_calls)
        self.heard = []
        self.responses = 0

    def say(self, *events):
        with suppress(*GONE):
            for event in events:
                self.wire.send(self.connection.send(event))

    async def run(self):
        self.say(SessionCreated(session=self.session))
        with suppress(*GONE):
            while True:
                self.answer(self.connection.receive(await self.wire.receive()))

    def answer(self, event):
        self.heard.append(event)
        match event:
            case UpdateSession(session=session):
                self.session = merged(self.session, session)
                self.say(SessionUpdated(session=self.session))
            case CreateResponse():
                self.respond()

    def respond(self):
        self.responses += 1
        name = f"resp_{self.responses}"
        self.say(ResponseCreated(response=Response(id=name, status="in_progress")))
        self.say(*(self.tool_call(name) if self.tool_calls else self.speech(name)))
        self.say(ResponseDone(response=Response(id=name, status="completed")))

    def speech(self, name):
        item = Item(id=f"item_{name}", type="message", role="assistant", status="in_progress")
        yield OutputItemAdded(response_id=name, item=item)
        for _ in range(self.speech_parts):
            yield OutputAudioDelta(response_id=name, item_id=item.id, delta=audio(self.part_ms))
        yield OutputAudioDone(response_id=name, item_id=item.id)

    def tool_call(self, name):
        tool, arguments = self.tool_calls.pop(0)
        item = Item(
            id=f"item_{name}",
            type="function_call",
            call_id=f"call_{name}",
            name=tool,
            arguments=arguments,
            status="completed",
        )
        yield OutputItemDone(response_id=name, item=item)


class Exchange:
    """Dials `Model`s over memory wires, and remembers each."""

    kind = Model

    def __init__(self, **model_options):
        self.options = model_options
        self.models = []
        self.open = 0
        self.refuses = None
        "Raised instead of opening a session."

    @asynccontextmanager
    async def dial(self):
        if self.refuses:
            raise self.refuses
        near, far = memory_wires(1 << 26)
        self.models.append(self.kind(far, **self.options))
        self.open += 1
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.models[-1].run)
                yield near
                await near.aclose()
        finally:
            with trio.CancelScope(shield=True):
                await near.aclose()
                await far.aclose()
            self.open -= 1

    @property
    def model(self):
        return self.models[-1]
