"""The caller's audio on its way to the model, with the silence that was never sent put back.

Some carriers send no frames while a caller is silent. A turn detector that counts audio would then never hear
the end of a turn. So gaps are filled: when a frame's timestamp shows one, and, while the caller is in
mid-speech, when nothing has come for a while. Either way the model's clock stays the call's clock.
"""

import base64
from collections import deque

from twiliobridge.audio.format import FRAME_MS, AudioFormat
from twiliobridge.mediastream.events import Media, audio_ms

SMALLEST_GAP_MS = 20.0
"Twilio's timestamps wander by a millisecond or two; a missing frame is 20."

LONGEST_GAP_MS = 10_000.0
"More silence than this tells a turn detector nothing. Precedent for a default: openai-agents-js."

FRAME_CHARACTERS = 216
"The base64 of 160 bytes, a frame of Twilio's: with its padding it is room for 162."

PIECE_MS = 1000
"Silence is appended in pieces of at most a second."

LEAD_MS = 500.0
"Of audio kept while nobody speaks: the model tells some 300 ms late that somebody has begun."

STALLED_AFTER = 0.75
"Seconds without a frame, in mid-speech, before silence is assumed. Precedent: openai-agents-js."

STALLED_EVERY = 0.25
"Seconds between further pieces, until a frame comes or the turn ends."


class Inbound:
    __slots__ = ("_filled_ms", "_last", "_reached_ms", "_speaking", "frame_ms")

    def __init__(self) -> None:
        self._reached_ms: float | None = None
        "The timestamp up to which the model has audio."
        self._last = 0.0
        self.frame_ms = 0.0
        "The length of the last frame, which came at `_last`."
        self._filled_ms = 0
        "Silence assumed since the last frame, at `_last`."
        self._speaking = False

    def heard(self, media: Media, now: float) -> tuple[str, ...]:
        """Payloads for the model, in order; the frame's own comes last, untouched."""
        if not media.payload:
            return ()  # the service refuses an append of nothing
        reached = media.timestamp_ms if self._reached_ms is None else self._reached_ms
        gap = media.timestamp_ms - reached
        self._last, self.frame_ms, self._filled_ms = now, audio_ms(media.payload), 0
        if -LONGEST_GAP_MS <= gap < SMALLEST_GAP_MS:
            # A drift too small to fill is kept and measured again with the next frame.
            self._reached_ms = reached + self.frame_ms
            return (media.payload,)
        self._reached_ms = media.timestamp_ms + self.frame_ms
        return (*_silence(int(min(gap, LONGEST_GAP_MS))), media.payload)

    def speech_started(self) -> None:
        self._speaking = self._reached_ms is not None  # nobody speaks of whom nothing was heard

    def speech_stopped(self) -> None:
        self._speaking = False

    def deadline(self) -> float | None:
        """When silence must be assumed, if no frame comes before."""
        if not self._speaking or self._filled_ms >= LONGEST_GAP_MS:
            return None
        further = (self.frame_ms + self._filled_ms) / 1000.0 + STALLED_EVERY
        return self._last + (further if self._filled_ms else max(STALLED_AFTER, further))

    def wake(self, now: float) -> tuple[str, ...]:
        """The silence that has passed, once the deadline is reached."""
        due = self.deadline()
        if due is None or self._reached_ms is None or now < due:
            return ()
        # A frame leaves when its audio is over: of what has passed, the next may bring as much as the last.
        passed = (now - self._last) * 1000.0 - self.frame_ms
        missing = round(min(passed, LONGEST_GAP_MS)) - self._filled_ms
        self._filled_ms += missing
        self._reached_ms += missing
        return _silence(missing)


class Recent:
    """The caller's latest audio, as base64: what a session that has just opened has missed.

    It holds some of it, and all of a turn that is not answered, within a bound; the oldest goes first.
    A session that was given it may be lost like the one before: it is held until the turn is dealt with.
    """

    __slots__ = ("_most_ms", "holding", "keep", "kept")

    def __init__(self, most_ms: float) -> None:
        self.kept: deque[str] = deque()
        self.hold(most_ms)

    def hold(self, most_ms: float) -> None:
        """From now on so much is kept."""
        self.holding = True
        "There may be a turn in it that no session has answered."
        self._keep_at_most(most_ms)

    def settle(self) -> None:
        """All that was said so far is dealt with."""
        self.kept.clear()
        self.holding = False
        self._keep_at_most(LEAD_MS)

    @property
    def payloads(self) -> tuple[str, ...]:
        """What is kept, in order, within its bound."""
        left, latest = self._most_ms, deque[str]()
        for payload in reversed(self.kept):
            left -= audio_ms(payload)
            if left < 0:
                break
            latest.appendleft(payload)
        return tuple(latest)

    def _keep_at_most(self, ms: float) -> None:
        """A frame is kept by one call in C, without a look at its length, for they come fifty times a second:
        their number has a bound here, for frames of 20 ms. `payloads` takes off what is longer, at most 1 %.
        """
        self._most_ms = ms
        self.kept = deque(self.kept, max(1, round(ms / FRAME_MS)))
        self.keep = self.kept.append
        "Keeps a payload of at most `FRAME_CHARACTERS`."

    def keep_long(self, payload: str) -> None:
        """Keeps a payload of any length in pieces: a bound of their number is then one of their length."""
        starts = range(0, len(payload), FRAME_CHARACTERS)
        self.kept.extend(payload[start : start + FRAME_CHARACTERS] for start in starts)


def _silence(duration_ms: int) -> tuple[str, ...]:
    pieces = (min(PIECE_MS, duration_ms - start) for start in range(0, duration_ms, PIECE_MS))
    return tuple(base64.b64encode(AudioFormat.PCMU.silence(piece)).decode("ascii") for piece in pieces)
