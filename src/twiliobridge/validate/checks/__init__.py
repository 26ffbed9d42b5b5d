"""The eight checks, C1 to C8, each in a file of its own; importing this registers them."""

from twiliobridge.validate.checks import (
    audio_flow,
    cleanup,
    faults,
    live,
    model,
    session,
    startup,
    turns,
    twilio,
)

__all__ = ["audio_flow", "cleanup", "faults", "live", "model", "session", "startup", "turns", "twilio"]
