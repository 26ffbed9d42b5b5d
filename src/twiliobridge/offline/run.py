"""One session on one wire: the shell around `OfflineSession`."""

import logging
import math
from base64 import b64decode
from contextlib import closing, suppress
from functools import partial

import trio
from msgspec.structs import replace

from twiliobridge.offline.delay_line import DelayLine
from twiliobridge.offline.engines import EngineFailed
from twiliobridge.offline.jobs import Action, CallMcp, Close, Foreign, ListTools, McpOutcome, Recognise, Speak
from twiliobridge.offline.mcp.desk import McpDesk
from twiliobridge.offline.mcp.rpc import Tool
from twiliobridge.offline.model import OfflineModel
from twiliobridge.offline.session import OfflineSession
from twiliobridge.realtime.connection import RealtimeConnection
from twiliobridge.realtime.errors import RemoteProtocolError
from twiliobridge.realtime.events import (
    AppendAudio,
    ClientEvent,
    OutputAudioDelta,
    ServerEvent,
    SessionUpdated,
)
from twiliobridge.realtime.session import DEFAULT_MODEL, SessionUpdate
from twiliobridge.realtime.state import Role
from twiliobridge.wires.message_lines import MessageLines
from twiliobridge.wires.wire import Wire, WireFull

_log = logging.getLogger(__name__)

AUDIO = (AppendAudio, OutputAudioDelta)

SLICE = 16 * 1024
"Characters of base64 judged at a time, 1.5 s of mu-law: minutes of it at once would stall the others."

MOST_JOBS = 64
"Turns not yet recognised, or replies not yet spoken, that one session may be behind by."

CLIENT_LEFT = Close(1000, "the client has left")
CLIENT_STALLED = Close(1008, "the client does not read")
TOO_MUCH = Close(1008, "the client asks for more than can be done")


async def run_offline_session(
    wire: Wire, model: OfflineModel, name: str = DEFAULT_MODEL, update: SessionUpdate | None = None
) -> Close:
    """Talks until the client leaves or the session ends; returns how the wire, still open, is to be closed.

    `name` is the model's, as the client asked for it; `update` is what the session begins with beside its
    defaults. Cancelled, it leaves nothing running.
    """
    seed = model.next_seed()
    session = model.new_session(seed, name, trio.current_time(), update)
    with closing(session):
        async with trio.open_nursery() as nursery:
            shell = _Shell(wire, model, seed, session, nursery)
            for task in (shell.hear, shell.keep_time, shell.recognise, shell.speak):
                nursery.start_soon(task)
    return shell.ending


async def outwait(wire: Wire) -> None:
    """What follows on QUIET: nothing that the client says is answered, until it has left."""
    with suppress(trio.EndOfChannel, trio.BrokenResourceError):
        while True:
            await wire.receive()


class _Shell:
    def __init__(
        self,
        wire: Wire,
        model: OfflineModel,
        seed: str,
        session: OfflineSession,
        nursery: trio.Nursery,
    ) -> None:
        self.ending = CLIENT_LEFT
        self._wire = wire
        self._model = model
        self._scope = nursery.cancel_scope
        self._mcp = McpDesk(model.mcp, nursery, self._listed, self._called)
        self._strange = model.knobs.unknown
        self._connection = RealtimeConnection(Role.SERVER, seed)
        self._session = session
        self._line = DelayLine(model.knobs)
        self._alarm = trio.CancelScope()
        self._lines = MessageLines(_log, session.session_id) if _log.isEnabledFor(logging.DEBUG) else None
        self._turns, self._unheard = trio.open_memory_channel[Recognise](MOST_JOBS)
        self._replies, self._unspoken = trio.open_memory_channel[Speak](MOST_JOBS)

    async def hear(self) -> None:
        self._carry_out(self._session.open(trio.current_time()))
        try:
            while True:
                for event in self._read(await self._wire.receive()):
                    self._carry_out(self._session.client_said(event, trio.current_time()))
                    await trio.lowlevel.checkpoint()
        except (trio.EndOfChannel, trio.BrokenResourceError):
            self._end(CLIENT_LEFT)

    def _read(self, message: str | bytes) -> list[ClientEvent]:
        """What the client said, long audio in slices; nothing, but an answer, if it cannot be read."""
        try:
            event = self._connection.receive(message)
        except RemoteProtocolError as fault:
            self._carry_out(self._session.refuse(fault, trio.current_time()))
            return []
        assert isinstance(event, ClientEvent)  # a server's connection reads no other
        self._tell("in", event)
        return sliced(event) if isinstance(event, AppendAudio) else [event]

    async def keep_time(self) -> None:
        while True:
            with trio.CancelScope() as self._alarm:
                self._set_alarm()
                await trio.sleep_forever()
            self._carry_out(self._session.wake(trio.current_time()))

    def _set_alarm(self) -> None:
        due = (self._session.deadline(), self._line.deadline())
        self._alarm.deadline = min((moment for moment in due if moment is not None), default=math.inf)

    async def recognise(self) -> None:
        async for job in self._unheard:
            text = await self._model.recognise(job)
            self._carry_out(self._session.heard(job.item_id, text, trio.current_time()))

    async def speak(self) -> None:
        async for job in self._unspoken:
            try:
                await self._model.speak(job, partial(self._deliver, job))
            except EngineFailed as failure:
                _log.warning("%s", failure)
                self._carry_out(self._session.voice_failed(job.item_id, str(failure), trio.current_time()))
            else:
                self._carry_out(self._session.spoken(job.item_id, b"", trio.current_time(), last=True))

    def _deliver(self, job: Speak, piece: bytes) -> bool:
        """False once nobody waits for the rest of it."""
        self._carry_out(self._session.spoken(job.item_id, piece, trio.current_time(), last=False))
        return self._session.awaits(job.item_id)

    def _listed(self, item_id: str, tools: tuple[Tool, ...] | None) -> None:
        self._carry_out(self._session.listed(item_id, tools, trio.current_time()))

    def _called(self, item_id: str, outcome: McpOutcome) -> None:
        self._carry_out(self._session.called(item_id, outcome, trio.current_time()))

    def _carry_out(self, actions: list[Action]) -> None:
        try:
            now = trio.current_time()
            for action in actions:
                self._do(action, now)
            for message in self._line.due(now):
                self._say(message)
        except WireFull:
            self._end(CLIENT_STALLED)
        except trio.WouldBlock:
            self._end(TOO_MUCH)
        except trio.BrokenResourceError:
            self._end(CLIENT_LEFT)
        self._set_alarm()

    def _do(self, action: Action, now: float) -> None:
        """Work begins at once; what is said goes its way, in the order in which it was said."""
        match action:
            case ServerEvent():
                self._tell("out", action)
                held = self._model.knobs.session_updated_after if isinstance(action, SessionUpdated) else 0.0
                self._line.put(self._dressed(self._connection.send(action)), now, held)
            case Recognise():
                self._turns.send_nowait(action)
            case Speak():
                self._replies.send_nowait(action)
            case ListTools():
                self._mcp.ask(action)
            case CallMcp():
                self._mcp.call(action)
            case Foreign():
                text = f'{{"type":"{action.type}","event_id":"event_unknown","mood":"calm"}}'
                self._line.put(text, now)
            case Close():
                self._line.put(action, now)

    def _say(self, message: str | Close) -> None:
        if isinstance(message, Close):
            self._end(message)
        else:
            self._wire.send(message)

    def _dressed(self, text: str) -> str:
        """An event as it is, or with a field that no client knows."""
        return f'{text[:-1]},"offline_note":{{"weather":"fine"}}}}' if self._strange else text

    def _tell(self, way: str, event: object) -> None:
        if self._lines is not None:
            self._lines.tell(way, event, audio=isinstance(event, AUDIO), now=trio.current_time())

    def _end(self, ending: Close) -> None:
        if self._lines is not None:
            self._lines.tell_rest(trio.current_time())
        self._tell("ends:", ending)
        self.ending = ending
        self._scope.cancel()


def sliced(event: AppendAudio) -> list[ClientEvent]:
    """The same audio in appends of bounded length; what is no base64 stays whole, to be refused whole."""
    audio = event.audio
    if len(audio) <= SLICE:
        return [event]
    try:
        b64decode(audio, validate=True)
    except ValueError:
        return [event]
    return [replace(event, audio=audio[start : start + SLICE]) for start in range(0, len(audio), SLICE)]
