"""Any chunks of bytes, cut again into frames of one size. Where a chunk began and ended leaves no trace."""

from twiliobridge.audio.format import FRAME_BYTES, SILENCE


class Framer:
    """Collects bytes and gives them back in frames of exactly `size` bytes; `silence` fills the last one.

    The defaults are a Twilio media message: 20 ms of 8 kHz mu-law.
    """

    def __init__(self, size: int = FRAME_BYTES, silence: int = SILENCE) -> None:
        if size < 1:
            raise ValueError(f"a frame has at least 1 byte, not {size}")
        self._size = size
        self._silence = bytes([silence])
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Every frame that `data` completes, oldest first. Less than one frame stays inside."""
        data = self._rest + data
        whole = len(data) - len(data) % self._size
        self._rest = data[whole:]
        return [data[start : start + self._size] for start in range(0, whole, self._size)]

    def flush(self) -> list[bytes]:
        """The frame begun and not completed, filled up with silence; none if none was begun. Starts anew."""
        rest, self._rest = self._rest, b""
        return [rest.ljust(self._size, self._silence)] if rest else []
