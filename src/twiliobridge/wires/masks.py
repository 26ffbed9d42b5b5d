"""The masks of a client's frames (RFC 6455, 5.3)."""

import secrets
from collections.abc import Iterator
from itertools import chain
from typing import Final

try:
    from websockets.speedups import apply_mask
except ImportError:  # no wheel for this machine
    from websockets.utils import apply_mask

__all__ = ["MASKS", "apply_mask"]


def _thousand() -> list[bytes]:
    """A system call for each would be dear."""
    random = secrets.token_bytes(4096)
    return [random[at : at + 4] for at in range(0, len(random), 4)]


MASKS: Final[Iterator[bytes]] = chain.from_iterable(iter(_thousand, None))
"Keys that nobody can foresee."
