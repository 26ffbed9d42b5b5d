from enum import IntEnum


class ExitCode(IntEnum):
    """What every command tells the shell."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    "A wrong flag, a missing key, a port in use: nothing was tried."
    INTERRUPTED = 130
    "128 + SIGINT, as shells count it."
