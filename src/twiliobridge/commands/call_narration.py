"""A call, told while it happens: a line for each event, and below them, on a terminal, one that lives."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
from rich.console import Console
from rich.live import Live
from rich.text import Text

from twiliobridge.caller import (
    AgentStartsBeingHeard,
    AgentStopsBeingHeard,
    Answer,
    CallerStartsSpeaking,
    CallerStopsSpeaking,
    CallUpdated,
    Cleared,
    KeyPressed,
    MarkEchoed,
    Note,
    ServerClosed,
    StreamDialled,
    StreamStarted,
    StreamStopped,
    VerbRun,
    Warned,
    WebhookAsked,
)

STYLES = {"caller": "cyan", "agent": "green", "phone": "dim", "twilio": "yellow"}
REFRESHES = 5


class CallNarration:
    """Times count from the first event."""

    def __init__(self, console: Console) -> None:
        self.heard_ms = 0.0
        "Of the agent, altogether."
        self._console = console
        self._began: float | None = None
        self._now = 0.0
        self._speaking: dict[str, bool] = {"caller": False, "agent": False}
        self._marks = 0

    @contextmanager
    def live(self) -> Iterator[None]:
        """Meanwhile the last line of a terminal says who is speaking; elsewhere there is none."""
        if not self._console.is_terminal or self._console.quiet:
            yield
            return
        began = time.monotonic()

        def line() -> Text:
            return self._line(time.monotonic() - began)

        with Live(get_renderable=line, console=self._console, refresh_per_second=REFRESHES, transient=True):
            yield

    def said(self, who: str, what: str) -> None:
        """A line, for now. On the event loop of the call."""
        self._now = anyio.current_time()
        began = self._now if self._began is None else self._began
        text = Text(f"{self._now - began:5.1f} s  ")
        text.append(f"{who:<7}", style=STYLES[who])
        text.append(what)
        self._console.print(text)

    def answered(self, answer: Answer) -> None:
        latency, over = answer.latency_ms, answer.talked_over_ms
        after = f"after {latency:.0f} ms" if latency >= 0 else "before the caller had ended"
        talked_over = f"; {over:.0f} ms of it while the caller spoke" if over else ""
        self.said("agent", f"was heard for {answer.duration_ms / 1000:.1f} s, {after}{talked_over}")

    def noted(self, now: float, note: Note) -> None:
        """For `MockTwilioClient(observe=...)`."""
        self._began = now if self._began is None else self._began
        self._count(note)
        match note:
            case WebhookAsked() | StreamDialled():
                self.said("phone", _request(note))
            case VerbRun(verb, followed):
                name = getattr(verb, "name", None) if not followed else None
                self.said(
                    "twilio", f"<{name or type(verb).__name__}>{'' if followed else ' is not followed'}"
                )
            case StreamStarted(stream_sid):
                self.said("phone", f"stream {stream_sid} started")
            case KeyPressed(digit):
                self.said("caller", f"presses {digit}")
            case Cleared(cut_ms) if cut_ms:
                self.said("phone", f"clear: {cut_ms / 1000:.1f} s of speech dropped")
            case CallUpdated(change):
                self.said("twilio", f"the bridge updated the call by REST: {change}")
            case Warned():
                self.said("twilio", f"would log {note.code.value}: {note.text or note.meaning}")
            case ServerClosed(code):
                self.said("phone", f"the bridge closed the line ({code})")
            case StreamStopped():
                self.said("phone", "stream stopped")

    def _count(self, note: Note) -> None:
        match note:
            case CallerStartsSpeaking() | CallerStopsSpeaking():
                self._speaking["caller"] = isinstance(note, CallerStartsSpeaking)
            case AgentStartsBeingHeard():
                self._speaking["agent"] = True
            case AgentStopsBeingHeard(heard_ms):
                self._speaking["agent"] = False
                self.heard_ms += heard_ms
            case MarkEchoed():
                self._marks += 1

    def _line(self, seconds: float) -> Text:
        text = Text(f"{seconds:5.1f} s  ")
        for who, speaks in self._speaking.items():
            text.append(f"{who} {'speaks' if speaks else 'is silent'}  ", STYLES[who] if speaks else "dim")
        text.append(f"heard {self.heard_ms / 1000:.1f} s, {self._marks} marks", "dim")
        return text


def _request(note: WebhookAsked | StreamDialled) -> str:
    if isinstance(note, StreamDialled):
        return f"dials {note.url} at {note.where}"
    return f"{note.method} {note.url}{f' ({note.about})' if note.about else ''}: HTTP {note.status}"
