"""Where we wait: messages to and from a peer, whatever carries them."""

from twiliobridge.wires.memory import MemoryWire, memory_wires
from twiliobridge.wires.wire import (
    GRACE,
    Refused,
    Rejected,
    TlsFailed,
    UnknownHost,
    Unreachable,
    Wire,
    WireFull,
)

__all__ = [
    "GRACE",
    "MemoryWire",
    "Refused",
    "Rejected",
    "TlsFailed",
    "UnknownHost",
    "Unreachable",
    "Wire",
    "WireFull",
    "memory_wires",
]
