"""The agent, as it is heard, on a speaker."""

import math

from twiliobridge.audio import ulaw_decode
from twiliobridge.caller.line import PhoneLine
from twiliobridge.sound import Speaker

_NOW = -math.inf


class Earpiece:
    """Plays on `speaker` what the playback buffer of `line` lets out; silent at `clear`."""

    def __init__(self, line: PhoneLine, speaker: Speaker) -> None:
        self._line = line
        self._speaker = speaker
        self._cuts = line.heard.cuts
        stretches = line.heard.stretches
        self._stretch = max(0, len(stretches) - 1)  # it may be going on, and what is still to come is played
        self._packets = stretches[-1].packets if stretches else 0

    async def play(self) -> None:
        """For ever; whatever was heard before it began is not repeated."""
        while True:
            await self._line.bell.wait_until(lambda: _NOW if self._is_behind() else math.inf)
            self._catch_up()

    def _is_behind(self) -> bool:
        stretches = self._line.heard.stretches
        if self._cuts != self._line.heard.cuts or len(stretches) > self._stretch + 1:
            return True
        return len(stretches) > self._stretch and stretches[self._stretch].packets > self._packets

    def _catch_up(self) -> None:
        heard = self._line.heard
        if self._cuts != heard.cuts:
            self._speaker.clear()
            self._cuts = heard.cuts
            self._move_to(max(self._stretch, heard.first_after_cut))
        for stretch in heard.stretches[self._stretch :]:
            fresh = stretch.packets - self._packets
            if fresh:
                self._speaker.play(ulaw_decode(bytes(stretch.audio[-160 * fresh :])))
            self._packets = stretch.packets
            if stretch is not heard.stretches[-1]:
                self._move_to(self._stretch + 1)

    def _move_to(self, stretch: int) -> None:
        if stretch != self._stretch:
            self._stretch, self._packets = stretch, 0
