"""One call played to an endpoint over its socket, and what came of it."""

import math
from dataclasses import dataclass, field

import msgspec
import trio
from websockets.frames import Close as CloseFrame
from websockets.frames import Frame, Opcode

from twiliobridge.audio import silence
from twiliobridge.caller import CallEnded, CallIdentity, HandshakeFailed, NotConnected
from twiliobridge.caller.websocket import WebSocket
from twiliobridge.fuzz.ear import Ear, Understood
from twiliobridge.fuzz.endpoint import Endpoint
from twiliobridge.fuzz.introduction import Introduction
from twiliobridge.fuzz.phone import Json
from twiliobridge.fuzz.scenario import (
    STREAM_SID,
    AnyStep,
    Close,
    Cut,
    Deaf,
    Deep,
    Drop,
    Flood,
    Giant,
    Listen,
    Message,
    Octets,
    Steps,
    Text,
)


@dataclass(frozen=True)
class Manners:
    """What a clean call showed of the endpoint, and how long to wait for the like of it. Times in seconds."""

    speech: int | None
    "Frames of speech after which it answers, 0 if it greets; None if it says nothing to whatever we tried."
    answer: float
    "From dialling to the first answer, the median; to the 101 if there is none."
    patience: float
    "How long an answer, or the end of a call, may take."
    quiet: float
    "After so long without a word nothing more is expected."
    vanishes: bool = False
    "Whether it ends clean calls, after `stop`, by closing the TCP connection without a goodbye."
    tidy: bool = True
    "Whether all that it says in clean calls is legal, and none of them ends in 1011."


@dataclass
class Trace:
    """What an endpoint did in one call. Times in seconds from dialling."""

    refused: str | None = None
    status: int | None = None
    "HTTP status, if the handshake was refused with one."
    opened: float = math.inf
    answered: float = math.inf
    answers: int = 0
    said: int = 0
    "Steps that were done before the call was over."
    faults: list[str] = field(default_factory=list)
    close_code: int | None = None
    ending: str = ""
    hung_up: bool = False
    "The endpoint ended the call, not we."
    unanswered: bool = False
    "It owed an answer and neither gave one nor ended the call."
    goodbye_unanswered: bool = False
    stopped: bool = False
    "`stop` had been said."


async def play(endpoint: Endpoint, steps: Steps, manners: Manners) -> Trace:
    """Plays the steps and says goodbye, if they have not ended the call. Never raises for what the endpoint
    does.
    """
    trace, identity = Trace(), CallIdentity()
    try:
        located = await endpoint.locate(identity)
        begin = trio.current_time()
        async with endpoint.dial(located) as socket:
            trace.opened = trio.current_time() - begin
            said = Introduction(identity, located.parameters)
            await _Performance(socket, manners, trace, begin, said).run(steps)
    except HandshakeFailed as error:
        trace.refused, trace.status = str(error), error.status
    except NotConnected as error:
        trace.refused = str(error)
    return trace


class _Performance:
    def __init__(
        self, socket: WebSocket, manners: Manners, trace: Trace, begin: float, said: Introduction
    ) -> None:
        self._socket, self._manners, self._trace, self._begin = socket, manners, trace, begin
        self._said = said
        self._ear, self._understood = Ear(), Understood()
        self._answered = trio.Event()
        self._deaf_until = -math.inf
        self._leaving = False
        self._script = trio.CancelScope()

    async def run(self, steps: Steps) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._socket.carry)
            nursery.start_soon(self._listen)
            with self._script:  # ends with the call
                for step in steps:
                    await self._perform(step)
                    self._trace.said += 1
                await self._settle()
                await self._say_goodbye(1000)
            nursery.cancel_scope.cancel()

    async def _listen(self) -> None:
        trace = self._trace
        try:
            while True:
                self._hear(await self._socket.receive())
                if self._deaf_until > trio.current_time():
                    await trio.sleep_until(self._deaf_until)
        except CallEnded as end:
            trace.close_code, trace.ending, trace.hung_up = end.close_code, str(end), not self._leaving
        self._script.cancel()

    def _hear(self, answer: str | bytes) -> None:
        trace = self._trace
        if not trace.answers:
            trace.answered = trio.current_time() - self._begin
        trace.answers += 1
        fault = self._ear.fault(answer)
        if fault is not None:
            trace.faults.append(fault.replace(self._said.identity.stream_sid, STREAM_SID))
        self._answered.set()

    async def _perform(self, step: AnyStep) -> None:
        match step:
            case Listen():
                await self._await_answer()
            case Deaf(ms=ms):
                self._deaf_until = trio.current_time() + ms / 1000
            case Drop():
                self._leaving = True
                await self._socket.abort()
            case Close(code=code):
                await self._say_goodbye(code)
            case Cut(json=json, size=size):
                self._socket.send_raw(_frame(self._said.by(msgspec.json.encode(json)))[:size])
                await self._carried()
                self._leaving = True
                await self._socket.abort()
            case _:
                await self._speak(step)

    async def _speak(self, step: AnyStep) -> None:
        match step:
            case Octets(data=data, binary=True):
                self._ear.told(data)
                self._socket.send_raw(_frame(data, Opcode.BINARY))
            case Flood(json=json, times=times):
                self._tell(json, times)
            case Message(json=json):
                self._tell(json)
            case _:
                self._say(_text(step))
        await self._carried()

    def _tell(self, message: Json, times: int = 1) -> None:
        told = self._said.introducing(message)
        self._understood.told(told)
        self._trace.stopped |= told.get("event") == "stop"
        for _ in range(times):
            self._say(msgspec.json.encode(told))

    def _say(self, data: bytes) -> None:
        mine = self._said.by(data)
        self._ear.told(mine)
        self._socket.send_raw(_frame(mine))

    async def _carried(self) -> None:
        with trio.move_on_after(self._manners.patience):
            await self._socket.wait_carried()

    @property
    def _owes_an_answer(self) -> bool:
        speech, heard = self._manners.speech, self._understood
        return speech is not None and heard.streaming and heard.speech >= speech

    async def _settle(self) -> None:
        if self._owes_an_answer:
            await self._await_answer()
        await trio.sleep(max(self._manners.quiet, self._deaf_until - trio.current_time()))

    async def _await_answer(self) -> None:
        """If none is owed, there is nothing to wait for but what is being said."""
        if not self._owes_an_answer:
            await trio.sleep(self._manners.quiet)
        elif not self._trace.answers:
            with trio.move_on_after(self._manners.patience):
                await self._answered.wait()
            self._trace.unanswered = not self._trace.answers

    async def _say_goodbye(self, code: int) -> None:
        """The listening task ends the script when the goodbye is answered."""
        self._leaving = True
        self._socket.send_raw(_frame(CloseFrame(code, "").serialize(), Opcode.CLOSE))
        await trio.sleep(self._manners.patience)
        self._trace.goodbye_unanswered = True
        self._script.cancel()


def _frame(data: bytes, opcode: Opcode = Opcode.TEXT) -> bytes:
    return Frame(opcode, data).serialize(mask=True)


def _text(step: AnyStep) -> bytes:
    match step:
        case Text(text=text):
            return text.encode("utf-8", "surrogatepass")
        case Octets(data=data):
            return data
        case Giant(size=size):
            return _media(msgspec.json.encode(silence(size / 8)[:size]))
        case Deep(depth=depth):
            return _media(b"[" * depth + b"]" * depth)
        case _:
            raise TypeError(f"{step} says nothing")


def _media(payload: bytes) -> bytes:
    """A media message with this JSON as its payload."""
    head = b'{"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"2","timestamp":"175",'
    return head + b'"payload":%b},"streamSid":"%b"}' % (payload, STREAM_SID.encode())
