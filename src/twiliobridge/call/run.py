"""One call: a phone, a model, the relay between them, and the nursery in which all of it lives and ends."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from time import time

import trio

from twiliobridge.call.model_leg import Dial, ModelLeg
from twiliobridge.call.summary import CallSummary, Watch
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
from twiliobridge.realtime import RemoteProtocolError as ModelFault
from twiliobridge.realtime.events import ServerEvent, SessionCreated, Unknown
from twiliobridge.wires import GRACE, Wire, WireFull

log = logging.getLogger(__name__)

COMPLETED_WITHIN = 5.0
"Seconds for `complete`, and for Twilio to end the stream then."

CLOSED = SessionPhase.CLOSED
"Looked up once: up to Python 3.11 an enum is slow to find a member, and each message asks for this."

Complete = Callable[[str], Awaitable[bool]]
"Ends the call with this CallSid, if it can; whether it did. It raises nothing."


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
    return CallSummary(
        call_sid=call.relay.call_sid,
        stream_sid=call.relay.stream_sid,
        ending=hang_up.ending,
        detail=hang_up.detail,
        duration=trio.current_time() - began,
        transcript=call.relay.transcript,
        phone=call.stream.statistics(),
        model=call.model.statistics(),
        sessions=call.relay.sessions,
    )


class _Call:
    """The parts of a running call. The relay decides; here it is carried out, in order, without waiting."""

    __slots__ = (
        "agent",
        "complete",
        "model",
        "now",
        "nursery",
        "phone",
        "relay",
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
        self.model = ModelLeg(dial, self)
        self.agent, self.watch, self.relay = agent, watch, relay
        self.complete = complete
        self.tools: ToolResources
        self.now = trio.lowlevel.current_clock().current_time
        self.timer = trio.CancelScope()

    async def run(self, shutdown: trio.Event) -> HangUp:
        async with trio.open_nursery() as self.nursery:
            self.nursery.start_soon(self.hear_phone)
            self.model.open(self.nursery)
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
        tool, call = self.agent.tool(command.name), self.relay.call_info(self.now())
        assert tool is not None  # the relay has answered for tools that do not exist
        output = await tool_output(tool, command.arguments, call, self.tools)
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
        model, now = self.model, self.now()
        if model.wire is None:
            return
        try:
            event: ServerEvent | Unknown = model.connection.receive(message)  # type: ignore[assignment]  # a server's
        except ModelFault as fault:
            self.misheard("model", fault, model.connection.statistics().faults)
            return
        if self.watch:
            self.watch("model", "in", event, now)
        if type(event) is SessionCreated and event.session.expires_at:
            self.relay.session_expires(now + event.session.expires_at - time())
        self.obey(self.relay.model_said(event, now))

    def model_lost(self, ending: Ending, detail: str, *, transient: bool = True, pause: float = 0.0) -> None:
        lost = self.relay.model_lost(ending, detail, self.now(), transient=transient, pause=pause)
        self.obey(lost)

    def obey(self, commands: Sequence[Command]) -> None:
        for command in commands:
            if isinstance(command, ToModel):
                model = self.model
                if model.wire is not None and model.connection.phase is not CLOSED:
                    self.tell("model", model.wire, command.event, model.connection.send(command.event))
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
                self.model.leave()
            case DialModel():
                self.model.open(self.nursery)
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
        return self.relay.call_sid or "(no start yet)"
