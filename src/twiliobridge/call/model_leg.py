"""The model's side of a call: sessions one after another, each on a wire of its own, one in force at most."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Protocol

import trio

from twiliobridge.call.summary import total
from twiliobridge.conversation.ending import Ending
from twiliobridge.realtime import RealtimeConnection, Role, Statistics
from twiliobridge.wires import Unreachable, Wire

Dial = Callable[[], AbstractAsyncContextManager[Wire]]
"Opens a wire to the model and closes it; raises Unreachable."


class Listener(Protocol):
    """Is told what comes of the sessions. It must not wait."""

    def model_said(self, message: str | bytes) -> None:
        """In the session in force, for its `connection`. If `wire` is None, the session was left for what an
        earlier message of the same read had said.
        """

    def model_lost(self, ending: Ending, detail: str, *, transient: bool = True, pause: float = 0.0) -> None:
        """The wire is gone, or none could be opened. Another may fare better, after `pause` seconds."""


class ModelLeg:
    __slots__ = ("_connections", "_dial", "_listener", "_scope", "connection", "wire")

    def __init__(self, dial: Dial, listener: Listener) -> None:
        self._dial, self._listener = dial, listener
        self._scope = trio.CancelScope()
        self.wire: Wire | None = None
        "Of the session in force; None while there is nobody to talk to."
        self.connection = RealtimeConnection(Role.CLIENT)
        "Of the session in force, or of the last."
        self._connections: list[RealtimeConnection] = []

    def statistics(self) -> Statistics:
        """Of all sessions together."""
        return total(connection.statistics() for connection in self._connections)

    def open(self, nursery: trio.Nursery) -> None:
        """Dials a session, in a task of `nursery` that lasts as long as the session does.

        Cancellation: its wire is closed. The listener is not told.
        """
        self._scope = trio.CancelScope()
        nursery.start_soon(self._hear_one, self._scope)

    def leave(self) -> None:
        """Closes the session in force, or gives up dialling it. What becomes of its wire is no news then."""
        self.wire = None
        self._scope.cancel()

    async def _hear_one(self, scope: trio.CancelScope) -> None:
        """One session, from dialling to its end; the listener may have another opened then."""
        with scope:
            try:
                async with self._dial() as wire:
                    await self._hear_all(wire, scope)
            except Unreachable as failure:
                if not scope.cancel_called:
                    lost = partial(self._listener.model_lost, Ending.MODEL_UNREACHABLE, str(failure))
                    lost(transient=failure.transient, pause=failure.retry_after)

    async def _hear_all(self, wire: Wire, scope: trio.CancelScope) -> None:
        await trio.lowlevel.checkpoint_if_cancelled()
        self.wire, self.connection = wire, RealtimeConnection(Role.CLIENT)
        self._connections.append(self.connection)
        try:
            await wire.deliver(self._listener.model_said)
        except (trio.EndOfChannel, trio.BrokenResourceError) as gone:
            if not scope.cancel_called:
                self.wire = None
                self._listener.model_lost(Ending.MODEL_LOST, str(gone))
