"""The phone's microphone and speaker in a call."""

from twiliobridge.caller.live.delays import Spread
from twiliobridge.caller.live.keyboard import Keyboard, Terminal
from twiliobridge.caller.live.phone import HeadsetPhone
from twiliobridge.caller.live.result import LiveResult, LiveTurn, MicrophoneResult
from twiliobridge.caller.live.summary import summary_text

__all__ = [
    "HeadsetPhone",
    "Keyboard",
    "LiveResult",
    "LiveTurn",
    "MicrophoneResult",
    "Spread",
    "Terminal",
    "summary_text",
]
