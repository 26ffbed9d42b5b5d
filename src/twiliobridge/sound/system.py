"""The headset of this machine."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from twiliobridge.sound.headset import Microphone, Speaker
from twiliobridge.sound.microphone import open_microphone
from twiliobridge.sound.portaudio import Which
from twiliobridge.sound.speaker import open_speaker


@dataclass(frozen=True)
class PortAudio:
    """Devices by number or by a part of their name; None is the system's default."""

    input: Which = None
    output: Which = None

    def open_microphone(self, rate: int, pieces: int) -> AbstractAsyncContextManager[Microphone]:
        return open_microphone(self.input, rate, pieces)

    def open_speaker(self) -> AbstractAsyncContextManager[Speaker]:
        return open_speaker(self.output)
