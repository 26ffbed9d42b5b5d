"""A run as it goes on: on a terminal which check, which call and who speaks; elsewhere a line for each check
that is over.
"""

import math
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from twiliobridge.validate.report.console import STYLES
from twiliobridge.validate.report.wording import WORDS, duration, printable
from twiliobridge.validate.result import CheckResult, Moment, MomentKind

REFRESHES = 8
"Times a second."
SPEAKERS = {MomentKind.CALLER_SPEECH: "caller", MomentKind.AGENT_SPEECH: "agent"}
BAR = 16


class LiveProgress:
    """A `validate.result.Progress`, for `with`: inside, the last line of a terminal is alive.

    Speech that is told without a duration lasts until speech of the same side is told that has one. What is
    printed to the same console meanwhile appears above that line.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._checks = 0
        self._over = 0
        self._check = ""
        self._calls: list[str] = []
        self._last = ""
        self._speaks_until: dict[str, float] = {}
        self._began = time.monotonic()
        self._live = Live(
            console=console, get_renderable=self.line, refresh_per_second=REFRESHES, transient=True
        )

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def run_begins(self, checks: Sequence[tuple[str, str]]) -> None:
        self._checks = len(checks)

    def check_begins(self, check_id: str, name: str) -> None:
        self._check = f"{check_id} {printable(name)}"
        self._calls.clear()

    def call_begins(self, check_id: str, call: str) -> None:
        self._calls.append(printable(call))
        self._last = ""
        self._speaks_until.clear()

    def noted(self, check_id: str, call: str, moment: Moment) -> None:
        if (speaker := SPEAKERS.get(moment.kind)) is None:
            self._last = f"{moment.kind.value}: {printable(moment.text)}"
            return
        length = math.inf if moment.duration_s is None else moment.duration_s
        self._speaks_until[speaker] = time.monotonic() + length

    def call_ends(self, check_id: str, call: str) -> None:
        if printable(call) in self._calls:
            self._calls.remove(printable(call))

    def check_ends(self, result: CheckResult) -> None:
        self._over += 1
        text = Text.assemble(
            (f"{WORDS[result.status]:<7}", STYLES[result.status]),
            f" {result.id} {printable(result.name)}: {printable(result.reason)}",
            f" ({duration(result.duration_s)})",
        )
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def line(self) -> Text:
        """One line, cut at the width of the terminal."""
        now = time.monotonic()
        filled = round(BAR * self._over / self._checks) if self._checks else 0
        text = Text.assemble(
            ("#" * filled, "green"),
            ("." * (BAR - filled), "dim"),
            (f" {self._over}/{self._checks} {duration(now - self._began)}", "dim"),
            (f"  {self._check}", "bold"),
            no_wrap=True,
            overflow="ellipsis",
        )
        if self._calls:
            text.append(f"  {', '.join(self._calls)}").append(f"  {self._speech(now)}", style="cyan")
            text.append(f"  {self._last}" if self._last else "", style="dim")
        return text

    def _speech(self, now: float) -> str:
        who = sorted(name for name, until in self._speaks_until.items() if now < until)
        if not who:
            return "silence"
        return "caller and agent speak" if len(who) > 1 else f"{who[0]} speaks"
