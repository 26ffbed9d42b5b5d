"""What a command is to `cli`: a name, its flags, and what it does."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twiliobridge.exit_code import ExitCode


class UsageError(Exception):
    """One line for stderr, and exit 2: what the user must change before there is anything to try."""


@dataclass(frozen=True)
class Command:
    name: str
    summary: str
    "One line of `twiliobridge --help`."
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Mapping[str, str]], ExitCode]
    "Gets the flags and the environment. May raise UsageError, alone or in a group, and KeyboardInterrupt."


def first_of(error: BaseException) -> BaseException:
    """The error itself, or the first one in a group of groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
