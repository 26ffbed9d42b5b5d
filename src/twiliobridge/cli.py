"""The program `twiliobridge`: picks the command, and turns what goes wrong into one line and an exit code."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib.metadata import version
from typing import NoReturn

from twiliobridge.commands import COMMANDS, UsageError
from twiliobridge.commands.command import first_of
from twiliobridge.exit_code import ExitCode


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; `argv` without the program's name, None for the process's own.

    Who reads the output may leave before its end (`| head`): the command ends in good order, with exit 1.
    """
    options, unknown = parser().parse_known_args(argv)
    if unknown:
        options.refuse(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        code: ExitCode = options.run(options, os.environ)
        sys.stdout.flush()
    except* (BrokenPipeError, SystemExit):  # SystemExit is what rich makes of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python's own flush at exit would fail once more
        code = ExitCode.FAILED
    except* UsageError as group:
        print(f"twiliobridge {options.command}: {first_of(group)}", file=sys.stderr)
        code = ExitCode.USAGE
    except* KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    return code


class OneLine(ArgumentParser):
    """Says in one line what it does not understand; its usage fills a screen, and is a flag away."""

    def error(self, message: str) -> NoReturn:
        self.exit(ExitCode.USAGE, f"{self.prog}: error: {message} (see {self.prog} --help)\n")


def parser() -> ArgumentParser:
    program = OneLine("twiliobridge", description="Twilio Media Streams to OpenAI Realtime.")
    program.add_argument("--version", action="version", version=version("twiliobridge"))
    commands = program.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(command.name, help=command.summary, description=command.summary)
        command.add_arguments(added)
        added.set_defaults(run=command.run, refuse=added.error)
    return program
