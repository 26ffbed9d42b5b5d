"""Lines that somebody types."""

import os
import sys
from threading import Thread
from typing import Protocol

from twiliobridge.wires.handoff import Handoff

_WAITING_LINES = 100


class Keyboard(Protocol):
    """Whom an interactive conversation talks to."""

    def tell(self, text: str) -> None:
        """Show one line."""
        ...

    async def line(self) -> str:
        """What was typed, without the end of the line; EOFError if nothing more can be. Cancelled, it takes
        none.
        """
        ...


class Terminal:
    """Standard output and input. Made on the event loop; its thread reads until there is no more."""

    def __init__(self) -> None:
        self._lines: Handoff[str | None] = Handoff(_WAITING_LINES)
        # A daemon: nothing else can end a read that waits. It holds no lock of `sys.stdin` at exit.
        Thread(target=self._read, name="keyboard", daemon=True).start()

    def tell(self, text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    async def line(self) -> str:
        line = await self._lines.receive()
        if line is None:
            self._lines.offer(None)
            raise EOFError
        return line

    def _read(self) -> None:
        rest = b""
        while data := _read_stdin():
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._lines.offer(line.decode(errors="replace").rstrip("\r"))
        self._lines.offer(None)


def _read_stdin() -> bytes:
    try:
        return os.read(0, 4096)
    except OSError:  # closed: nobody types
        return b""
