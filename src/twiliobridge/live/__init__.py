"""A call by microphone and speaker: `python -m twiliobridge.live`."""

from twiliobridge.live.how_to import HOW_TO
from twiliobridge.live.inside import open_bridge
from twiliobridge.live.mode import Mode
from twiliobridge.live.run import LiveOptions, check_devices, run_live

__all__ = ["HOW_TO", "LiveOptions", "Mode", "check_devices", "open_bridge", "run_live"]
