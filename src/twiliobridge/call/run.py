"""One call: a phone, a model, the relay between them, and the nursery in which all of it lives and ends."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from time import time

import trio

from twiliobridge.call.summary import CallSummary, Watch, total
from twiliobridge.call.tools import ToolResources, open_tool_resources, tool_output
from twiliobridge.conversation.agent import Agent
from twiliobridge.conversation.commands import (
    Command,
    DialModel,
    HangUp,
    LeaveModel,
    Note,
    RunTool,
    ToModel,
    ToPhone,
)
from twiliobridge.conversation.ending import Ending
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.relay import Leg, Relay
from twiliobridge.mediastream import MediaStream
from twiliobridge.mediastream import RemoteProtocolError as PhoneFault
from twiliobridge.mediastream import Role as PhoneRole
from twiliobridge.realtime import Phase as SessionPhase
from twiliobridge.realtime import RealtimeConnection
from twiliobridge.realtime import RemoteProtocolError as ModelFault
from twiliobridge.realtime import Role as ModelRole
from twiliobridge.realtime.events import ServerEvent, SessionCreated, Unknown
from twiliobridge.wires import GRACE, Unreachable, Wire, WireFull

log = logging.getLogger(__name__)

COMPLETED_WITHIN = 5.0
"Seconds for `complete`, and for Twilio to end the stream then."

Complete = Callable[[str], Awaitable[bool]]
"Ends the call with this CallSid, if it can; whether it did. It raises nothing."

Dial = Callable[[], AbstractAsyncContextManager[Wire]]
"Opens a wire to the model and closes it; raises Unreachable."


async def run_call(  # noqa: PLR0913 -- most of them by name
    phone: Wire,
    dial: Dial,
    agent: Agent,
    limits: Limits = Limits(),  # noqa: B008 -- frozen
    watch: Watch | None = None,
    *,
    shutdown: trio.Event | None = None,
    relay: Callable[[Agent, Limits, float], Relay] = Relay,
    complete: Complete | None = None,
    tools: ToolResources | None = None,
) -> CallSummary:
    """Lets `agent` talk to whoever is on the phone, and returns when the call is over.

    Resource handling: closes the phone's wire, opens and closes the model's. The phone's close code is 1000
    even where the model failed: with <Connect>, any close hands the call back to its TwiML.
    `complete` is asked, with the CallSid, to end the call when the agent hangs up; if it cannot, and after
    every other ending, the phone's wire is simply closed.
    `tools` is what the tools of a server's calls share; a call without opens some of its own, and does not
    return before those of its tools that may outlive it are over.
    Error handling: whatever a peer or a tool does is an `ending`, not an exception.
    Cancellation: both wires are closed, every task is gone, and there is no summary. To end a call and have
    one, set `shutdown`.
    """
    began = trio.current_time()
    call = _Call(phone, dial, agent, watch, relay(agent, limits, began), complete)
    async with open_tool_resources() if tools is None else nullcontext(tools) as call.tools:
        hang_up = await call.run(trio.Event() if shutdown is None else shutdown)
    who = call.relay.call
    return CallSummary(
        call_sid=who.call_sid if who else "",
        stream_sid=who.stream_sid if who else "",
        ending=hang_up.ending,
        detail=hang_up.detail,
        duration=trio.current_time() - began,
        transcript=call.relay.transcript,
        phone=call.stream.statistics(),
        model=total(session.statistics() for session in call.sessions),
        sessions=call.relay.sessions,
    )


class _Call:
    """The parts of a running call. The relay decides; here it is carried out, in order, without waiting."""

    __slots__ = (
        "agent",
        "complete",
        "dial",
        "model",
        "model_scope",
        "now",
        "nursery",
        "phone",
        "relay",
        "session",
        "sessions",
        "stream",
        "timer",
        "tools",
        "watch",
    )

    def __init__(
        self,
        phone: Wire,
        dial: Dial,
        agent: Agent,
        watch: Watch | None,
        relay: Relay,
        complete: Complete | None,
    ) -> None:
        self.phone = phone
        self.stream = MediaStream(PhoneRole.SERVER)
        self.dial = dial
        self.model: Wire | None = None
        self.model_scope = trio.CancelScope()
        self.session = RealtimeConnection(ModelRole.CLIENT)
        self.sessions: list[RealtimeConnection] = []
        self.agent, self.watch, self.relay = agent, watch, relay
        self.complete = complete
        self.tools: ToolResources
        self.now = trio.lowlevel.current_clock().current_time
        self.timer = trio.CancelScope()

    async def run(self, shutdown: trio.Event) -> HangUp:
        async with trio.open_nursery() as self.nursery:
            self.nursery.start_soon(self.hear_phone)
            self.dial_model()
            self.nursery.start_soon(self.keep_time)
            self.nursery.start_soon(self.await_shutdown, shutdown)
        assert self.relay.over is not None
        return self.relay.over

    async def hear_phone(self) -> None:
        try:
            await self.phone.deliver(self.phone_said)
        except trio.EndOfChannel as end:
            self.obey(self.relay.phone_lost(Ending.CALLER_HUNG_UP, str(end), self.now()))
        except trio.BrokenResourceError as broken:
            self.obey(self.relay.phone_lost(Ending.PHONE_LOST, str(broken), self.now()))
        finally:
            with trio.move_on_after(COMPLETED_WITHIN, shield=True):
                await self.complete_call()
            with trio.move_on_after(2 * GRACE, shield=True):
                over = self.relay.over
                await self.phone.aclose(1000, over.ending.value if over else "")

    async def complete_call(self) -> None:
        """After the agent's goodbye the call itself ends, with `stop`, and not only its stream."""
        over = self.relay.over
        said_goodbye = over is not None and over.ending is Ending.AGENT_HUNG_UP
        if self.complete is None or not said_goodbye or not await self.complete(self.sid):
            return
        try:
            while True:
                await self.phone.receive()
        except (trio.EndOfChannel, trio.BrokenResourceError):
            return

    def dial_model(self) -> None:
        self.model_scope = trio.CancelScope()
        self.nursery.start_soon(self.hear_model, self.model_scope)

    async def hear_model(self, scope: trio.CancelScope) -> None:
        """One session with the model, from dialling to its end; the relay may have another dialled then.

        `scope` is cancelled where the relay has left the session. What becomes of its wire is no news then.
        """
        with scope:
            try:
                async with self.dial() as wire:
                    await self.hear_all(wire, scope)
            except Unreachable as failure:
                if scope.cancel_called:
                    return
                lost = partial(self.relay.model_lost, transient=failure.transient, pause=failure.retry_after)
                self.obey(lost(Ending.MODEL_UNREACHABLE, str(failure), self.now()))

    async def hear_all(self, wire: Wire, scope: trio.CancelScope) -> None:
        await trio.lowlevel.checkpoint_if_cancelled()
        self.model, self.session = wire, RealtimeConnection(ModelRole.CLIENT)
        self.sessions.append(self.session)
        try:
            await wire.deliver(self.model_said)
        except (trio.EndOfChannel, trio.BrokenResourceError) as gone:
            if not scope.cancel_called:
                self.model = None
                self.obey(self.relay.model_lost(Ending.MODEL_LOST, str(gone), self.now()))

    async def keep_time(self) -> None:
        while True:
            with trio.CancelScope() as self.timer:
                self.set_timer()
                await trio.sleep_forever()
            self.obey(self.relay.wake(self.now()))

    async def await_shutdown(self, shutdown: trio.Event) -> None:
        await shutdown.wait()
        self.obey(self.relay.shutdown(self.now()))

    async def run_tool(self, command: RunTool) -> None:
        tool, who = self.agent.tool(command.name), self.relay.call
        assert tool is not None  # the relay has answered for tools that do not exist
        assert who is not None
        output = await tool_output(tool, command.arguments, who, self.tools)
        self.obey(self.relay.tool_done(command.call_id, output, self.now()))

    def phone_said(self, message: str | bytes) -> None:
        now = self.now()
        try:
            event = self.stream.receive(message)
        except PhoneFault as fault:
            self.misheard("phone", fault, self.stream.statistics().faults)
            return
        if self.watch:
            self.watch("phone", "in", event, now)
        self.obey(self.relay.phone_said(event, now))

    def model_said(self, message: str | bytes) -> None:
        if self.model is None:
            return  # the session was left for what an earlier message of the same read had said
        now = self.now()
        try:
            event: ServerEvent | Unknown = self.session.receive(message)  # type: ignore[assignment]  # a server's
        except ModelFault as fault:
            self.misheard("model", fault, self.session.statistics().faults)
            return
        if self.watch:
            self.watch("model", "in", event, now)
        if type(event) is SessionCreated and event.session.expires_at:
            self.relay.session_expires(now + event.session.expires_at - time())
        self.obey(self.relay.model_said(event, now))

    def obey(self, commands: Sequence[Command]) -> None:
        for command in commands:
            if isinstance(command, ToModel):
                if self.model and self.session.phase is not SessionPhase.CLOSED:
                    self.tell("model", self.model, command.event, self.session.send(command.event))
            elif isinstance(command, ToPhone):
                self.tell("phone", self.phone, command.event, self.stream.send(command.event))
            elif isinstance(command, HangUp):
                self.nursery.cancel_scope.cancel()
            else:
                self.arrange(command)
        if self.relay.may_be_due_earlier:
            self.set_timer()

    def arrange(self, command: RunTool | LeaveModel | DialModel | Note) -> None:
        match command:
            case RunTool():
                self.nursery.start_soon(self.run_tool, command)
            case LeaveModel():
                self.model = None
                self.model_scope.cancel()
            case DialModel():
                self.dial_model()
            case Note():
                log.warning("%s %s", self.sid, command.text)

    def tell(self, leg: Leg, wire: Wire, event: object, text: str) -> None:
        if self.watch:
            self.watch(leg, "out", event, self.now())
        try:
            wire.send(text)
        except WireFull as full:
            self.obey(self.relay.stalled(leg, str(full), self.now()))
        except trio.BrokenResourceError:
            pass  # the task that hears this wire learns it too, and why
        except trio.ClosedResourceError:
            pass  # the call is being cancelled, and that task was first

    def misheard(self, leg: Leg, fault: Exception, faults: int) -> None:
        log.debug("%s the %s said something malformed: %s", self.sid, leg, fault)
        self.obey(self.relay.unreadable(leg, str(fault), faults, self.now()))

    def set_timer(self) -> None:
        """A timer is a scope's deadline, moved: only closer, because waking early is harmless, and moving it
        away with every message is not cheap.
        """
        deadline = self.relay.deadline()
        if deadline is not None and deadline < self.timer.deadline:
            self.timer.deadline = deadline

    @property
    def sid(self) -> str:
        return self.relay.call.call_sid if self.relay.call else "(no start yet)"
