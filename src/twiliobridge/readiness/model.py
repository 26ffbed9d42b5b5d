"""The model, tried as a call would: dialled, described to, and asked for the greeting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import trio

from twiliobridge.call import Dial
from twiliobridge.conversation import Agent, Limits
from twiliobridge.readiness.probe import Probe
from twiliobridge.readiness.row import Fault, Row, ok, skipped, warning
from twiliobridge.realtime import RealtimeConnection, RemoteProtocolError, Role
from twiliobridge.realtime.events import ClientEvent, ServerEvent, Unknown
from twiliobridge.wires import Unreachable, WireFull

SESSION = 10.0
"Seconds to a session, at the most; a call's own bound may be shorter."
SOUND = 10.0
"From the request for the greeting to its first sound."
WHOLE = 15.0
"To its end. A greeting that is still being generated then is long, and well."
SLOW = 2.0
"Seconds to the first word of a greeting from which on callers begin to say hello themselves: a guess."

GREETING, MODEL = "greeting", "model"
NO_SESSION = "there is no session to say it"


@dataclass(frozen=True)
class Bounds:
    """Seconds, of a call's own limits those that are shorter than ours."""

    session: float
    sound: float

    @classmethod
    def of(cls, limits: Limits) -> "Bounds":
        return cls(min(SESSION, limits.model_ready_within), min(SOUND, limits.dead_air))

    def of_stage(self, probe: Probe) -> float:
        if probe.asked_at is None:
            return self.session
        return self.sound if probe.sound_at is None else WHOLE


async def model_fault(dial: Dial, agent: Agent, limits: Limits) -> Fault | None:
    """Why a call would get no session now; None: it would. No response is asked for.

    Cancelled, the session is closed.
    """
    probe = Probe(agent, limits, trio.current_time())
    await try_model(dial, probe, Bounds.of(limits), greet=False)
    return probe.fault


async def try_model(
    dial: Dial, probe: Probe, bounds: Bounds, on_ready: Callable[[], object] = bool, *, greet: bool
) -> None:
    """Until `probe` is over; without `greet`, until its session stands. `on_ready` is called when that does.

    Cancelled, the session is closed.
    """
    try:
        with trio.move_on_after(bounds.session) as scope:
            await _converse(dial, probe, bounds, scope, on_ready if greet else None)
        if scope.cancelled_caught:
            probe.too_late(bounds.of_stage(probe))
    except Unreachable as failure:
        probe.unreachable(failure)


async def _converse(
    dial: Dial,
    probe: Probe,
    bounds: Bounds,
    scope: trio.CancelScope,
    on_ready: Callable[[], object] | None,
) -> None:
    """With None, no longer than until the session stands."""
    session = RealtimeConnection(Role.CLIENT)
    async with dial() as wire:
        try:
            while not probe.over:
                answers = _heard(session, probe, await wire.receive())
                if probe.ready_at is not None:
                    if on_ready is None:
                        return
                    on_ready()
                for answer in answers:
                    wire.send(session.send(answer))
                if probe.asked_at is not None:  # a timer is a scope's deadline, moved
                    scope.deadline = probe.asked_at + bounds.of_stage(probe)
        except (trio.EndOfChannel, trio.BrokenResourceError, WireFull) as gone:
            probe.lost(str(gone))


def _heard(session: RealtimeConnection, probe: Probe, message: str | bytes) -> Sequence[ClientEvent]:
    try:
        event: ServerEvent | Unknown = session.receive(message)  # type: ignore[assignment]  # a server's
    except RemoteProtocolError as fault:
        probe.malformed(str(fault))
        return ()
    return probe.said(event, trio.current_time())


# ---------------------------------------------------------------- the rows


def session_row(probe: Probe, where: str) -> Row:
    if probe.ready_at is None:
        assert probe.fault is not None  # it has ended without a session
        return probe.fault.row(MODEL)
    return ok(MODEL, f"{probe.model} ({where}), a session in {probe.ready_at - probe.began:.1f} s")


def greeting_row(probe: Probe) -> Row:
    if probe.ready_at is None:
        return skipped(GREETING, NO_SESSION)
    if probe.sound_at is None or (probe.fault is not None and not _merely_long(probe)):
        assert probe.fault is not None  # it has ended without a greeting
        return probe.fault.row(GREETING)
    return _spoken(probe)


def _merely_long(probe: Probe) -> bool:
    return probe.sound_ms >= 1000 * WHOLE


def _spoken(probe: Probe) -> Row:
    assert probe.asked_at is not None
    assert probe.sound_at is not None
    latency = probe.sound_at - probe.asked_at
    told = f"heard after {latency:.1f} s, {probe.sound_ms / 1000:.1f} s long"
    if words := " ".join(probe.words.split()):
        told += f': "{words}"'
    if not probe.greets:
        told += " (the agent has no greeting; this was asked for to hear it)"
    if latency > SLOW:
        mend = "take a quicker `model`, a lower `reasoning_effort`, or a server that is nearer to the service"
        return warning(GREETING, told, mend)
    return ok(GREETING, told)
