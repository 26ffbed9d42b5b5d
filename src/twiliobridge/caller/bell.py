"""Waiting for a condition without looking at it again and again."""

from collections.abc import Callable

import anyio
import anyio.lowlevel


class Bell:
    """Wakes all who wait, whenever something happened that may matter to them."""

    def __init__(self) -> None:
        self._rung = anyio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = anyio.Event()

    async def wait_until(self, due: Callable[[], float]) -> None:
        """Returns at `due()`, a time in seconds, which is asked anew at each ring; `inf` is not
        foreseeable.
        """
        await anyio.lowlevel.checkpoint()  # every wait can be cancelled, also one for what is already so
        while (at := due()) > anyio.current_time():
            with anyio.CancelScope(deadline=at):
                await self._rung.wait()
