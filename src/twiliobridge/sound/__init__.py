"""Microphone and speaker: PortAudio's thread on one side, tasks on the other."""

from twiliobridge.sound.headset import (
    MICROPHONE_RATE,
    WAITING_PIECES,
    Captured,
    Headset,
    Microphone,
    SoundError,
    Speaker,
)
from twiliobridge.sound.microphone import open_microphone
from twiliobridge.sound.portaudio import Device, Which, list_devices
from twiliobridge.sound.speaker import open_speaker
from twiliobridge.sound.system import PortAudio

__all__ = [
    "MICROPHONE_RATE",
    "WAITING_PIECES",
    "Captured",
    "Device",
    "Headset",
    "Microphone",
    "PortAudio",
    "SoundError",
    "Speaker",
    "Which",
    "list_devices",
    "open_microphone",
    "open_speaker",
]
