"""The masks of a client's frames (RFC 6455, 5.3)."""

import secrets
from typing import Final

try:
    from websockets.speedups import apply_mask
except ImportError:  # no wheel for this machine
    from websockets.utils import apply_mask

__all__ = ["MASKS", "apply_mask"]


class _Masks:
    """Keys that nobody can foresee, drawn a thousand at a time: a system call is dear."""

    def __init__(self) -> None:
        self._keys: list[bytes] = []

    def draw(self) -> bytes:
        if not self._keys:
            random = secrets.token_bytes(4096)
            self._keys = [random[at : at + 4] for at in range(0, len(random), 4)]
        return self._keys.pop()


MASKS: Final = _Masks()
