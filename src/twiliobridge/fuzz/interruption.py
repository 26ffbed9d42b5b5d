"""Ctrl+C while a call is played, and at no other time: Hypothesis does not survive one in its own code."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self


class Interruption:
    """As a context: keeps SIGINT until `let_in`, where it is KeyboardInterrupt as it would have been.

    Where SIGINT means something else already, or in a thread other than the main one, it changes nothing.
    """

    def __init__(self) -> None:
        self._kept = False
        self._ours = False
        "Whether SIGINT is ours to keep."

    def __enter__(self) -> Self:
        is_main = threading.current_thread() is threading.main_thread()
        self._ours = is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._ours:
            signal.signal(signal.SIGINT, self._keep)
        return self

    def __exit__(self, *_: object) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextmanager
    def let_in(self) -> Iterator[None]:
        """KeyboardInterrupt, at once if one was kept."""
        if not self._ours:
            yield
            return
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            if self._kept:
                raise KeyboardInterrupt
            yield
        finally:
            signal.signal(signal.SIGINT, self._keep)

    def _keep(self, _number: int, _frame: FrameType | None) -> None:
        self._kept = True
