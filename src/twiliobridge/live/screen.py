"""What the person at the microphone sees: lines of what happened, and below them one that is alive."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from twiliobridge.audio import dbfs
from twiliobridge.caller import (
    AgentStartsBeingHeard,
    AgentStopsBeingHeard,
    Answered,
    CallerStartsSpeaking,
    CallerStopsSpeaking,
    Cleared,
    MicrophoneOpens,
    Note,
    ServerClosed,
    StreamStarted,
    Warned,
)

LEAST_DBFS = -60.0
METER_WIDTH = 24
REFRESH = 12
"Times a second."
STYLES = {"you": "cyan", "agent": "green", "phone": "dim"}


class Screen:
    """`noted` and `level` are told; without a terminal there are only the lines."""

    def __init__(self, console: Console, threshold: float) -> None:
        self.console = console
        self._threshold = threshold
        self._level = 0.0
        self._began: float | None = None
        self._speaking = {"you": False, "agent": False}

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Meanwhile the last line of a terminal is the meter."""
        if not self.console.is_terminal:
            yield
            return
        with Live(
            console=self.console, get_renderable=self.status, refresh_per_second=REFRESH, transient=True
        ):
            yield

    def level(self, level: float) -> None:
        self._level = level

    def noted(self, now: float, note: Note) -> None:
        self._hear(now, note)
        match note:
            case StreamStarted():
                self._began = now
                self._line(now, "phone", "connected; waiting for the agent")
            case MicrophoneOpens():
                self._line(now, "phone", "the microphone is open: speak")
            case Answered(latency_ms):
                self._line(now, "agent", f"answers after {latency_ms:.0f} ms")
            case Cleared(cut_ms) if cut_ms:
                self._line(now, "phone", f"interrupted: {cut_ms / 1000:.1f} s are not played")
            case Warned(code, text):
                self._line(now, "phone", f"Twilio would log {code}: {text}")
            case ServerClosed(code):
                self._line(now, "phone", f"the line was closed ({code})")

    def status(self) -> Text:
        """The meter, with the voice threshold in it, and who is speaking."""
        filled, mark = _cells(self._level), _cells(self._threshold)
        cells = ["#" if cell < filled else "." for cell in range(METER_WIDTH)]
        cells[min(mark, METER_WIDTH - 1)] = "|"
        text = Text("mic [")
        text.append("".join(cells), style="cyan" if self._level >= self._threshold else "dim")
        text.append("]  ")
        who = [name for name, speaks in self._speaking.items() if speaks]
        text.append(
            " and ".join(who) + (" speaking" if who else "silence"), style=STYLES.get("".join(who), "")
        )
        return text

    def _hear(self, now: float, note: Note) -> None:
        """Who begins, and who ends."""
        match note:
            case CallerStartsSpeaking():
                self._line(now, "you", "begin to speak")
                self._speaking["you"] = True
            case CallerStopsSpeaking():
                self._speaking["you"] = False
            case AgentStartsBeingHeard():
                self._line(now, "agent", "begins to speak")
                self._speaking["agent"] = True
            case AgentStopsBeingHeard():
                self._speaking["agent"] = False

    def _line(self, now: float, who: str, what: str) -> None:
        text = Text(f"{now - (now if self._began is None else self._began):6.1f} s  ")
        text.append(f"{who:<6}", style=STYLES[who])
        text.append(what)
        self.console.print(text)


def _cells(level: float) -> int:
    """How much of the meter is filled: from -60 dBFS to full scale."""
    return max(0, round((1 - max(dbfs(level), LEAST_DBFS) / LEAST_DBFS) * METER_WIDTH))
