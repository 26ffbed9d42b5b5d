"""Who said what, and what of it was heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

MOST_LINES = 4000
"A line a second for more than an hour. The oldest go first."

LONGEST_TEXT = 20_000
"Characters of one line."


class Speaker(Enum):
    CALLER = "caller"
    AGENT = "agent"
    KEYPAD = "keypad"
    TOOL = "tool"


SPOKEN_LETTERS_PER_MS = 0.015
"How fast speech goes. Text runs ahead of its sound: while more of both may come, it tells how far."


@dataclass(frozen=True, slots=True)
class ToolCall:
    name: str
    arguments: str
    "JSON, as the model wrote it."
    output: str | None = None
    "None: the tool has not answered."

    def __str__(self) -> str:
        return f"{self.name}({self.arguments})" + ("" if self.output is None else f" -> {self.output}")


@dataclass(frozen=True, slots=True)
class Line:
    at: float
    "Seconds since the call began."
    speaker: Speaker
    text: str = ""
    sent_ms: float = 0.0
    "Of an agent's line: the audio that was sent to the phone."
    heard_ms: int | None = None
    "Of an agent's line that was cut, or is still playing: what the caller heard of it. None: all."
    latency_ms: float | None = None
    "Of an agent's line: from the end of the caller's turn, as the model saw it, to the first audio sent."
    whole: bool = False
    "Of an agent's line: the model has said that there is no more of it."
    call: ToolCall | None = None
    "Of a tool's line."

    @property
    def heard(self) -> str:
        """The words that were heard, to the nearest whole word: estimated by their share of the audio."""
        if self.speaker is Speaker.AGENT and not self.sent_ms:
            return ""  # words run ahead of their sound
        if self.heard_ms is None:
            return self.text
        return self.until(self.heard_ms)

    @property
    def sounded(self) -> str:
        """The words of the audio that was sent; of a whole line, all."""
        return self.text if self.whole else self.until(self.sent_ms)

    def until(self, ms: float) -> str:
        """The words of the first `ms` milliseconds."""
        if not self.sent_ms:
            return ""
        reach = len(self.text) * min(ms / self.sent_ms, 1.0)
        if not self.whole:
            reach = min(reach, ms * SPOKEN_LETTERS_PER_MS)
        words = self.text.split(" ")
        while words and len(" ".join(words)) > reach:
            words.pop()
        return " ".join(words)

    @property
    def unheard(self) -> str:
        return self.text[len(self.heard) :].strip()


class Transcript:
    """Lines in the order in which they began; a caller's words may arrive after the answer to them."""

    __slots__ = ("_began", "_lines", "_sent_ms", "_turn_ended")

    def __init__(self, began: float) -> None:
        self._began = began
        self._lines: dict[str, Line] = {}
        self._sent_ms: dict[str, float] = {}
        "Of the agent's lines; beside them, because it grows with every delta."
        self._turn_ended: float | None = None

    @property
    def lines(self) -> Sequence[Line]:
        return tuple(line for _, line in self.keyed_lines())

    def lines_heard(self, unheard: Mapping[str, int]) -> Sequence[Line]:
        """Where the items `unheard` were heard for so many milliseconds, and their rest is still to come."""
        return tuple(
            replace(line, heard_ms=unheard[key]) if key in unheard else line
            for key, line in self.keyed_lines()
        )

    def write(self, key: str, speaker: Speaker, text: str, now: float) -> None:
        """Adds words to a line; the first words begin it."""
        line = self._line(key, speaker, now)
        self._lines[key] = replace(line, text=(line.text + text)[:LONGEST_TEXT])

    def call(self, key: str, call: ToolCall, now: float) -> None:
        """A tool is called, or has answered."""
        self._lines[key] = replace(
            self._line(key, Speaker.TOOL, now), call=call, text=str(call)[:LONGEST_TEXT]
        )

    def answered(self, key: str, output: str, now: float) -> None:
        """What a tool that was called has answered."""
        call = self._line(key, Speaker.TOOL, now).call or ToolCall("", "{}")
        self.call(key, replace(call, output=output), now)

    def agent_done(self, key: str) -> None:
        """The model has said that there is no more of this line."""
        if key in self._lines:
            self._lines[key] = replace(self._lines[key], whole=True)

    def keyed_lines(self) -> Sequence[tuple[str, Line]]:
        """Each line with the id of the model's item, or with the key under which it was written."""
        sent = self._sent_ms
        return tuple(
            (key, replace(line, sent_ms=sent[key]) if key in sent else line)
            for key, line in self._lines.items()
        )

    def turn_ended(self, now: float) -> None:
        self._turn_ended = now

    def turn_lost(self) -> None:
        """The caller's last turn will be heard once more, by another session, as a line of its own."""
        key, line = next(reversed(self._lines.items()), ("", None))
        if line is not None and line.speaker is Speaker.CALLER and not line.text:
            del self._lines[key]

    def agent_audio(self, item_id: str, duration_ms: float, now: float) -> None:
        if item_id in self._sent_ms and self._turn_ended is None:
            self._sent_ms[item_id] += duration_ms
            return
        line = self._line(item_id, Speaker.AGENT, now)
        self._sent_ms[item_id] = self._sent_ms.get(item_id, 0.0) + duration_ms
        if self._turn_ended is not None:
            latency, self._turn_ended = (now - self._turn_ended) * 1000.0, None
            self._lines[item_id] = replace(line, latency_ms=latency)

    def agent_cut(self, item_id: str, heard_ms: int, now: float) -> None:
        self._lines[item_id] = replace(self._line(item_id, Speaker.AGENT, now), heard_ms=heard_ms)

    def _line(self, key: str, speaker: Speaker, now: float) -> Line:
        if key not in self._lines:
            if len(self._lines) >= MOST_LINES:
                oldest = next(iter(self._lines))
                del self._lines[oldest]
                self._sent_ms.pop(oldest, None)
            self._lines[key] = Line(now - self._began, speaker)
        return self._lines[key]
