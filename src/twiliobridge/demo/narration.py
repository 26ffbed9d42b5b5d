"""The demo, told while it happens: a line for each thing that somebody on the phone would notice."""

from contextlib import suppress

from rich.console import Console
from rich.text import Text

from twiliobridge.call import Leg
from twiliobridge.caller import (
    CallerStartsSpeaking,
    Cleared,
    KeyPressed,
    MarkEchoed,
    Note,
    ServerClosed,
    StreamStarted,
    Warned,
)
from twiliobridge.demo.story import Said
from twiliobridge.realtime import events as model

STYLES = {"caller": "cyan", "agent": "green", "bridge": "yellow", "tool": "magenta", "phone": "dim"}


class Terminal(Console):
    """Falls silent where nobody reads any longer (`| head`): what is watched is a call, and goes on."""

    def on_broken_pipe(self) -> None:
        with suppress(SystemExit):
            super().on_broken_pipe()


class Narration:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._began: float | None = None
        self._said = ""
        self._cleared_marks = 0

    def line(self, now: float, who: str, what: str) -> None:
        """One line of the story."""
        began = now if self._began is None else self._began
        text = Text(f"{now - began:5.1f} s  ")
        text.append(f"{who:<7}", style=STYLES[who])
        text.append(what)
        self._console.print(text)

    def said(self, line: Said) -> None:
        self._said = line.words

    def noted(self, now: float, note: Note, latency_ms: float | None) -> None:
        """What the phone saw; `latency_ms` if this is an answer's first sound."""
        if isinstance(note, MarkEchoed):
            self._cleared_marks += note.cleared
            return
        self._tell_of_marks(now)
        match note:
            case StreamStarted(stream_sid):
                self._began = now
                self.line(now, "phone", f"stream {stream_sid[:8]}... started")
            case CallerStartsSpeaking():
                self.line(now, "caller", f'says "{self._said}"')
            case KeyPressed(digit):
                self.line(now, "caller", f"presses {digit}")
            case Cleared(cut_ms) if cut_ms:
                self.line(now, "phone", f"clear: {cut_ms / 1000:.1f} s of speech dropped")
            case Warned(code, text):
                self.line(now, "phone", f"Twilio would log {code}: {text}")
            case ServerClosed(code):
                self.line(now, "phone", f"the line was closed ({code})")
        if latency_ms is not None:
            self.line(now, "agent", f"answers after {latency_ms:.0f} ms")

    def passed(self, leg: Leg, direction: str, event: object, now: float) -> None:
        """What passed the bridge."""
        match event:
            case model.SpeechStarted():
                self.line(now, "bridge", "the model hears the caller speak")
            case model.InputTranscriptCompleted(transcript=transcript):
                self.line(now, "bridge", f'the model understood "{transcript}"')
            case model.OutputTranscriptDone(transcript=transcript):
                self.line(now, "agent", f'says "{transcript}"')
            case model.TruncateItem(audio_end_ms=end_ms):
                self.line(now, "bridge", f"truncate at {end_ms} ms: the rest of it was not heard")
            case model.OutputItemDone(item=model.Item(type="function_call", name=name, arguments=arguments)):
                self.line(now, "tool", f"{name}({arguments})")
            case model.CreateItem(item=model.Item(type="function_call_output", output=output)):
                self.line(now, "tool", f"-> {output}")

    def _tell_of_marks(self, now: float) -> None:
        if self._cleared_marks:
            self.line(now, "phone", f"{self._cleared_marks} marks came back unplayed, and count for nothing")
        self._cleared_marks = 0
