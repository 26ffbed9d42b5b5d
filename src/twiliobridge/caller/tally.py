"""What a call came to, in numbers: of the server under test, and of the phone itself."""

from dataclasses import dataclass

from twiliobridge.caller.notes import AgentStartsBeingHeard, Cleared, MarkEchoed, MarkReceived, Note
from twiliobridge.caller.result import Keyed

LATE_MS = 5.0
"A frame that leaves so long after its time counts as late: a quarter of its own length."


@dataclass(frozen=True)
class CallStatistics(Keyed):
    """Counted from the start of the stream until now."""

    first_audio_ms: float | None
    "From the start of the stream to the first audio heard; None if there was none, which is not 0."
    audio_received_ms: float
    "All that the server sent, heard or not."
    heard_ms: float
    cut_ms: float
    "Received, and cleared before it was heard."
    media_received: int
    "Messages."
    worst_arrival_gap_ms: float | None
    "The longest time between two media messages without a turn of the caller between; None below two."
    mean_arrival_gap_ms: float | None
    delivery_ratio: float | None
    "Audio received by the time it took to come: 1 for a server that paces, more for one that sends ahead."
    gaps_heard_ms: tuple[float, ...]
    "Silences between two stretches of audio, within what one turn was answered with."
    marks_received: int
    marks_played: int
    "Sent back because the audio before them was heard."
    marks_cleared: int
    "Sent back because of a `clear`."
    clears: int
    frames_sent: int
    late_frames: int
    "Of the phone's own frames, those that left more than 5 ms after their time: if they are many, this "
    "machine was busy, and the latencies above are upper bounds."
    worst_lateness_ms: float


class Tally:
    """Counts while the call goes on."""

    def __init__(self) -> None:
        self.first_audio: float | None = None
        self.received_ms = 0.0
        self.cut_ms = 0.0
        self.media = self.marks = self.played = self.cleared = self.clears = 0
        self.frames = self.late = 0
        self.worst_lateness = 0.0
        self.arriving = 0.0
        "Seconds between media messages, altogether."
        self.gaps = 0
        self.worst_gap = 0.0
        self._last_arrival: float | None = None

    def frame_left(self, late: float) -> None:
        """A frame of the phone's left so many seconds after its time."""
        self.frames += 1
        self.late += late * 1000 > LATE_MS
        self.worst_lateness = max(self.worst_lateness, late)

    def media_arrived(self, now: float, ms: float) -> None:
        """`ms` milliseconds of audio came, at `now` seconds."""
        self.media += 1
        self.received_ms += ms
        if self._last_arrival is not None:
            gap = now - self._last_arrival
            self.gaps += 1
            self.arriving += gap
            self.worst_gap = max(self.worst_gap, gap)
        self._last_arrival = now

    def turn_began(self) -> None:
        """The caller speaks: the time until the next media message is theirs, too."""
        self._last_arrival = None

    def noted(self, now: float, note: Note) -> None:
        match note:
            case AgentStartsBeingHeard() if self.first_audio is None:
                self.first_audio = now
            case MarkReceived():
                self.marks += 1
            case MarkEchoed(_, cleared):
                self.cleared += cleared
                self.played += not cleared
            case Cleared(cut_ms):
                self.clears += 1
                self.cut_ms += cut_ms
