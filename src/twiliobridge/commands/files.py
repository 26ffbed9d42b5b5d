"""Files that a command is given by name."""

from pathlib import Path

from twiliobridge.commands.command import UsageError


def text_of(path: str) -> str:
    """What is in it, as UTF-8. UsageError, with its name, if it cannot be read."""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
