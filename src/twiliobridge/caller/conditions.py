"""What kind of stream it is, and what a line does that a good one does not."""

import math
import random
from dataclasses import dataclass
from enum import Enum

from twiliobridge.audio import FRAME_BYTES, FRAME_MS
from twiliobridge.mediastream.events import Track


class StreamKind(Enum):
    """What TwiML asked for (Twilio docs, <Stream>, "track")."""

    BIDIRECTIONAL = "inbound_track of <Connect>"
    "<Connect><Stream>: the server hears the caller and may speak."
    INBOUND = "inbound_track"
    "<Start><Stream> and all that follow: the server only listens. No keys, no marks."
    OUTBOUND = "outbound_track"
    BOTH = "both_tracks"

    @property
    def bidirectional(self) -> bool:
        return self is StreamKind.BIDIRECTIONAL

    @property
    def tracks(self) -> tuple[Track, ...]:
        """As `start` and `media` name them, which is without the "_track" of TwiML."""
        match self:
            case StreamKind.OUTBOUND:
                return ("outbound",)
            case StreamKind.BOTH:
                return ("inbound", "outbound")
            case _:
                return ("inbound",)


HANGOVER_FRAMES = 3
"Of its noise, which a line with DTX sends before it falls silent. AMR sends 7 (3GPP TS 26.093), others less."


@dataclass(frozen=True, kw_only=True)
class LineConditions:
    """A line, good unless said otherwise. What is left to chance follows from `seed` alone.

    Twilio sends over TCP, where no message is lost or overtakes another. What is lost was lost before, on the
    carrier's side: Twilio has no such frame to send, so the sequence numbers have no gap and the timestamps
    jump. ValueError for what no line can do.
    """

    start_delay: float = 0.0
    "Seconds between `connected` and `start`; over 100 ms were seen."
    loss: float = 0.0
    "Probability, 0 to 1, that a frame is never sent."
    silence_suppressed: bool = False
    "DTX, as of mobile networks and SIP trunks: no frames while the caller is silent."
    noise: bytes = b""
    "One frame of mu-law, 160 bytes, that leaves again and again while nobody speaks; empty: silence leaves."
    latency_ms: float = 0.0
    "Each frame leaves so much late: a caller far away."
    jitter_ms: float = 0.0
    "Each frame leaves up to so much late, never before its time and never before an earlier one."
    burst_ms: float = 0.0
    "Frames collect for so long and leave together."
    echoes_marks: bool = True
    "Twilio always does; without, a server shows what it does when it waits for marks in vain."
    reading_ms: float = 0.0
    "How long the phone takes to read each message; meanwhile TCP makes a fast server wait."
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.loss <= 1:
            raise ValueError(f"loss is a probability, 0 to 1, not {self.loss}")
        for name in ("start_delay", "latency_ms", "jitter_ms", "burst_ms", "reading_ms"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be 0 or more, not {getattr(self, name)}")
        if len(self.noise) not in {0, FRAME_BYTES}:
            raise ValueError(f"noise is one frame of {FRAME_BYTES} bytes, not {len(self.noise)}")


class Pacing:
    """When the frames of one stream leave, and whether they do."""

    def __init__(self, conditions: LineConditions) -> None:
        self._conditions = conditions
        # The Mersenne Twister gives the same numbers on every version of Python.
        self._random = random.Random(conditions.seed)  # noqa: S311 -- no secret
        self._latest_ms = 0.0
        self._silent_frames = 0

    def leaves_after_ms(self, number: int) -> float:
        """Milliseconds from the first frame's time to when frame `number` leaves. Ask once for each, in
        order.
        """
        due = number * FRAME_MS + self._conditions.latency_ms
        if burst := self._conditions.burst_ms:
            due = (due // burst + 1) * burst
        if jitter := self._conditions.jitter_ms:
            due += self._random.uniform(0, jitter)
        self._latest_ms = max(self._latest_ms, due)
        return self._latest_ms

    def sends(self, *, silent: bool) -> bool:
        """Whether Twilio gets the next frame at all. Ask once for each, in order."""
        lost = self._conditions.loss > 0 and self._random.random() < self._conditions.loss
        self._silent_frames = self._silent_frames + 1 if silent else 0
        hangover = HANGOVER_FRAMES if self._conditions.noise else 0
        return not lost and not (self._conditions.silence_suppressed and self._silent_frames > hangover)
