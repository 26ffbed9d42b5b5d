"""A wire with a third party: messages that neither end has said, and an end that neither has made."""

from collections import deque

import trio

from twiliobridge.wires import Wire


class Injection:
    """What one end of a wire receives beside what the other has sent."""

    def __init__(self) -> None:
        self._due: deque[str] = deque()
        self._broken = ""
        self._receiving = trio.CancelScope()

    def put(self, text: str) -> None:
        """The next message that is received is this one."""
        self._due.append(text)
        self._receiving.cancel()

    def cut(self, reason: str) -> None:
        """After what was put before, nothing is received any more."""
        self._broken = reason
        self._receiving.cancel()

    async def receive(self, wire: Wire) -> tuple[str | bytes, bool]:
        """The next message, and whether it was put here. Raises what `wire.receive` does, and
        BrokenResourceError where the wire was cut.
        """
        while not self._due:
            self.check_whole()
            with trio.CancelScope() as self._receiving:
                return await wire.receive(), False
        return self._due.popleft(), True

    def check_whole(self) -> None:
        """BrokenResourceError where the wire was cut."""
        if self._broken:
            raise trio.BrokenResourceError(self._broken)
