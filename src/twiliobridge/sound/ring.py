"""Between a task that writes when sound arrives and a sound card that reads when it must."""

from threading import Lock


class Ring:
    """Bytes of 16-bit mono: written by a task, read by the sound card's thread.

    When something is written to an empty ring, `lead` bytes of silence go before it, so that what follows may
    arrive that much late and still sound without a gap. What exceeds `bound` bytes is dropped and counted.
    """

    def __init__(self, lead: int, bound: int) -> None:
        self.dropped = 0
        "Bytes."
        self._lead = bytes(lead)
        self._bound = bound
        self._bytes = bytearray()
        self._lock = Lock()

    def write(self, data: bytes) -> None:
        with self._lock:
            room = max(0, self._bound - len(self._bytes))
            self.dropped += max(0, len(data) - room)
            if not self._bytes:
                self._bytes += self._lead
            self._bytes += data[:room]

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes: what was written, then silence."""
        with self._lock:
            data = bytes(self._bytes[:size])
            del self._bytes[:size]
        return data.ljust(size, b"\0")

    def clear(self) -> None:
        with self._lock:
            self._bytes.clear()

    def __len__(self) -> int:
        return len(self._bytes)
