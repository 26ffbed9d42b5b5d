"""A run as it goes on: on a terminal which check, which call and who speaks; elsewhere a line for each check
that is over.
"""

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
UNKNOWN_LENGTH_S = 1.0
"For how long speech of no stated length is shown."
BAR = 16


class LiveProgress:
    """A `validate.result.Progress`, for `with`: inside, the last line of a terminal is alive.

    What is printed to the same console meanwhile appears above that line.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._checks = 0
        self._over = 0
        self._check = ""
        self._call = ""
        self._heard = ""
        self._speaks_until = dict.fromkeys(SPEAKERS.values(), 0.0)
        self._began = time.monotonic()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        if self._console.is_terminal:
            self._live = Live(
                console=self._console,
                get_renderable=self.line,
                refresh_per_second=REFRESHES,
                transient=True,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def run_begins(self, checks: Sequence[tuple[str, str]]) -> None:
        self._checks = len(checks)

    def check_begins(self, check_id: str, name: str) -> None:
        self._check = f"{check_id} {printable(name)}"
        self._call = self._heard = ""

    def call_begins(self, check_id: str, call: str) -> None:
        self._call, self._heard = printable(call), ""
        self._speaks_until = dict.fromkeys(self._speaks_until, 0.0)

    def noted(self, check_id: str, call: str, moment: Moment) -> None:
        speaker = SPEAKERS.get(moment.kind)
        if speaker is None:
            self._heard = printable(moment.text)
            return
        length = UNKNOWN_LENGTH_S if moment.duration_s is None else moment.duration_s
        self._speaks_until[speaker] = time.monotonic() + length

    def call_ends(self, check_id: str, call: str) -> None:
        self._call = self._heard = ""

    def check_ends(self, result: CheckResult) -> None:
        self._over += 1
        text = Text(f"{WORDS[result.status]:<7}", style=STYLES[result.status])
        text.append(f" {result.id} {printable(result.name)}: ", style="default")
        text.append(printable(result.reason), style="default")
        text.append(f" ({duration(result.duration_s)})", style="default")
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def line(self) -> Text:
        """One line, cut at the width of the terminal."""
        now = time.monotonic()
        filled = round(BAR * self._over / self._checks) if self._checks else 0
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append("#" * filled, style="green").append("." * (BAR - filled), style="dim")
        text.append(f" {self._over}/{self._checks} {duration(now - self._began)}", style="dim")
        text.append(f"  {self._check}", style="bold")
        text.append(f"  {self._call}" if self._call else "")
        text.append(self._speech(now), style="cyan")
        text.append(f"  {self._heard}" if self._heard else "", style="dim")
        return text

    def _speech(self, now: float) -> str:
        if not self._call:
            return ""
        who = [name for name, until in self._speaks_until.items() if now < until]
        return f"  {' and '.join(who)} {'speak' if len(who) > 1 else 'speaks'}" if who else "  silence"
