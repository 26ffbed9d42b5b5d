"""The calls of one server: how many there are, whether more are taken, how they ended."""

import time
from collections import Counter
from collections.abc import Awaitable
from enum import Enum
from typing import Any

import trio

from twiliobridge.call import CallSummary
from twiliobridge.conversation import Ending

CUT_SHORT = "cut short"
"How a call is counted that has no summary: cancelled by a second signal, or stopped by a fault of ours."


class Phase(Enum):
    OPEN = "open"
    DRAINING = "draining"
    "No new calls; those that are up may finish."
    CLOSING = "closing"
    "Every call is being ended."


class Exchange:
    def __init__(self, most: int) -> None:
        """`most` calls at once."""
        self.phase = Phase.OPEN
        self.closing = trio.Event()
        "Set: every call ends, as Ending.SHUTDOWN."
        self.active = 0
        self._most = most
        self._endings: Counter[str] = Counter()
        self._idle = trio.Event()
        self._began = time.monotonic()

    @property
    def takes_calls(self) -> bool:
        return self.phase is Phase.OPEN and self.active < self._most

    async def carry(self, call: Awaitable[CallSummary]) -> CallSummary:
        """Counts a call from its beginning to its end, however it ends."""
        self.active += 1
        ending = CUT_SHORT
        try:
            summary = await call
            ending = summary.ending.value
            return summary
        finally:
            self.active -= 1
            self._endings[ending] += 1
            if not self.active:
                self._idle.set()

    async def drain(self, grace: float) -> None:
        """Takes no new calls; after `grace` seconds ends those that are left, and waits until they are over.

        Cancelled: calls that are up stay up; whoever cancels ends them.
        """
        self.phase = Phase.DRAINING
        with trio.move_on_after(grace):
            await self._wait_idle()
        self.phase = Phase.CLOSING
        self.closing.set()
        await self._wait_idle()

    async def _wait_idle(self) -> None:
        while self.active:
            self._idle = trio.Event()
            await self._idle.wait()

    def status(self) -> dict[str, Any]:
        return {
            "phase": self.phase.value,
            "uptime": round(time.monotonic() - self._began, 3),
            "active_calls": self.active,
            "calls_at_once": self._most,
            "endings": {ending: self._endings[ending] for ending in (*(e.value for e in Ending), CUT_SHORT)},
        }
