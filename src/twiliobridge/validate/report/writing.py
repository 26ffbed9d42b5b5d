"""Report files are there whole or not at all, and a path that cannot be written is known before the run."""

import os
import tempfile
from pathlib import Path


class CannotWrite(Exception):  # noqa: N818 -- what happened, as elsewhere
    """One line: the path, and why not."""


def check_writable(path: Path) -> None:
    """Makes the folder of `path` if it is missing, and tries whether a file can be made there.

    CannotWrite if not. What is at `path` stays as it is.
    """
    try:
        if path.is_dir():
            raise CannotWrite(f"{path}: is a folder; name a file in it")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise CannotWrite(f"{path}: {error.strerror}") from None


def write_whole(path: Path, content: bytes) -> None:
    """Replaces `path` in one step: a reader finds the old file or the new one. CannotWrite if it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            partial.write_bytes(content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(f"{path}: {error.strerror}") from None
