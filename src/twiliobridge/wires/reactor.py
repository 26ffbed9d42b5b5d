"""One wait for all sockets of a run, and a plain call for each that has something to read.

Trio wakes the task of a socket for every message: a system call that asks for readiness, a turn of its loop,
a step of the task. Here sockets stay registered with an epoll of ours, one task waits for that, and what has
come is read and answered by calls, one after the other. Whoever wants more than the next message takes it in
a task of its own.

Precedents: the reactor of Schmidt (1995), and every event loop since. Source: epoll(7), whose descriptor is
readable while one of its sockets is.
"""

import select
import socket
from collections.abc import Callable

import outcome
import trio

MOST_IN_A_TURN = 64
"Calls before other tasks have their turn: a few milliseconds, where each has a message to read."

HAS_EPOLL = hasattr(select, "epoll")
"Linux. Elsewhere Trio waits for each socket."

Step = Callable[[], bool]
"Reads, without waiting. False: it wants to be called no more."


async def watch(peer: socket.socket, step: Step) -> None:
    """Calls `step` whenever `peer` can be read, until it returns False; what it raises is raised here.

    It runs in another task of the same run, with the context variables of this one. Raises
    trio.ClosedResourceError on `notify_closing`, trio.BusyResourceError where another task watches `peer`.
    Cancelled, it is called no more.
    """
    if HAS_EPOLL:
        await _of_this_run().watch(peer.fileno(), step)
        return
    more = True
    while more:
        await trio.lowlevel.wait_readable(peer)
        await trio.lowlevel.checkpoint_if_cancelled()
        more = step()


def notify_closing(peer: socket.socket) -> None:
    """Tells every task that waits for `peer`, in whatever way, that it is being closed."""
    trio.lowlevel.notify_closing(peer)
    reactor = _REACTOR.get()
    if reactor is not None:
        reactor.let_go(peer.fileno(), outcome.Error(trio.ClosedResourceError("this end was closed")))


class _Reactor:
    """Lives as long as it has somebody to call."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._watched: dict[int, tuple[Step, trio.lowlevel.Task]] = {}
        self._life = trio.CancelScope()
        self._called: int | None = None
        "Whose step is running."
        self._cancelled: trio.lowlevel.RaiseCancelT | None = None
        "What that step has done to its own task."

    async def run(self) -> None:
        with self._epoll, self._life:
            while True:
                await trio.lowlevel.wait_readable(self._epoll.fileno())
                self._turn()

    async def watch(self, peer: int, step: Step) -> None:
        if peer in self._watched:
            raise trio.BusyResourceError("another task watches this socket")
        self._epoll.register(peer, select.EPOLLIN)
        self._watched[peer] = step, trio.lowlevel.current_task()

        def abort(raise_cancel: trio.lowlevel.RaiseCancelT) -> trio.lowlevel.Abort:
            if peer == self._called:  # which may still have something to raise
                self._cancelled = raise_cancel
                return trio.lowlevel.Abort.FAILED
            self._forget(peer)
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(abort)

    def let_go(self, peer: int, result: outcome.Outcome[None]) -> None:
        """Its task goes on; nothing if none watches it."""
        if peer in self._watched:
            _, task = self._watched[peer]
            self._forget(peer)
            trio.lowlevel.reschedule(task, result)

    def _turn(self) -> None:
        """What comes while others are served belongs to the same turn: to wait anew is dearer than to ask."""
        left = MOST_IN_A_TURN
        while left > 0 and (ready := self._epoll.poll(0, left)):
            left -= len(ready)
            for peer, _ in ready:
                if watched := self._watched.get(peer):  # unless one of those before it has ended its call
                    self._call(peer, watched[0], watched[1])

    def _call(self, peer: int, step: Step, task: trio.lowlevel.Task) -> None:
        self._called, self._cancelled = peer, None
        try:
            wants_more = task.context.run(step)
        except BaseException as error:  # noqa: BLE001 -- it is the task's
            self.let_go(peer, outcome.Error(error))
        else:
            if self._cancelled is not None:
                self.let_go(peer, outcome.capture(self._cancelled))
            elif not wants_more:
                self.let_go(peer, outcome.Value(None))
        finally:
            self._called = None

    def _forget(self, peer: int) -> None:
        del self._watched[peer]
        self._epoll.unregister(peer)
        if not self._watched:
            self._life.cancel()
            _REACTOR.set(None)


_REACTOR: trio.lowlevel.RunVar[_Reactor | None] = trio.lowlevel.RunVar("twiliobridge.reactor", None)


def _of_this_run() -> _Reactor:
    reactor = _REACTOR.get()
    if reactor is None:
        reactor = _Reactor()
        _REACTOR.set(reactor)
        trio.lowlevel.spawn_system_task(reactor.run)
    return reactor
