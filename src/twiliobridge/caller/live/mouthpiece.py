"""Between the microphone's clock and the call's: frames come when they come, and leave every 20 ms."""

from collections import deque
from collections.abc import Callable

from twiliobridge.audio import FRAME_MS, silence
from twiliobridge.caller.live.delays import Delays
from twiliobridge.caller.live.voice import VoiceFrame

RESERVE = 2
"Frames that wait before the first leaves: 20 to 40 ms of delay, and as much jitter that nobody hears."
LONGEST = 10
"Frames, 200 ms. What is later than that is worthless in a conversation."
QUIET = 0.005
"Level below which a frame can be left out unheard."
PATIENCE = 50
"Frames, 1 s, for which two more than the reserve must wait before one is left out: a burst is no drift."

_SILENT_FRAME = silence(FRAME_MS)


class Mouthpiece:
    """Where the frames of a call come from while somebody speaks live.

    `left` is told each frame of the microphone and when it left. If none has come in time, silence leaves,
    and the reserve is gathered anew. Clocks that drift apart are brought together in pauses.
    """

    def __init__(self, left: Callable[[VoiceFrame, float], None]) -> None:
        self.sent = 0
        "Frames of the microphone that left."
        self.late = 0
        "Frames dropped because too many waited."
        self.skipped = 0
        "Quiet frames left out, for a microphone that is faster than the call."
        self.missing = 0
        "Frames of silence in place of what did not come in time."
        self.delays = Delays()
        "From the device's hand-over to the wire."
        self._left = left
        self._waiting: deque[VoiceFrame] = deque()
        self._gathering = True
        self._plenty = 0  # frames that left since so many waited

    def offer(self, frame: VoiceFrame) -> None:
        self._waiting.append(frame)
        if len(self._waiting) > LONGEST:
            self._waiting.popleft()
            self.late += 1

    def frame(self, now: float) -> bytes:
        """The 160 bytes that leave now."""
        if not self._ready():
            return _SILENT_FRAME
        self._skip()
        frame = self._waiting.popleft()
        self.sent += 1
        self.delays.add((now - frame.at) * 1000)
        self._left(frame, now)
        return frame.audio

    def _skip(self) -> None:
        self._plenty = self._plenty + 1 if len(self._waiting) > RESERVE + 1 else 0
        if self._plenty > PATIENCE and self._waiting[0].level < QUIET:
            self._waiting.popleft()
            self.skipped += 1
            self._plenty = 0

    def _ready(self) -> bool:
        if self._gathering:
            self._gathering = len(self._waiting) < RESERVE
        elif not self._waiting:
            self._gathering = True
            self.missing += 1
        return not self._gathering
